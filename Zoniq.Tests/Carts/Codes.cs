using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>Promo codes, as the office enters them and buyers use them.</summary>
public static class Codes
{
    private static int made;

    /// <summary>A new code with these fields.</summary>
    public static async Task<Code> ACode(this ZoniqApp app, object fields)
    {
        var office = await app.Administrator();
        var body = JsonSerializer.SerializeToNode(fields, JsonSerializerOptions.Web)!.AsObject();
        body["code"] = $"TEST-{Interlocked.Increment(ref made)}";
        var answer = (await office.Post("/api/admin/promo-codes", body)).Succeeded(201);
        return new Code(office, answer.Id, answer["code"].GetString()!);
    }

    public static Task<Answer> Applies(this Person buyer, string code, long? eventId = null) =>
        buyer.Post(eventId is null ? "/api/cart/promo" : $"/api/cart/promo?event_id={eventId}", new { code });

    /// <summary>As the office sees it.</summary>
    public static async Task<int> UsesOf(this ZoniqApp app, Code code) =>
        (await (await app.Administrator()).Get($"/api/admin/promo-codes/{code.Id}")).Succeeded()["usedCount"].GetInt32();

    public static decimal Rupees(this Answer answer, string member) => answer[member].GetDecimal();

}

/// <summary>A promo code that was entered.</summary>
public sealed record Code(Person Office, long Id, string Name)
{
    public async Task<Answer> Changes(object fields) => (await Office.Patch($"/api/admin/promo-codes/{Id}", fields)).Succeeded();
}
