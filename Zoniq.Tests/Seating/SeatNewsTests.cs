using System.Text.Json;
using Zoniq.Domain.Seating;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Seating;

/// <summary>Versions of a seat map, and what those who look at it are told.</summary>
public sealed class SeatNewsTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_burst_is_one_version_and_one_message_and_the_next_one_follows_without_a_gap()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 10, standing: 10);
        var before = (await App.News(staged.Id))!.Value.GetProperty("version").GetInt64();
        var buyers = await App.NewBuyers(5);
        await Task.WhenAll(buyers.Select((buyer, at) => buyer.Adds(staged.Numbered, staged.Numbered.Seats[at])));
        (await buyers[0].Adds(staged.Standing, 3)).Succeeded();
        (await buyers[1].ClearsCart()).Succeeded();

        var told = (await App.News(staged.Id))!.Value;

        Assert.Equal((staged.Id, before + 1), (told.GetProperty("eventId").GetInt64(), told.GetProperty("version").GetInt64()));
        Assert.Equal(
            staged.Numbered.Seats[..5].Select((seat, at) => (seat, at == 1 ? "available" : "locked")),
            told.GetProperty("seats").EnumerateArray().Select(seat => (seat.GetProperty("id").GetInt64(), seat.GetProperty("status").GetString()!)));
        Assert.Equal(
            [(staged.Numbered.CategoryId, 6), (staged.Standing.CategoryId, 7)],
            told.GetProperty("categories").EnumerateArray().Select(category => (category.GetProperty("id").GetInt64(), category.GetProperty("availableSeats").GetInt32())).Order());
        Assert.Null(await App.News(staged.Id));

        (await buyers[1].Adds(staged.Numbered, staged.Numbered.Seats[9])).Succeeded();
        Assert.Equal(before + 2, (await App.News(staged.Id))!.Value.GetProperty("version").GetInt64());
        Assert.Equal(before + 2, (await App.Map(staged.Id))["version"].GetInt64());
    }

    [Fact]
    public async Task Without_news_a_run_is_one_statement()
    {
        await App.AnEvent();
        await App.News(0);

        Assert.Single(await App.StatementsOf(() => App.News(0)));
    }

    [Fact]
    public async Task What_is_not_on_the_map_any_more_cannot_be_had()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 5);
        var administrator = await App.Administrator();
        await App.News(staged.Id);

        (await administrator.Delete($"/api/admin/seats/{staged.Numbered.Seats[0]}")).Succeeded();
        (await administrator.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { isActive = false })).Succeeded();
        var told = (await App.News(staged.Id))!.Value;

        Assert.Equal([(staged.Numbered.Seats[0], "blocked")], told.GetProperty("seats").EnumerateArray().Select(seat => (seat.GetProperty("id").GetInt64(), seat.GetProperty("status").GetString()!)));
        Assert.Equal(
            [(staged.Numbered.CategoryId, 1), (staged.Standing.CategoryId, 0)],
            told.GetProperty("categories").EnumerateArray().Select(category => (category.GetProperty("id").GetInt64(), category.GetProperty("availableSeats").GetInt32())).Order());
    }

    [Fact]
    public async Task A_draft_has_versions_and_nobody_to_tell_and_goes_with_all_of_them()
    {
        var draft = await App.AnEvent(rows: 1, seatsPerRow: 3, published: false);
        Assert.Null(await App.News(draft.Id));
        Assert.Equal(2, await App.Value<long>("select max(version) from seat_version where event_id = @Id", new { draft.Id }));

        (await (await App.Administrator()).Delete($"/api/admin/events/{draft.Id}")).Succeeded();
        await App.News(draft.Id);

        Assert.Equal(0, await App.Value<long>("select (select count(*) from seat_version where event_id = @Id) + (select count(*) from seat_change)", new { draft.Id }));
    }

    [Fact]
    public async Task What_adds_up_the_booked_places_is_no_news()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 5);
        await (await App.NewBuyer()).Buys(staged.Standing, 2);
        await App.News(staged.Id);

        await App.RunTimer("HoldSweep");

        Assert.Equal(2, await App.Value<int>("select booked_seats from seat_category where id = @CategoryId", new { staged.Standing.CategoryId }));
        Assert.Null(await App.News(staged.Id));
    }

    /// <summary>Without the lock the second run numbers from what it saw before the first was done, and fails on the number that is taken.</summary>
    [Fact]
    public async Task Of_two_runs_at_once_none_gives_a_version_twice_and_none_loses_anything()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 0);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var before = (await App.News(staged.Id))!.Value.GetProperty("version").GetInt64();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        await using var busy = await InTheMiddle.Of(App, "select from event where id = @Id for update", new { staged.Id });

        var first = App.News(staged.Id);
        await busy.IsWaitedFor();
        await App.Execute("update seat set position_x = 77 where id = @seat", new { seat = staged.Numbered.Seats[1] });
        var second = App.News(staged.Id);
        await Task.WhenAny(second, busy.IsWaitedFor(others: 2));
        await busy.GivesUp();

        Assert.Equal([staged.Numbered.Seats[0]], (await first)!.Value.GetProperty("seats").Ids());
        Assert.Null(await second);
        var third = (await App.News(staged.Id))!.Value;
        Assert.Equal([staged.Numbered.Seats[1]], third.GetProperty("seats").Ids());
        Assert.Equal([before, before + 1, before + 2], await App.Rows<long>("select version from seat_version where event_id = @Id and version >= @before order by version", new { staged.Id, before }));
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[3])).Succeeded();
    }

    [Fact]
    public async Task Many_runs_of_two_instances_among_many_buyers_tell_everything_once()
    {
        var staged = await App.AnEvent(rows: 4, seatsPerRow: 10, standing: 0);
        var buyers = await App.NewBuyers(40);
        await using var other = await App.StartAnother();
        await App.News(staged.Id);
        var before = (await App.Map(staged.Id))["version"].GetInt64();

        var holds = Task.WhenAll(buyers.Select((buyer, at) => buyer.Adds(staged.Numbered, staged.Numbered.Seats[at])));
        var told = new List<JsonElement>();
        while (!holds.IsCompleted)
        {
            told.AddRange((await Task.WhenAll(App.News(staged.Id), other.News(staged.Id))).OfType<JsonElement>());
        }

        Assert.All(await holds, answer => answer.Succeeded());
        told.AddRange(new[] { await App.News(staged.Id) }.OfType<JsonElement>());
        Assert.Equal(Enumerable.Range(1, told.Count).Select(number => before + number), told.Select(news => news.GetProperty("version").GetInt64()).Order());
        Assert.Equal(staged.Numbered.Seats.Order(), told.SelectMany(news => news.GetProperty("seats").Ids()).Order());
    }

    [Fact]
    public async Task A_transaction_that_stays_open_holds_up_its_own_news_and_no_other()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 0);
        var seats = staged.Numbered.Seats;
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await App.News(staged.Id);
        var known = KnownMap.Of(await App.Map(staged.Id));
        await using var slow = await InTheMiddle.Of(App, "update seat set is_blocked = true where id = @seat", new { seat = seats[3] });

        (await asha.Adds(staged.Numbered, seats[0])).Succeeded();
        Assert.Equal([seats[0]], (await App.News(staged.Id))!.Value.GetProperty("seats").Ids());
        (await ravi.Adds(staged.Numbered, seats[1])).Succeeded();
        Assert.Equal([seats[1]], (await App.News(staged.Id))!.Value.GetProperty("seats").Ids());
        known.Take(await App.Since(staged.Id, known.Version));
        await slow.Commits();

        Assert.Equal([seats[3]], (await App.Since(staged.Id, known.Version)).Succeeded()["seats"].Ids());
        Assert.Equal([seats[3]], (await App.News(staged.Id))!.Value.GetProperty("seats").Ids());
        known.Take(await App.Since(staged.Id, known.Version));
        Assert.Equal(KnownMap.Of(await App.Map(staged.Id)).ToString(), known.ToString());
        Assert.Null(await App.News(staged.Id));
    }

    [Fact]
    public async Task A_version_is_remembered_for_a_while_after_it_was_replaced_and_the_newest_for_ever()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 5, standing: 0);
        var administrator = await App.Administrator();
        var oldest = await Change(0);
        var older = await Change(1);
        await App.Advance(SeatNews.Memory / 2);
        var newest = await Change(2);
        Assert.Equal((false, false), (await IsFull(oldest), await IsFull(older)));

        await App.Advance((SeatNews.Memory / 2) + TimeSpan.FromSeconds(1));
        await App.News(staged.Id);
        Assert.Equal((true, false, false), (await IsFull(oldest - 1), await IsFull(older), await IsFull(newest)));

        await App.Advance(SeatNews.Memory);
        await App.News(staged.Id);
        Assert.Equal((true, false), (await IsFull(older - 1), await IsFull(newest)));
        Assert.Equal([newest], await App.Rows<long>("select version from seat_version where event_id = @Id", new { staged.Id }));
        Assert.Equal(newest + 1, await Change(3));

        async Task<long> Change(int seat)
        {
            (await administrator.Post($"/api/admin/seats/{staged.Numbered.Seats[seat]}/block")).Succeeded();
            return (await App.News(staged.Id))!.Value.GetProperty("version").GetInt64();
        }

        async Task<bool> IsFull(long since)
        {
            await App.Advance(TimeSpan.FromSeconds(1));
            return (await App.Since(staged.Id, since)).Succeeded()["full"].GetBoolean();
        }
    }
}
