using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Npgsql;
using Zoniq.Load.Storm;

namespace Zoniq.Tests;

/// <summary>What looks on while the storm blows sees what must not be. Its database is spoilt on purpose, so nothing else is tested on it.</summary>
public sealed class StormTests(ZoniqApp app) : IClassFixture<ZoniqApp>
{
    [Fact]
    public async Task The_watch_sees_a_seat_with_two_owners_a_queue_out_of_order_and_a_code_used_too_often()
    {
        var staged = await app.AnEvent(rows: 1, seatsPerRow: 4);
        var (asha, ravi) = (await app.NewBuyer(), await app.NewBuyer());
        await asha.Buys(staged.Standing, quantity: 1);
        await ravi.Post("/api/cart/items", new { eventId = staged.Id, seatCategoryId = staged.Numbered.CategoryId, seatIds = new[] { staged.Numbered.Seats[0] } });
        Assert.Empty(await SeenAsync());

        await app.Execute("alter table seat drop constraint seat_check1");
        await app.Execute("update seat set cart_id = (select max(id) from cart), locked_until = zoniq_now() + interval '1 hour' where booking_id is not null");
        await app.Execute(
            """
            insert into queue_entry (event_id, account_id, number, status, joined_at, admitted_at, expires_at, batch_size)
            values (@Event, @First, 1, 'processing', zoniq_now(), zoniq_now(), zoniq_now() + interval '1 minute', 1),
                   (@Event, @Second, 2, 'processing', zoniq_now(), zoniq_now() - interval '1 minute', zoniq_now() + interval '1 minute', 1);
            update event set queue_batch_size = 1 where id = @Event
            """,
            new { Event = staged.Id, First = asha.Id, Second = ravi.Id });
        await app.Execute(
            """
            insert into promo_code (code, kind, value, max_uses, created_at)
            values ('NONE-LEFT', 'percent', 100, 1, zoniq_now());
            alter table promo_code drop constraint promo_code_check1;
            update promo_code set used_count = 2
            """);

        var seen = await SeenAsync();
        Assert.Contains(seen, wrong => wrong.StartsWith("1: seat", StringComparison.Ordinal));
        Assert.Contains($"6: event {staged.Id}: 2 are inside at once, the batch is 1", seen);
        Assert.Contains($"6: event {staged.Id}: number 1 was let in after number 2", seen);
        Assert.Contains("7: code NONE-LEFT says 2 uses of 1", seen);
    }

    [Fact]
    public async Task What_must_never_be_answered_is_noticed()
    {
        await using var server = await AnswersAsync();
        var (troubles, verdicts) = (new Troubles(), new Verdicts());
        using var client = new StormClient(_ => new Uri(server.Urls.First()), troubles, verdicts);
        Task<StormAnswer> AskAsync(string path) => client.SendAsync(HttpMethod.Get, path, buyer: null);

        await AskAsync("/404");
        using (troubles.Begin(Dependency.Database))
        {
            await AskAsync("/503?seconds=3");
            Assert.True(verdicts.AllKept);
            await AskAsync("/500");
            await AskAsync("/503");
        }

        using var calm = new StormClient(_ => new Uri(server.Urls.First()), new Troubles(), verdicts);
        await calm.SendAsync(HttpMethod.Get, "/503?seconds=3", buyer: null);
        await server.StopAsync();
        await calm.SendAsync(HttpMethod.Get, "/404", buyer: null);

        Assert.Collection(
            verdicts.Details,
            wrong => Assert.EndsWith("a defect", wrong, StringComparison.Ordinal),
            wrong => Assert.EndsWith("it does not say when to come back", wrong, StringComparison.Ordinal),
            wrong => Assert.EndsWith("nothing it depends on was away", wrong, StringComparison.Ordinal),
            wrong => Assert.Contains("no instance had been killed", wrong, StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_is_found_wherever_it_stands_in_the_log()
    {
        using var log = new AppLog { IsKept = false };
        log.Add("12:00:00 info: Zoniq.Payments[1] Order order_3HExy5BpaH0dPj of booking 615856123 is 100000 paise, took 615.856 ms");
        var harmless = Search(log);

        log.Add("the key is k-e-y");
        log.Add("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln");
        log.Add("claim?token=abcdefghijklmnopqrstuvwx");
        log.Add("shown: ZQ1.abcdefgh.12.7.1.c2lnbmF0dXJl");
        log.Add("sent 615856 to somebody");
        log.Add("mail to Asha@Example.in");
        log.Add("paid with 4111 1111 1111 1111");

        Assert.Empty(harmless);
        Assert.Equal(
            ["a key or a password", "a token", "a token", "the code of a ticket", "a code", "an e-mail address", "the number of a card"],
            Search(log).Select(found => found[..found.IndexOf(':')]));
    }

    [Fact]
    public void Only_what_was_away_at_that_time_excuses_an_answer()
    {
        var troubles = new Troubles();
        var before = Stopwatch.GetTimestamp();
        using (troubles.Begin(Dependency.Gateway))
        {
            var during = Stopwatch.GetTimestamp();
            Assert.True(troubles.Excuse(during, during, Dependency.Gateway));
            Assert.False(troubles.Excuse(during, during, Dependency.Database, Dependency.Realtime));
        }

        var longAfter = Stopwatch.GetTimestamp() + (60 * Stopwatch.Frequency);
        Assert.False(troubles.Excuse(before - 1, before - 1, Dependency.Gateway));
        Assert.False(troubles.Excuse(longAfter, longAfter, Dependency.Gateway));
    }

    /// <summary>Answers with the status that its path names, and says when to come back if it is told.</summary>
    private static async Task<WebApplication> AnswersAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.Run(http =>
        {
            http.Response.StatusCode = int.Parse(http.Request.Path.Value![1..]);
            http.Response.Headers.RetryAfter = http.Request.Query["seconds"];
            return Task.CompletedTask;
        });
        await server.StartAsync();
        return server;
    }

    private static List<string> Search(AppLog log) => log.Search(
        ["k-e-y"], new HashSet<string> { "abcdefghijklmnopqrstuvwx" }, new HashSet<string> { "615856" }, new HashSet<string> { "asha@example.in" }).Secrets;

    private async Task<IReadOnlyList<string>> SeenAsync()
    {
        await using var database = NpgsqlDataSource.Create(app.ConnectionString);
        var verdicts = new Verdicts();
        await new Watch(database, () => Task.FromResult<Zoniq.Domain.Administration.Finding[]>([]), verdicts).LookAsync();
        return verdicts.Details;
    }
}
