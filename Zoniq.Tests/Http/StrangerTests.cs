using System.Text.RegularExpressions;
using Zoniq.Functions.Http;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>What belongs to one person does not exist for another, and nothing they try with its ids changes it.</summary>
public sealed class StrangerTests(ZoniqApp app) : DatabaseTest(app)
{
    /// <summary>Paths whose last id is nobody's: every customer has to do with them.</summary>
    private static readonly string[] Everybodys =
    [
        "POST /api/users/me/wishlist/{}", "GET /api/users/me/wishlist/{}/check", "POST /api/events/{}/seats/subscribe", "POST /api/queue/{}/join", "DELETE /api/queue/{}/leave",
        "POST /api/events/{}/waitlist", "GET /api/events/{}/waitlist",
    ];

    [Fact]
    public async Task Ids_of_another_person_are_not_found()
    {
        var owner = await SomebodyWithEverything();
        var stranger = await App.NewBuyer();
        var before = await Contents.Of(App);
        var wrong = new List<string>();

        foreach (var operation in Operation.All.Where(operation => operation.Access == Access.User && operation.PathParameters.Any() && !Everybodys.Contains(Shape(operation))))
        {
            foreach (var id in owner.IdsAt(operation.Path))
            {
                var path = operation.At(_ => id);
                var answer = operation.HasFields
                    ? await stranger.SendText(operation.Method, path, OddBody.Plain(operation))
                    : await stranger.Send(operation.Method, path);
                if (answer.Status != 404 && answer.Code != "realtime.not_you")
                {
                    wrong.Add(answer.ToString());
                }
            }
        }

        wrong.Concat((await Contents.Of(App)).ChangedSince(before)).MustBeNone();
    }

    [Fact]
    public async Task Ids_of_another_person_in_a_body_are_not_found()
    {
        var owner = await SomebodyWithEverything();
        var stranger = await App.NewBuyer();
        var before = await Contents.Of(App);
        var paid = owner.Payment;

        foreach (var bookingId in owner.Bookings)
        {
            (await stranger.CreatesOrder(bookingId)).Refused(404, "booking.not_found");
        }

        (await stranger.Verifies(paid)).Refused(404, "payment.order_not_found");
        (await stranger.ChecksOut(owner.CartEventId)).Refused(404, "cart.not_found");

        (await Contents.Of(App)).ChangedSince(before).MustBeNone();
    }

    [Fact]
    public async Task Lists_and_the_cart_show_nothing_of_another_person()
    {
        var owner = await SomebodyWithEverything();
        var stranger = await App.NewBuyer();
        (await stranger.Get("/api/users/me/notifications/preferences")).Succeeded();        // made when they are first read
        var before = await Contents.Of(App);

        foreach (var operation in Operation.All.Where(operation => operation.Access == Access.User && operation.OnlyReads && !operation.PathParameters.Any()))
        {
            var answer = (await stranger.Get($"{operation.Path}?event_id={owner.CartEventId}")).Succeeded();
            Assert.DoesNotContain(owner.Person.Email, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("ZNQ-", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("TKT-", answer.Text, StringComparison.Ordinal);
        }

        (await Contents.Of(App)).ChangedSince(before).MustBeNone();
    }

    private async Task<Owner> SomebodyWithEverything()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var other = (await App.AnEvent(rows: 0)).Standing;
        var person = await App.NewBuyer();

        var confirmed = await person.Books(standing, 2);
        var order = (await person.CreatesOrder(confirmed)).Succeeded();
        var payment = person.Pays(order);
        (await person.Verifies(payment)).Succeeded();
        var pending = await person.Books(standing);
        (await person.CreatesOrder(pending)).Succeeded();
        var cart = (await person.Adds(other)).Succeeded();
        (await person.Post($"/api/users/me/wishlist/{other.EventId}")).Succeeded(201);
        var ticket = await App.Value<long>("select min(id) from ticket where booking_id = @confirmed", new { confirmed });
        var transfer = (await person.Post($"/api/tickets/{ticket}/transfer", new { toEmail = "somebody@example.in" })).Succeeded(200);
        var queued = await App.AnEvent(rows: 0, queue: new());
        (await person.Post($"/api/queue/{queued.Id}/join")).Succeeded();
        var soldOut = (await App.AnEvent(rows: 0, standing: 1)).Standing;
        (await (await App.NewBuyer()).Adds(soldOut)).Succeeded();
        (await person.Post($"/api/events/{soldOut.EventId}/waitlist", new { seatCategoryId = soldOut.CategoryId, quantity = 1 })).Succeeded(201);

        var numbers = await App.Rows<string>("select booking_number from booking where account_id = @Id", new { person.Id });
        var payments = await App.Rows<string>("select id::text from payment where booking_id = @confirmed", new { confirmed });
        var tickets = await App.Rows<string>("select id::text from ticket where booking_id = any(@bookings)", new { bookings = new[] { confirmed, pending } });
        return new Owner(person, payment, [confirmed, pending], other.EventId, new Dictionary<string, string[]>
        {
            ["bookings"] = [$"{confirmed}", $"{pending}"],
            ["booking"] = [$"{confirmed}", $"{pending}"],
            ["number"] = numbers,
            ["payments"] = payments,
            ["tickets"] = tickets,
            ["transfers"] = [$"{transfer["transferId"]}"],
            ["items"] = [.. cart["items"].EnumerateArray().Select(item => $"{item.GetProperty("id")}")],
            ["wishlist"] = [$"{other.EventId}"],
            ["events"] = [$"{soldOut.EventId}"],
            ["realtime"] = [$"{person.Id}"],
            ["queue"] = [$"{queued.Id}"],
        });
    }

    private static string Shape(Operation operation) => $"{operation.Method} {Regex.Replace(operation.Path, @"\{[^}]+}", "{}")}";

    private sealed record Owner(
        Person Person, SandboxCheckout Payment, long[] Bookings, long CartEventId, Dictionary<string, string[]> Ids)
    {
        /// <summary>The ids that can stand in a path, by the word before the parameter; a word that is new here fails the test.</summary>
        public string[] IdsAt(string path)
        {
            var word = Regex.Match(path, @"/([^/{]+)/\{[^}]+}").Groups[1].Value;
            Assert.True(Ids.TryGetValue(word, out var ids) && ids.Length > 0, $"Whose id stands in {path}?");
            return ids!;
        }
    }
}
