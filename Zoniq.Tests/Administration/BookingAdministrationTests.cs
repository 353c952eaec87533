using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Npgsql;
using Zoniq.Tests.Support;
using Zoniq.Tests.Tickets;

namespace Zoniq.Tests.Administration;

/// <summary>Bookings, tickets and payments as the office sees them.</summary>
public sealed class BookingAdministrationTests(ZoniqApp app) : DatabaseTest(app)
{
    private Person office = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        App.Razorpay.DeliversWebhooks = false;
        office = await App.Administrator();
    }

    [Fact]
    public async Task A_booking_is_found_by_its_number_however_typed_and_by_either_address()
    {
        var staged = await App.AnEvent(rows: 0);
        var asha = await App.NewBuyer("asha_office@example.in");
        var vikram = await App.NewBuyer("vikram_office@example.in");
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        var first = (await asha.ChecksOut(staged.Id, new { contactEmail = "Desk@Example.org" })).Succeeded(201);
        var second = await vikram.Books(staged.Standing);
        var number = first["bookingNumber"].GetString()!;

        Task<long[]> Found(string search) => Ids($"/api/admin/bookings?event_id={staged.Id}&search={Uri.EscapeDataString(search)}", "bookings");

        Assert.Equal([first.Id], await Found(number));
        Assert.Equal([first.Id], await Found(number.ToLowerInvariant().Replace('0', 'o').Replace('1', 'l')));
        Assert.Equal([first.Id], await Found(number[^6..]));
        Assert.Equal([first.Id], await Found("desk@example.org"));
        Assert.Equal([first.Id], await Found("ASHA_office@example.in"));
        Assert.Equal([second], await Found("vikram_o"));
        Assert.Equal([second, first.Id], await Found("_office@"));
        Assert.Equal([second], await Found("vikram_office@example.i"));    // an address that might be whole, and is not
        var file = CsvFile.Of(await office.Get($"/api/admin/bookings?format=csv&event_id={staged.Id}&search=ikram_office@example.in"), "bookings.csv");
        Assert.Equal($"{second}", file[0, "id"]);
        Assert.Empty(await Found("asha%office"));
        Assert.Empty(await Found("nobody@example.in"));
    }

    [Fact]
    public async Task Filters_combine_and_the_last_day_is_included_to_its_end()
    {
        var staged = await App.AnEvent(rows: 0);
        var asha = await App.NewBuyer();
        var paid = (await asha.Buys(staged.Standing)).Id;
        var waiting = await (await App.NewBuyer()).Books(staged.Standing);
        // The last minute of 5 March in India, and the first of the 6th.
        await App.Execute("update booking set created_at = '2026-03-05 18:29:59.999Z' where id = @paid", new { paid });
        await App.Execute("update booking set created_at = '2026-03-05 18:30Z' where id = @waiting", new { waiting });

        Task<long[]> Listed(string query) => Ids($"/api/admin/bookings?event_id={staged.Id}&{query}", "bookings");

        Assert.Equal([paid], await Listed("date_from=2026-03-05&date_to=2026-03-05"));
        Assert.Equal([waiting], await Listed("date_from=2026-03-06"));
        Assert.Equal([waiting, paid], await Listed("date_from=2026-03-05&date_to=2026-03-06"));
        Assert.Equal([waiting], await Listed("date_from=2026-03-05T18:30Z&date_to=2026-03-05T18:30Z"));
        Assert.Equal([paid], await Listed("status=confirmed&payment_status=paid"));
        Assert.Empty(await Listed($"status=pending&user_id={asha.Id}"));
        Assert.Equal([paid], await Listed($"user_id={asha.Id}&date_to=2026-03-05&status=confirmed&search={asha.Email}"));
        (await office.Get("/api/admin/bookings?date_from=2026-03-06&date_to=2026-03-05")).RefusedField("date_to");
        // Moments and the clock on the wall are compared in India, where the day ends at 18:30Z.
        (await office.Get("/api/admin/bookings?date_from=2026-03-05T19:45:00Z&date_to=2026-03-05")).RefusedField("date_to");
        (await office.Get("/api/admin/bookings?date_from=2026-01-02T00:30&date_to=2026-01-01T18:59:59Z")).RefusedField("date_to");
        Assert.Empty(await Listed("date_from=2026-01-02T00:30&date_to=2026-01-01T20:00:00Z"));
        Assert.Equal([waiting, paid], await Listed("date_from=2026-03-05T23:59&date_to=2026-03-05T18:30:00Z"));
        (await office.Get("/api/admin/bookings?date_from=yesterday")).Refused(400, "request.invalid_parameter");
        (await office.Get("/api/admin/bookings?event_id=0")).RefusedField("event_id");
        (await office.Get("/api/admin/bookings?date_to=2199-12-31")).Succeeded();
    }

    [Fact]
    public async Task One_booking_shows_its_tickets_and_its_money()
    {
        var staged = await App.AnEvent(price: 750.50m);
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats[..2]);
        await Returns(booking.Id, 10_000, "processed");

        var seen = (await office.Get($"/api/admin/bookings/{booking.Id}")).Succeeded();

        Assert.Equal((asha.Id, staged.Id), (seen["user"].GetProperty("id").GetInt64(), seen["event"].GetProperty("id").GetInt64()));
        Assert.Equal(("1501.00", 2), (seen["finalAmount"].GetRawText(), seen["ticketCount"].GetInt32()));
        Assert.Equal(["Floor-A1", "Floor-A2"], seen["items"].EnumerateArray().Select(item => item.GetProperty("seatLabel").GetString()));
        Assert.Equal(150_100, seen["payments"][0].GetProperty("amount").GetInt64());
        Assert.Equal(10_000, seen["payments"][0].GetProperty("refunds")[0].GetProperty("amount").GetInt64());
        Assert.Equal("processed", seen["refunds"][0].GetProperty("status").GetString());
        (await office.Get("/api/admin/bookings/987654321")).Refused(404, "booking.not_found");
    }

    [Fact]
    public async Task Attendees_are_the_tickets_of_confirmed_bookings_by_number()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats[..3]);
        await (await App.NewBuyer()).Buys(staged.Standing, 2);
        await (await App.NewBuyer()).Books(staged.Standing, 2);
        await App.Execute("update account set full_name = 'Asha Rao' where id = @Id", new { asha.Id });
        await App.Enters(booking.Id);
        var path = $"/api/admin/bookings/event/{staged.Id}/attendees";

        var all = (await office.Get(path)).Succeeded();
        Assert.Equal((5, 1, 50, 1), (all["total"].GetInt32(), all["checkedIn"].GetInt32(), all["pageSize"].GetInt32(), all["page"].GetInt32()));
        var numbers = all["attendees"].EnumerateArray().Select(one => one.GetProperty("ticketNumber").GetString()!).ToArray();
        Assert.Equal(numbers.Order(StringComparer.Ordinal), numbers);
        var pages = new[] { await office.Get($"{path}?page_size=3"), await office.Get($"{path}?page_size=3&page=2") };
        Assert.Equal(numbers, pages.SelectMany(page => page["attendees"].EnumerateArray()).Select(one => one.GetProperty("ticketNumber").GetString()));

        async Task<int> Found(string search) => (await office.Get($"{path}?search={Uri.EscapeDataString(search)}")).Succeeded()["total"].GetInt32();
        Assert.Equal(3, await Found("asha r"));
        Assert.Equal(3, await Found(asha.Email));
        Assert.Equal(3, await Found(booking["bookingNumber"].GetString()!.ToLowerInvariant()));
        Assert.Equal(1, await Found(numbers[0].Replace('0', 'O').Replace('1', 'I')));
        Assert.Equal(0, await Found("a_ha"));
        Assert.Equal(1, (await office.Get($"{path}?search=asha")).Succeeded()["checkedIn"].GetInt32());

        (await office.Get($"{path}?page_size=200")).Succeeded();
        (await office.Get($"{path}?page_size=201")).RefusedField("page_size");
        (await office.Get("/api/admin/bookings/event/987654321/attendees")).Refused(404, "event.not_found");
    }

    [Fact]
    public async Task Payments_are_found_by_the_gateways_ids_and_by_whose_they_are()
    {
        var staged = await App.AnEvent(rows: 0);
        var (asha, vikram) = (await App.NewBuyer(), await App.NewBuyer());
        var first = await asha.Buys(staged.Standing);
        var second = await vikram.Buys(staged.Standing, 2);
        await Returns(first.Id, 5_000, "pending");
        var all = (await office.Get($"/api/admin/payments?event_id={staged.Id}")).Succeeded();
        Assert.Equal(2, all["total"].GetInt32());
        var (newest, oldest) = (all["payments"][0], all["payments"][1]);
        Assert.Equal((second.Id, vikram.Id, vikram.Email), (newest.GetProperty("bookingId").GetInt64(), newest.GetProperty("userId").GetInt64(), newest.GetProperty("userEmail").GetString()));
        Assert.Equal(100_000, newest.GetProperty("amount").GetInt64());
        Assert.Equal(5_000, oldest.GetProperty("refunds")[0].GetProperty("amount").GetInt64());
        Assert.Equal(0, newest.GetProperty("refunds").GetArrayLength());

        var id = oldest.GetProperty("id").GetInt64();
        var order = oldest.GetProperty("razorpayOrderId").GetString()!;
        foreach (var query in new[]
        {
            $"search={order}", $"search={oldest.GetProperty("razorpayPaymentId").GetString()}", $"search={order[3..^2].ToUpperInvariant()}", $"search={first["bookingNumber"].GetString()}",
            $"booking_id={first.Id}", $"user_id={asha.Id}&status=captured&event_id={staged.Id}", $"search=rfnd_of_{first.Id}",
        })
        {
            Assert.Equal([id], await Ids($"/api/admin/payments?{query}", "payments"));
        }

        Assert.Empty(await Ids($"/api/admin/payments?booking_id={first.Id}&status=failed", "payments"));
        Assert.Empty(await Ids("/api/admin/payments?search=order%25", "payments"));
        (await office.Get("/api/admin/payments?status=paid")).RefusedField("status");
    }

    [Fact]
    public async Task The_log_is_narrowed_by_who_what_and_when_and_shows_details_as_an_object()
    {
        await App.Execute(
            """
            insert into admin_log (admin_username, action, entity_type, entity_id, details, ip_address, created_at)
            values ('night shift', 'check_in', 'ticket', 1, '{"gate": "A"}', '10.0.0.1', '2026-03-05 18:29:59Z'),
                   ('night shift', 'check_in', 'ticket', 2, null, null, '2026-03-05 18:30Z'),
                   ('night shift', 'check_in_undo', 'ticket', 2, null, null, '2026-03-06 18:30Z')
            """);

        async Task<string[]> Listed(string query) =>
            [.. (await office.Get($"/api/admin/logs?entity_type=ticket&{query}")).Succeeded()["logs"].EnumerateArray().Select(log => $"{log.GetProperty("action")} {log.GetProperty("entityId")}")];

        Assert.Equal(["check_in_undo 2", "check_in 2", "check_in 1"], await Listed(""));
        Assert.Equal(["check_in 1"], await Listed("action=check_in&end_date=2026-03-05"));
        Assert.Equal(["check_in 2"], await Listed("start_date=2026-03-06&end_date=2026-03-06"));
        Assert.Empty(await Listed($"admin_id={office.Id}"));
        (await office.Get("/api/admin/logs?start_date=2026-03-06&end_date=2026-03-05")).RefusedField("end_date");
        (await office.Get("/api/admin/logs?start_date=2026-03-05T20:00:00Z&end_date=2026-03-05")).RefusedField("end_date");

        var id = await App.Value<long>("select id from admin_log where entity_type = 'ticket' and entity_id = 1");
        var one = (await office.Get($"/api/admin/logs/{id}")).Succeeded();
        Assert.Equal(("A", "10.0.0.1", JsonValueKind.Null), (one["details"].GetProperty("gate").GetString(), one["ipAddress"].GetString(), one["adminId"].ValueKind));
        (await office.Get("/api/admin/logs/987654321")).Refused(404, "log.not_found");
    }

    [Theory]
    [InlineData("bookings", "payment_status=pending", "event", "update booking set payment_status = 'failed' where id = @booking", "update booking set payment_status = 'pending' where id = @booking")]
    [InlineData("payments", "status=created", "booking", "update payment set status = 'failed' where booking_id = @booking", "select 1")]
    public async Task A_page_and_how_many_there_are_is_of_one_moment(string list, string filter, string tableOfThePage, string change, string undo)
    {
        var staged = await App.AnEvent(rows: 0);
        var booking = await (await App.NewBuyer()).Books(staged.Standing);
        if (list == "payments")
        {
            await App.Execute(
                """
                with opened as (
                    insert into gateway_order (booking_id, razorpay_order_id, amount, created_at)
                    values (@booking, 'order_of_' || @booking, 50000, now())
                    returning *
                )
                insert into payment (booking_id, razorpay_order_id, amount, status, created_at)
                select booking_id, razorpay_order_id, amount, 'created', created_at
                from   opened
                """,
                new { booking });
        }

        // They are counted; then the page has to wait, and meanwhile it is no longer so.
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using var other = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync($"lock table {tableOfThePage}");
        var asked = office.Get($"/api/admin/{list}?{filter}{(list == "bookings" ? $"&event_id={staged.Id}" : $"&booking_id={booking}")}");
        for (var waited = Stopwatch.StartNew(); await App.Value<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0;)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(5), "The page does not wait.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        await connection.ExecuteAsync(change, new { booking });
        await other.CommitAsync();
        var page = (await asked).Succeeded();
        await App.Execute(undo, new { booking });

        Assert.Equal((1, 1), (page["total"].GetInt32(), page[list].GetArrayLength()));
    }

    private async Task<long[]> Ids(string path, string list) =>
        [.. (await office.Get(path)).Succeeded()[list].EnumerateArray().Select(row => row.GetProperty("id").GetInt64())];

    private Task<int> Returns(long bookingId, long paise, string status) => App.Execute(
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
        insert into refund (payment_id, razorpay_refund_id, amount, status, requested_by, idempotency_key, created_at, processed_at)
        select id, 'rfnd_of_' || @bookingId, @paise, @status, 'admin', 'test-' || id, now(), case @status when 'processed' then now() end
        from   paid
        """,
        new { bookingId, paise, status });
}
