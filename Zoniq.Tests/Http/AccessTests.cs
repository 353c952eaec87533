using System.Text.RegularExpressions;
using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>Everybody knocks at every door of the app, and the contract's table says who gets in.</summary>
public sealed class AccessTests(ZoniqApp app) : DatabaseTest(app)
{
    private enum Visitor
    {
        WithoutToken,
        WithForgedToken,
        Customer,
        BlockedCustomer,
        BlockedAdministrator,
        Administrator,
    }

    [Fact]
    public Task Without_a_token_only_public_doors_open() => Visit(Visitor.WithoutToken);

    [Fact]
    public Task With_a_forged_token_only_public_doors_open() => Visit(Visitor.WithForgedToken);

    [Fact]
    public Task A_customer_does_not_get_into_the_office() => Visit(Visitor.Customer);

    [Fact]
    public Task A_blocked_customer_stays_outside() => Visit(Visitor.BlockedCustomer);

    [Fact]
    public Task A_blocked_administrator_stays_outside() => Visit(Visitor.BlockedAdministrator);

    [Fact]
    public Task An_administrator_gets_in_everywhere() => Visit(Visitor.Administrator);

    /// <summary>Each door sees somebody new, so that what happens behind one, such as signing out, does not matter at the next.</summary>
    private async Task Visit(Visitor visitor)
    {
        var doors = Operation.All;
        var visitors = await Visitors(visitor, doors.Count);
        var wrong = new List<string>();

        await Parallel.ForAsync(0, doors.Count, async (at, _) =>
        {
            var answer = await Knock(visitors[at], doors[at]);
            if (!Suits(answer, doors[at], Expected(visitor, AccessOf(doors[at]))))
            {
                lock (wrong)
                {
                    wrong.Add($"{visitor}: {answer}");
                }
            }
        });

        wrong.MustBeNone();
    }

    private static Access AccessOf(Operation door) =>
        ContractEndpoint.All.Single(endpoint => endpoint.ToString() == $"{door.Method} {Regex.Replace(door.Path, @"\{[^}]+}", "{}")}").Access;

    /// <summary>The refusal at the door; null when it opens.</summary>
    private static (int Status, string Code)? Expected(Visitor visitor, Access access) => (visitor, access) switch
    {
        (_, Access.Anonymous or Access.Gateway) => null,
        (Visitor.WithoutToken, _) => (401, "auth.token_missing"),
        (Visitor.WithForgedToken, _) => (401, "auth.token_invalid"),
        (Visitor.BlockedCustomer or Visitor.BlockedAdministrator, _) => (403, "auth.account_blocked"),
        (Visitor.Customer, Access.Admin) => (403, "auth.admin_required"),
        _ => null,
    };

    /// <summary>Behind a door one may still be told that something is not for oneself.</summary>
    private static bool Suits(Answer answer, Operation door, (int Status, string Code)? expected) => expected is { } refusal
        ? (answer.Status, answer.Code) == refusal
        : answer.Status is not (401 or 403) || (door.Name == "Negotiate" && answer.Code == "realtime.not_you");

    private static Task<Answer> Knock(Conversation visitor, Operation door) =>
        visitor.Send(door.Method, door.At(), door.Media is null ? null : new { });

    private async Task<Conversation[]> Visitors(Visitor visitor, int count)
    {
        if (visitor is Visitor.WithoutToken)
        {
            return [.. Enumerable.Repeat(App.Nobody, count)];
        }

        var emails = Enumerable.Range(1, count).Select(number => $"{visitor}-{number}@example.in".ToLowerInvariant()).ToArray();
        var people = await Person.CreateAsync(App, emails, visitor is Visitor.Administrator or Visitor.BlockedAdministrator ? "admin" : "user");
        if (visitor is Visitor.WithForgedToken)
        {
            return [.. people.Select(person => new Conversation(App, Person.TokenOf(person.Id, person.Username, person.Email, "admin", App.Now, secret: "somebody else's secret, also long enough")))];
        }

        if (visitor is Visitor.BlockedCustomer or Visitor.BlockedAdministrator)
        {
            await App.Execute("update account set is_blocked = true where id = any(@ids)", new { ids = people.Select(person => person.Id).ToArray() });
        }

        return people;
    }
}
