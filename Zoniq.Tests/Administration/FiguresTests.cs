using System.Globalization;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Administration;

/// <summary>What was sold, by day in India, by event, and at a glance.</summary>
public sealed class FiguresTests(ZoniqApp app) : DatabaseTest(app)
{
    private Person office = null!;
    private DateTime midnight;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        App.Razorpay.DeliversWebhooks = false;
        office = await App.Administrator();
        await App.Execute("truncate event, venue cascade");
        midnight = await App.Value<DateTime>("select date_trunc('day', @now at time zone 'Asia/Kolkata') at time zone 'Asia/Kolkata'", new { now = App.Now.UtcDateTime });
    }

    [Fact]
    public async Task Without_sales_every_figure_is_zero()
    {
        var stats = (await office.Get("/api/admin/bookings/stats")).Succeeded();
        Assert.Equal(("0", "0.00", "0"), (stats["total"].GetRawText(), stats["revenue"].GetRawText(), stats["ticketsSold"].GetRawText()));
        var analytics = (await office.Get("/api/admin/bookings/analytics")).Succeeded();
        Assert.Equal(("7d", "0.00", "0.00", 0), (analytics["period"].GetString(), analytics["totalRevenue"].GetRawText(), analytics["averageOrderValue"].GetRawText(), analytics["dailyBreakdown"].GetArrayLength()));
        Assert.Equal(0, (await office.Get("/api/admin/bookings/top-events")).Succeeded()["events"].GetArrayLength());
        var overview = (await office.Get("/api/admin/dashboard/overview")).Succeeded();
        Assert.Equal("""{"total":0.00,"today":0.00,"thisWeek":0.00,"thisMonth":0.00}""", overview["revenue"].GetRawText());
        Assert.Equal(("0", "0"), (overview["growth"].GetProperty("bookingsPercent").GetRawText(), overview["growth"].GetProperty("revenuePercent").GetRawText()));
    }

    [Fact]
    public async Task Confirmed_bookings_count_by_day_less_what_is_returned_or_on_its_way_back()
    {
        var staged = await App.AnEvent(rows: 0, price: 100.00m);
        var other = await App.AnEvent(rows: 0, price: 250.00m, title: "Another Evening");
        await Sold(staged, 2, midnight);                            // today's first moment
        var partly = await Sold(staged, 1, midnight.AddSeconds(-1)); // yesterday's last
        await Sold(other, 1, midnight.AddDays(-6));                 // the first of seven days
        await Sold(staged, 3, midnight.AddDays(-6).AddSeconds(-1)); // the day before those
        await Returned(partly, 1_000, "processed");
        await Returned(partly, 1_001, "pending");
        await Returned(partly, 5_000, "failed");
        await Cancelled(staged, 5, midnight);
        await Cancelled(other, 1, midnight.AddDays(-6));
        await (await App.NewBuyer()).Books(staged.Standing, 4);

        var week = (await office.Get("/api/admin/bookings/analytics")).Succeeded();
        Assert.Equal(("529.99", 3, 4, "176.66"), Totals(week));
        Assert.Equal(
            [$"{Day(-6)} 250.00 1 1", $"{Day(-1)} 79.99 1 1", $"{Day(0)} 200.00 1 2"],
            week["dailyBreakdown"].EnumerateArray().Select(day => $"{day.GetProperty("date").GetString()} {day.GetProperty("revenue").GetRawText()} {day.GetProperty("bookings")} {day.GetProperty("tickets")}"));

        Assert.Equal(("829.99", 4, 7, "207.50"), Totals((await office.Get("/api/admin/bookings/analytics?period=30d")).Succeeded()));
        Assert.Equal(("279.99", 2, 3, "140.00"), Totals((await office.Get($"/api/admin/bookings/analytics?event_id={staged.Id}")).Succeeded()));
        var custom = (await office.Get($"/api/admin/bookings/analytics?date_from={Day(-7)}&date_to={Day(-6)}")).Succeeded();
        Assert.Equal("custom", custom["period"].GetString());
        Assert.Equal(("550.00", 2, 4, "275.00"), Totals(custom));

        var stats = (await office.Get("/api/admin/bookings/stats")).Succeeded();
        Assert.Equal((7, 4, "829.99", 7), (stats["total"].GetInt32(), stats["confirmed"].GetInt32(), stats["revenue"].GetRawText(), stats["ticketsSold"].GetInt32()));
        var ofOne = (await office.Get($"/api/admin/bookings/stats?event_id={other.Id}")).Succeeded();
        Assert.Equal((2, "250.00", 1), (ofOne["total"].GetInt32(), ofOne["revenue"].GetRawText(), ofOne["ticketsSold"].GetInt32()));

        async Task<string[]> Top(string query) =>
            [.. (await office.Get($"/api/admin/bookings/top-events?{query}")).Succeeded()["events"].EnumerateArray().Select(row => $"{row.GetProperty("title").GetString()} {row.GetProperty("revenue").GetRawText()} {row.GetProperty("bookings")} {row.GetProperty("ticketsSold")}")];
        Assert.Equal(["An Evening of Sitar 579.99 3 6", "Another Evening 250.00 1 1"], await Top("period=all"));
        Assert.Equal(["An Evening of Sitar 579.99 3 6"], await Top("limit=1"));
        Assert.Equal(["Another Evening 250.00 1 1"], await Top($"date_from={Day(-6)}&date_to={Day(-6)}"));

        (await office.Get("/api/admin/bookings/analytics?period=2w")).RefusedField("period");
        (await office.Get("/api/admin/bookings/analytics?period=all")).RefusedField("period");
        (await office.Get($"/api/admin/bookings/analytics?date_from={Day(0)}")).RefusedField("date_to");
        (await office.Get($"/api/admin/bookings/top-events?date_from={Day(0)}&date_to={Day(-1)}")).RefusedField("date_to");
        (await office.Get("/api/admin/bookings/top-events?date_from=2026-03-05T20:00:00Z&date_to=2026-03-05")).RefusedField("date_to");
        (await office.Get("/api/admin/bookings/top-events?limit=51")).RefusedField("limit");
    }

    [Fact]
    public async Task Every_status_is_counted_and_money_only_of_what_stands()
    {
        var staged = await App.AnEvent(rows: 0, price: 100.00m);
        for (var expired = 0; expired < 4; expired++)
        {
            await (await App.NewBuyer()).Books(staged.Standing);
        }

        await App.Advance(TimeSpan.FromMinutes(30));
        await App.RunTimer("BookingExpiry");
        var now = App.Now.UtcDateTime;
        await Sold(staged, 3, now);
        await (await App.NewBuyer()).Books(staged.Standing);
        await (await App.NewBuyer()).Books(staged.Standing);
        var cancelled = new List<long>();
        for (var ended = 0; ended < 8; ended++)
        {
            cancelled.Add(await Cancelled(staged, 1, now));
        }

        await App.Execute("update booking set status = 'refunded' where id = any(@refunded)", new { refunded = cancelled.Take(5).ToArray() });

        foreach (var path in new[] { "/api/admin/bookings/stats", $"/api/admin/bookings/stats?event_id={staged.Id}" })
        {
            Assert.Equal(
                """{"total":15,"confirmed":1,"pending":2,"cancelled":3,"expired":4,"refunded":5,"revenue":300.00,"ticketsSold":3}""",
                (await office.Get(path)).Succeeded().Text);
        }
    }

    [Fact]
    public async Task The_overview_tells_today_from_the_week_and_the_month_in_one_round_trip()
    {
        var staged = await App.AnEvent(rows: 0, price: 100.00m);
        await App.AnEvent(rows: 0, published: false);
        foreach (var (tickets, age) in new[] { (1, 0), (1, -6), (2, -7), (1, -29), (4, -30), (1, -59), (3, -60) })
        {
            await Sold(staged, tickets, midnight.AddDays(age));
        }

        var partly = await Sold(staged, 1, midnight.AddDays(-6));
        await Returned(partly, 2_500, "processed");
        await Returned(partly, 500, "pending");
        await Returned(partly, 700, "failed");
        await Cancelled(staged, 1, midnight);
        await Cancelled(staged, 2, midnight.AddDays(-70));
        await App.Execute("update account set created_at = @before where id <> @Id", new { before = midnight.AddDays(-30), office.Id });

        Answer overview = null!;
        await office.Get("/api/admin/dashboard/overview");
        var statements = await App.StatementsOf(async () => overview = (await office.Get("/api/admin/dashboard/overview")).Succeeded());

        Assert.Equal(4, statements.Count); // whose token it is; then accounts, events and sales, which travel together
        Assert.Equal("""{"total":8,"today":1,"thisWeek":3,"thisMonth":5}""", overview["bookings"].GetRawText());
        Assert.Equal("""{"total":14,"today":1,"thisWeek":3,"thisMonth":6}""", overview["tickets"].GetRawText());
        Assert.Equal("""{"total":1370.00,"today":100.00,"thisWeek":270.00,"thisMonth":570.00}""", overview["revenue"].GetRawText());
        Assert.Equal("""{"total":2,"active":1,"completed":0,"upcoming":1}""", overview["events"].GetRawText());
        Assert.Equal(1, overview["users"].GetProperty("thisMonth").GetInt32());
        // 5 bookings after 2; 570.00 after 500.00; one account after all the others.
        var others = await App.Value<long>("select count(*) - 1 from account");
        Assert.Equal((150.0m, 14.0m), (overview["growth"].GetProperty("bookingsPercent").GetDecimal(), overview["growth"].GetProperty("revenuePercent").GetDecimal()));
        Assert.Equal(Math.Round((1 - others) * 100m / others, 1, MidpointRounding.AwayFromZero), overview["growth"].GetProperty("usersPercent").GetDecimal());
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("?period=week", 7)]
    [InlineData("?period=month", 30)]
    [InlineData("?period=quarter", 90)]
    public async Task The_chart_has_every_day_and_ends_today(string query, int days)
    {
        var staged = await App.AnEvent(rows: 0, price: 100.00m);
        await Sold(staged, 2, midnight.AddDays(1 - days));
        await Sold(staged, 1, midnight.AddDays(1 - days).AddSeconds(-1));

        var data = (await office.Get($"/api/admin/dashboard/revenue-chart{query}")).Succeeded()["data"].EnumerateArray().ToArray();

        Assert.Equal(Enumerable.Range(1 - days, days).Select(Day), data.Select(day => day.GetProperty("date").GetString()));
        Assert.Equal("200.00", data[0].GetProperty("revenue").GetRawText());
        Assert.All(data[1..], day => Assert.Equal(("0.00", 0), (day.GetProperty("revenue").GetRawText(), day.GetProperty("bookings").GetInt32())));
        (await office.Get("/api/admin/dashboard/revenue-chart?period=year")).RefusedField("period");
    }

    [Fact]
    public async Task The_newest_bookings_and_the_next_events_are_shown()
    {
        var later = await App.AnEvent(rows: 0, standing: 20, title: "Later", starts: TimeSpan.FromDays(40));
        var sooner = await App.AnEvent(rows: 0, standing: 20, title: "Sooner", starts: TimeSpan.FromDays(20));
        await App.AnEvent(rows: 0, title: "Draft", published: false);
        var asha = await App.NewBuyer();
        await App.Execute("update account set full_name = 'Asha Rao' where id = @Id", new { asha.Id });
        await asha.Buys(sooner.Standing, 3);
        var vikram = await App.NewBuyer();
        await vikram.Books(later.Standing, 2);
        await App.Advance(TimeSpan.FromSeconds(2));

        var recent = (await office.Get("/api/admin/dashboard/recent-bookings?limit=2")).Succeeded()["bookings"].EnumerateArray().ToArray();
        Assert.Equal(
            [$"{vikram.Username} Later pending 2 1000.00", "Asha Rao Sooner confirmed 3 1500.00"],
            recent.Select(row => $"{row.GetProperty("userName").GetString()} {row.GetProperty("eventTitle").GetString()} {row.GetProperty("status").GetString()} {row.GetProperty("ticketCount")} {row.GetProperty("amount").GetRawText()}"));
        Assert.Single((await office.Get("/api/admin/dashboard/recent-bookings?limit=1")).Succeeded()["bookings"].EnumerateArray());

        var next = (await office.Get("/api/admin/dashboard/upcoming-events")).Succeeded()["events"].EnumerateArray().ToArray();
        Assert.Equal(
            ["Sooner 20 17 1 3", "Later 20 18 0 0"],
            next.Select(row => $"{row.GetProperty("title").GetString()} {row.GetProperty("totalSeats")} {row.GetProperty("availableSeats")} {row.GetProperty("bookings")} {row.GetProperty("ticketsSold")}"));
        (await office.Get("/api/admin/dashboard/upcoming-events?limit=21")).RefusedField("limit");
        (await office.Get("/api/admin/dashboard/recent-bookings?limit=0")).RefusedField("limit");
    }

    private static (string Revenue, int Bookings, int Tickets, string Average) Totals(Answer analytics) =>
        (analytics["totalRevenue"].GetRawText(), analytics["totalBookings"].GetInt32(), analytics["totalTickets"].GetInt32(), analytics["averageOrderValue"].GetRawText());

    private string Day(int fromToday) =>
        DateOnly.FromDateTime(midnight.AddHours(12).AddDays(fromToday)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Paid, and called off by its buyer: its money is on its way back.</summary>
    private async Task<long> Cancelled(StagedEvent staged, int tickets, DateTime at)
    {
        var buyer = await App.NewBuyer();
        var booking = await buyer.Buys(staged.Standing, tickets);
        (await buyer.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded(200);
        await App.Execute("update booking set created_at = @at where id = @Id", new { at, booking.Id });
        return booking.Id;
    }

    private async Task<long> Sold(StagedEvent staged, int tickets, DateTime at)
    {
        var booking = await (await App.NewBuyer()).Buys(staged.Standing, tickets);
        await App.Execute("update booking set created_at = @at where id = @Id", new { at, booking.Id });
        return booking.Id;
    }

    private Task<int> Returned(long bookingId, long paise, string status) => App.Execute(
        """
        with paid as (
            update payment
            set    amount_refunded = amount_refunded + case @status when 'processed' then @paise else 0 end,
                   status = case @status when 'processed' then 'partially_refunded' else status end
            where  booking_id = @bookingId
            returning id
        ),
        told as (
            update booking
            set    payment_status = 'partially_refunded'
            where  id = @bookingId
            and    @status = 'processed'
        )
        insert into refund (payment_id, amount, status, requested_by, idempotency_key, created_at, processed_at)
        select id, @paise, @status, 'admin', 'test-' || id || @status, now(), case @status when 'processed' then now() end
        from   paid
        """,
        new { bookingId, paise, status });
}
