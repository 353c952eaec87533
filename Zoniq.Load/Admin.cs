using System.Diagnostics;
using Dapper;

namespace Zoniq.Load;

/// <summary>What administrators look at, one of them at a time, over all the business there has been.</summary>
internal static class Admin
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var administrator = await bench.AdministratorAsync();
        var known = await Business.ReadAsync(bench);
        Reading Look(string name, double? mostMilliseconds, params string[] paths) =>
            new(name, paths) { Reader = administrator, AtOnce = 1, MostMilliseconds = mostMilliseconds };

        Reading[] looks =
        [
            Look("dashboard overview", 300, "/api/admin/dashboard/overview"),
            Look("revenue chart", null, [.. new[] { "week", "month", "quarter" }.Select(period => $"/api/admin/dashboard/revenue-chart?period={period}")]),
            Look("recent bookings", null, "/api/admin/dashboard/recent-bookings?limit=50"),
            Look("upcoming events", null, "/api/admin/dashboard/upcoming-events?limit=20"),
            Look("bookings, newest", null, [.. Enumerable.Range(1, 20).Select(page => $"/api/admin/bookings?page={page}")]),
            Look("bookings, filtered", null, [.. known.Events.Select(id => $"/api/admin/bookings?event_id={id}&status=confirmed")]),
            Look("bookings, search", null, [.. known.Numbers.Select((number, at) => $"/api/admin/bookings?search={(at % 2 == 0 ? number : Uri.EscapeDataString(known.Emails[at]))}")]),
            Look("bookings, part search", null, [.. known.Numbers.Select((number, at) => $"/api/admin/bookings?search={(at % 2 == 0 ? number[^6..] : Uri.EscapeDataString(known.Emails[at][..6]))}")]),
            Look("bookings, last page", null, $"/api/admin/bookings?page={(known.BookingCount + 19) / 20}"),
            Look("a booking", null, [.. known.Bookings.Select(id => $"/api/admin/bookings/{id}")]),
            Look("booking stats", null, "/api/admin/bookings/stats"),
            Look("analytics", null, [.. new[] { "7d", "30d", "90d", "1y" }.Select(period => $"/api/admin/bookings/analytics?period={period}")]),
            Look("top events", null, [.. new[] { "30d", "1y", "all" }.Select(period => $"/api/admin/bookings/top-events?limit=50&period={period}")]),
            Look("attendees", null, [.. known.Events.Select(id => $"/api/admin/bookings/event/{id}/attendees")]),
            Look("attendees, search", null, [.. known.Events.Select((id, at) => $"/api/admin/bookings/event/{id}/attendees?search={known.Numbers[at][^4..]}")]),
            Look("payments, newest", null, [.. Enumerable.Range(1, 20).Select(page => $"/api/admin/payments?page={page}")]),
            Look("payments, part search", null, [.. known.Numbers.Select(number => $"/api/admin/payments?search={number[^6..]}")]),
            Look("payments, last page", null, $"/api/admin/payments?page={(known.PaymentCount + 19) / 20}"),
            Look("users", null, [.. Enumerable.Range(1, 20).Select(page => $"/api/admin/users?page={page}")]),
            Look("users, search", null, [.. known.Emails.Select(email => $"/api/admin/users?search={Uri.EscapeDataString(email[..email.IndexOf('@')])}")]),
            Look("user stats", null, "/api/admin/users/stats"),
            Look("activity log", null, [.. Enumerable.Range(1, 20).Select(page => $"/api/admin/logs?page={page}")]),
        ];

        var rows = new List<ReportRow>();
        foreach (var look in looks)
        {
            rows.Add(await Readings.MeasureAsync(bench, look, cancellationToken));
        }

        rows.Add(await DownloadAsync(bench, administrator, cancellationToken));
        return rows;
    }

    /// <summary>Every booking as CSV, once, and what memory the app needs meanwhile.</summary>
    private static async Task<ReportRow> DownloadAsync(Bench bench, Buyer administrator, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("  CSV of all bookings…");
        var (whole, before, most) = (new Measurement(), bench.AppMegabytes, 0.0);
        var (bytes, lines) = (0L, 0L);

        using var done = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                most = Math.Max(most, bench.AppMegabytes);
                await Task.Delay(BetweenLooks);
            }
        }, CancellationToken.None);

        var limit = new Measurement();
        var rowsOnly = 0L;
        await Crowd.TimesAsync(1, 1, limit, async _ => rowsOnly = await CopyAsync(bench, cancellationToken), cancellationToken);
        var since = Stopwatch.GetTimestamp();
        await Crowd.TimesAsync(
            1, 1, whole, async _ => (bytes, lines) = await bench.Http.DownloadAsync("/api/admin/bookings?format=csv", administrator, cancellationToken), cancellationToken);
        var took = Stopwatch.GetElapsedTime(since);
        await done.CancelAsync();
        await watching;

        return new ReportRow("CSV of all bookings", whole, limit)
        {
            IsRate = false,
            Remark = $"{rowsOnly / (limit.Percentile(1) / 1000):#,0} rows/s by copy; {lines:#,0} rows, {lines / took.TotalSeconds:#,0} rows/s, {bytes / 1024 / 1024} MB; app {before:0} MB before, at most {most:0} MB",
        };
    }

    /// <summary>What PostgreSQL itself makes of the same rows: the limit.</summary>
    private static async Task<long> CopyAsync(Bench bench, CancellationToken cancellationToken)
    {
        await using var connection = await bench.Database.OpenConnectionAsync(cancellationToken);
        using var file = await connection.BeginTextExportAsync(
            """
            copy (
                select   booking.*, account.username, account.email, account.full_name, event.title, event.event_date
                from     booking
                join     account on account.id = booking.account_id
                join     event on event.id = booking.event_id
                order by booking.id desc) to stdout (format csv)
            """,
            cancellationToken);
        var lines = 0L;
        while (await file.ReadLineAsync(cancellationToken) is not null)
        {
            lines++;
        }

        return lines;
    }

    /// <summary>What there is to ask for.</summary>
    private sealed record Business(long[] Events, long[] Bookings, string[] Numbers, string[] Emails, long BookingCount, long PaymentCount)
    {
        public static async Task<Business> ReadAsync(Bench bench)
        {
            await using var connection = await bench.Database.OpenConnectionAsync();
            var events = await connection.QueryAsync<long>("select event_id from booking where status = 'confirmed' group by event_id order by count(*) desc, event_id limit 40");
            var bookings = (await connection.QueryAsync<(long Id, string Number, string Email)>(
                """
                select booking.id, booking.booking_number, account.email
                from   (select generate_series(1, 50) * (max(id) / 50) as id from booking) as sample
                join   booking using (id)
                join   account on account.id = booking.account_id
                """)).AsList();
            var (bookingCount, paymentCount) = await connection.QuerySingleAsync<(long, long)>("select (select count(*) from booking), (select count(*) from payment)");
            return new Business(
                [.. events], [.. bookings.Select(booking => booking.Id)], [.. bookings.Select(booking => booking.Number)], [.. bookings.Select(booking => booking.Email)],
                bookingCount, paymentCount);
        }
    }
}
