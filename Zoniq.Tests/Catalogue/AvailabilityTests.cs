using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Seating;

namespace Zoniq.Tests.Catalogue;

/// <summary>What lists say is free is reckoned, not counted; here it is compared with the places themselves.</summary>
public sealed class AvailabilityTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_figures_of_a_list_are_those_of_the_places_after_everything_that_can_happen_to_them()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 10, standing: 30);
        var (asha, ravi, meena) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer());
        await IsFree(staged, 50);

        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..3])).Succeeded();
        (await asha.Adds(staged.Standing, 4)).Succeeded();
        await IsFree(staged, 43);

        (await asha.ChecksOut(staged.Id)).Succeeded(201);
        (await ravi.Adds(staged.Standing, 5)).Succeeded();
        await IsFree(staged, 38);

        var kept = (await meena.Buys(staged.Numbered, staged.Numbered.Seats[3])).Id;
        await App.Execute("update seat set is_blocked = true where id = any(@seats)", new { seats = staged.Numbered.Seats[10..12] });
        await IsFree(staged, 35);

        await App.Advance(TimeSpan.FromMinutes(8)); // the holds lapse, the carts live
        await IsFree(staged, 40);
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[4])).Succeeded(); // lifts what lapsed
        await IsFree(staged, 34);
        await App.RunTimer("HoldSweep");
        await IsFree(staged, 34);

        await App.Advance(TimeSpan.FromMinutes(16)); // nobody paid for Asha's
        await App.RunTimer("BookingExpiry");
        await App.RunTimer("HoldSweep");
        await IsFree(staged, 47);

        await App.Execute("update seat set is_blocked = false where event_id = @Id", new { staged.Id });
        (await meena.Post($"/api/bookings/{kept}/cancel")).Succeeded();
        await App.RunTimer("HoldSweep");
        await IsFree(staged, 50);
        Assert.Equal(0, await App.Value<long>("select sum(booked_seats) + (select count(*) from stock_change) from seat_category where event_id = @Id", new { staged.Id }));
    }

    [Fact]
    public async Task Holds_that_somebody_else_took_over_are_counted_once()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 3);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));

        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[1..3])).Succeeded();
        (await ravi.Adds(staged.Standing, 3)).Succeeded();

        await IsFree(staged, 2);
    }

    [Fact]
    public async Task A_sold_out_event_says_so_and_is_open_again_when_a_hold_lapses()
    {
        var staged = await App.AnEvent(rows: 0, standing: 2);
        await (await App.NewBuyer()).Buys(staged.Standing, 1);
        (await (await App.NewBuyer()).Adds(staged.Standing, 1)).Succeeded();

        await App.Advance(TimeSpan.FromSeconds(2));
        var soldOut = await Listed(staged);
        await App.Advance(TimeSpan.FromMinutes(8));
        var open = await Listed(staged);

        Assert.Equal((true, false), (soldOut.GetProperty("isSoldOut").GetBoolean(), soldOut.GetProperty("isBookingOpen").GetBoolean()));
        Assert.Equal((false, true), (open.GetProperty("isSoldOut").GetBoolean(), open.GetProperty("isBookingOpen").GetBoolean()));
    }

    [Fact]
    public async Task Fifty_buyers_and_a_timer_that_adds_up_all_the_while_leave_figures_that_are_right()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 20, standing: 60);
        var buyers = await App.NewBuyers(50);
        var count = App.Services.GetRequiredService<StockCount>();

        var purchases = Task.WhenAll(buyers.Select(async (buyer, at) =>
        {
            var added = at % 2 == 0 ? await buyer.Adds(staged.Standing, 1 + (at % 3)) : await buyer.Adds(staged.Numbered, staged.Numbered.Seats[at % 40]);
            if (added.Status == 200 && at % 5 != 0 && (await buyer.ChecksOut(staged.Id)) is { Status: 201 } booked && at % 7 == 0)
            {
                (await buyer.Post($"/api/bookings/{booked.Id}/cancel")).Succeeded();
            }
        }));
        while (!purchases.IsCompleted)
        {
            await Task.WhenAll(count.AddUp(CancellationToken.None), count.AddUp(CancellationToken.None));
            Assert.Empty(await App.Invariants());
        }

        await purchases;
        await IsFree(staged, await Counted(staged));
    }

    [Fact]
    public async Task Instances_that_add_up_at_once_add_every_change_once()
    {
        var events = new[] { await App.AnEvent(rows: 0, standing: 40), await App.AnEvent(rows: 0, standing: 40) };
        var buyers = await App.NewBuyers(40);
        await Task.WhenAll(buyers.Select((buyer, at) => buyer.Books(events[at % 2].Standing, 2)));
        var count = App.Services.GetRequiredService<StockCount>();

        var added = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => count.AddUp(CancellationToken.None)));

        Assert.Equal(40, added.Sum());
        var counters = await App.Rows<int>("select booked_seats from seat_category where event_id = any(@ids) order by id", new { ids = events.Select(staged => staged.Id).ToArray() });
        Assert.Equal([40, 40], counters);
        await Task.WhenAll(events.Select(staged => IsFree(staged, 0)));
    }

    /// <summary>A sale that forgets to say so would not stay unseen.</summary>
    [Fact]
    public async Task A_sale_that_is_not_counted_would_be_found()
    {
        var staged = await App.AnEvent(rows: 0, standing: 4);
        await (await App.NewBuyer()).Books(staged.Standing, 2);
        await App.Execute("update stock_change set change = change - 1 where category_id = @CategoryId", new { staged.Standing.CategoryId });

        var findings = await App.Invariants();
        await App.Execute("update stock_change set change = change + 1 where category_id = @CategoryId", new { staged.Standing.CategoryId });

        Assert.Equal(
            ["the counter of a category and its open changes are its booked seats", "what lists say is free is free"],
            findings.Select(finding => finding.Invariant).Order());
    }

    [Fact]
    public async Task The_places_of_listed_events_are_not_looked_at()
    {
        await App.AnEvent(rows: 1, seatsPerRow: 5, standing: 5);
        await App.Advance(TimeSpan.FromSeconds(2));

        var statements = await App.StatementsOf(() => App.Nobody.Get("/api/events"));

        Assert.Equal(3, statements.Count);
        Assert.Contains(statements, statement => statement.Contains("booked_seats", StringComparison.Ordinal));
        Assert.DoesNotContain(statements, statement => statement.Contains(SeatStatus.IsFreeSql, StringComparison.Ordinal));
    }

    private async Task IsFree(StagedEvent staged, long places)
    {
        await App.Advance(TimeSpan.FromSeconds(2));
        var listed = await Listed(staged);
        var detail = (await App.Nobody.Get($"/api/events/{staged.Id}")).Succeeded();

        Assert.Equal(places, await Counted(staged));
        Assert.Equal((places, places), (listed.GetProperty("availableSeats").GetInt64(), detail["availableSeats"].GetInt64()));
        Assert.Empty(await App.Invariants());
    }

    private Task<long> Counted(StagedEvent staged) => App.Value<long>(
        "select count(*) from seat where event_id = @Id and booking_id is null and not is_blocked and (cart_id is null or locked_until <= @now)",
        new { staged.Id, now = App.Now.UtcDateTime });

    private async Task<System.Text.Json.JsonElement> Listed(StagedEvent staged) =>
        (await App.Nobody.Get("/api/events?page_size=100")).Succeeded()["events"].EnumerateArray().Single(listed => listed.GetProperty("id").GetInt64() == staged.Id);
}
