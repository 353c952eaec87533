using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>Waiting lists, as those see them who are on one.</summary>
internal static class Waiting
{
    /// <summary>One run of the offers; returns how many were made.</summary>
    public static Task<int> Offers(this ZoniqApp app) => app.Services.GetRequiredService<WaitlistOffers>().OfferAsync(CancellationToken.None);

    /// <summary>Those of other tests have left, so that what is offered is offered to this one's.</summary>
    public static Task NobodyWaits(this ZoniqApp app) => app.Execute("update waitlist_entry set status = 'left' where status = 'waiting'");

    public static Task<Answer> WaitsFor(this Person person, StandingPlaces places, int quantity = 1) => person.WaitsFor(places.EventId, places.CategoryId, quantity);

    public static Task<Answer> WaitsFor(this Person person, NumberedSeats seats, int quantity = 1) => person.WaitsFor(seats.EventId, seats.CategoryId, quantity);

    public static Task<Answer> WaitsFor(this Person person, long eventId, long seatCategoryId, int quantity) =>
        person.Post($"/api/events/{eventId}/waitlist", new { seatCategoryId, quantity });

    /// <summary>People who wait for so many each, in this order.</summary>
    public static async Task<Person[]> LineUp(this ZoniqApp app, StandingPlaces places, params int[] quantities)
    {
        var people = await app.NewBuyers(quantities.Length);
        foreach (var (person, quantity) in people.Zip(quantities))
        {
            (await person.WaitsFor(places, quantity)).Succeeded(201);
        }

        return people;
    }

    public static Task<Answer> GivesUpWaiting(this Person person, long eventId, long? categoryId = null) =>
        person.Delete($"/api/events/{eventId}/waitlist{(categoryId is null ? "" : $"?seat_category_id={categoryId}")}");

    /// <summary>The newest entry of an event.</summary>
    public static async Task<JsonElement> Entry(this Person person, long eventId) =>
        (await person.Get($"/api/events/{eventId}/waitlist")).Succeeded()["entries"].EnumerateArray().Last();

    public static async Task<string> Standing(this Person person, long eventId) => (await person.Entry(eventId)).GetProperty("status").GetString()!;

    /// <summary>How each of them stands, in a word.</summary>
    public static async Task<string[]> Standing(this IEnumerable<Person> people, long eventId) => await Task.WhenAll(people.Select(person => person.Standing(eventId)));

    /// <summary>How many of a category the public can have.</summary>
    public static async Task<long> OnSale(this ZoniqApp app, long categoryId)
    {
        await using var db = await app.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        return await KeptPlaces.OnSaleAsync(db, categoryId, app.Now);
    }
}
