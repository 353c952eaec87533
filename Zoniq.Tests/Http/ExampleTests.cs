using System.Text.Json.Nodes;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>Whoever reads the API document tries its examples first.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void Every_body_that_is_sent_or_answered_has_an_example() =>
        Media().Where(media => !media.Content.AsObject().ContainsKey("example")).Select(media => media.Where).MustBeNone();

    [Fact]
    public void Every_example_is_what_its_schema_describes() =>
        Media().SelectMany(media => SchemaFit.Objections(media.Content["example"], media.Content["schema"]!, media.Where)).Distinct().MustBeNone();

    [Fact]
    public void Every_refusal_has_an_example_that_is_what_its_schema_describes() =>
        (from operation in Operation.All
         from response in operation.Responses
         let content = Operation.Resolve(response.Value!)["content"]?["application/problem+json"]
         where content is not null
         from example in content["examples"]!.AsObject()
         from objection in SchemaFit.Objections(Operation.Resolve(example.Value!)["value"], content["schema"]!, example.Key)
         select objection).Distinct().MustBeNone();

    [Fact]
    public void Examples_look_like_what_they_stand_for()
    {
        var booking = Operation.Of("GetBooking").Responses["200"]!["content"]!["application/json"]!["example"]!;
        var payment = Operation.Of("GetPayment").Responses["200"]!["content"]!["application/json"]!["example"]!;

        Assert.Matches("^ZNQ-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6}$", booking["bookingNumber"]!.GetValue<string>());
        Assert.Matches("^TKT-[0-9A-HJKMNP-TV-Z]{8}$", booking["items"]![0]!["ticketNumber"]!.GetValue<string>());
        Assert.Equal("3000.00", booking["finalAmount"]!.ToJsonString());
        Assert.Equal("300000", payment["amount"]!.ToJsonString());
        Assert.EndsWith("Z", booking["createdAt"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_example_is_without_meaning() =>
        Media().Where(media => media.Content["example"]?.ToJsonString().Contains("\"text\"", StringComparison.Ordinal) == true)
            .Select(media => $"{media.Where}: {media.Content["example"]!.ToJsonString()}")
            .MustBeNone();

    [Fact]
    public void A_member_that_nobody_is_told_of_is_seen_wherever_it_stands()
    {
        var media = Operation.Of("GetBooking").Responses["200"]!["content"]!["application/json"]!;
        var booking = media["example"]!.DeepClone();
        Assert.Empty(SchemaFit.Strangers(booking, media["schema"]!, ""));

        foreach (var place in new[] { booking, booking["items"]![0]!, booking["event"]! })
        {
            place["secret"] = "what nobody is told of";
        }

        Assert.Equal([".event.secret", ".items[0].secret", ".secret"], SchemaFit.Strangers(booking, media["schema"]!, "").Select(objection => objection.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Where, JsonNode Content)> Media() =>
    [
        .. Operation.All.Where(operation => operation.HasFields).Select(operation => ($"{operation.Name} takes", operation.Media!)),
        .. from operation in Operation.All
           from response in operation.Responses
           let content = Operation.Resolve(response.Value!)["content"]?["application/json"]
           where content?["schema"] is not null
           select ($"{operation.Name} answers", content),
    ];
}
