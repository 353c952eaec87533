using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Tickets;

namespace Zoniq.Load;

/// <summary>
/// Codes scanned at gates, each ticket once; between rounds the house is emptied, which is not measured. Afterwards a house of 50,000 asks for its manifest.
/// </summary>
internal static class Gate
{
    private const int Round = 2_000;
    private const int LargeHouse = 50_000;
    private const int LargestManifest = 10 * 1024 * 1024;

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var staff = (await bench.BuyersAsync(1))[0];
        await bench.AppointAsync(staff);
        var house = await bench.HouseAsync(Round, numbered: true);
        var signer = bench.Services.GetRequiredService<TicketSigner>();
        var codes = (await SellAsync(bench, staff, house)).Select(ticket => signer.Sign(ticket, house.EventId, generation: 1)).ToArray();

        var (app, limit) = (new Measurement(), new Measurement());
        await RoundAsync(bench, bench.App, bench.Options.Buyers, staff, codes, new Measurement(), cancellationToken);
        await RoundAsync(bench, bench.Limit, LoadOptions.LimitConnections, staff, codes, new Measurement(), cancellationToken);

        var time = TimeSpan.FromSeconds(bench.Options.Seconds);
        var (appTime, limitTime) = (TimeSpan.Zero, TimeSpan.Zero);
        while (appTime < time || limitTime < time)
        {
            if (appTime <= limitTime)
            {
                appTime += await RoundAsync(bench, bench.App, bench.Options.Buyers, staff, codes, app, cancellationToken);
            }
            else
            {
                limitTime += await RoundAsync(bench, bench.Limit, LoadOptions.LimitConnections, staff, codes, limit, cancellationToken);
            }
        }

        await EmptyAsync(bench);
        await bench.StatementsAsync((shop, _) => shop.CheckInAsync(staff, codes[0], cancellationToken));
        return
        [
            new ReportRow("scan at a gate", app, limit)
            {
                Statements = await bench.StatementsAsync((shop, _) => shop.CheckInAsync(staff, codes[1], cancellationToken)),
                Target = "≥ 50 % of limit",
                IsMet = app.PerSecond >= 0.5 * limit.PerSecond,
            },
            await ManifestAsync(bench, staff, cancellationToken),
        ];
    }

    /// <summary>The first numbers the changes, the others only read.</summary>
    private static async Task<ReportRow> ManifestAsync(Bench bench, Buyer staff, CancellationToken cancellationToken)
    {
        var house = await bench.HouseAsync(LargeHouse, numbered: true);
        await SellAsync(bench, staff, house);
        var manifests = bench.Services.GetRequiredService<GateManifests>();

        var since = Stopwatch.GetTimestamp();
        await manifests.Of(house.EventId, new ManifestFilter(), cancellationToken);
        var first = Stopwatch.GetElapsedTime(since);

        var measured = new Measurement();
        var largest = 0L;
        await Crowd.TimesAsync(
            10, 1, measured,
            async _ => largest = Math.Max(largest, (await bench.Http.DownloadAsync($"/api/admin/check-in/events/{house.EventId}/manifest", staff, cancellationToken)).Bytes),
            cancellationToken);
        return new ReportRow("manifest of 50,000", measured, null)
        {
            Target = "≤ 10 MB",
            IsMet = largest <= LargestManifest,
            Statements = await bench.StatementsAsync((_, http) => http.DownloadAsync($"/api/admin/check-in/events/{house.EventId}/manifest", staff, cancellationToken)),
            Remark = $"{largest / 1024.0 / 1024:0.0} MB; numbering them first took {first.TotalMilliseconds:0} ms without HTTP",
        };
    }

    private static async Task<TimeSpan> RoundAsync(
        Bench bench, IShop shop, int workers, Buyer staff, string[] codes, Measurement measurement, CancellationToken cancellationToken)
    {
        await EmptyAsync(bench);
        var since = Stopwatch.GetTimestamp();
        await Crowd.TimesAsync(codes.Length, workers, measurement, number => shop.CheckInAsync(staff, codes[number], cancellationToken), cancellationToken);
        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Bookings of ten tickets each, for nothing, past the app.</summary>
    private static async Task<IEnumerable<long>> SellAsync(Bench bench, Buyer holder, House house)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        var tickets = await connection.QueryAsync<long>(
            """
            insert into notification_preference (account_id, created_at, updated_at)
            values (@Id, zoniq_now(), zoniq_now())
            on conflict do nothing;

            with place as (
                select id,
                       category_id,
                       (row_number() over (order by id) - 1) / 10 as deal
                from   seat
                where  event_id = @EventId
            ),
            filled as (
                insert into cart (account_id, event_id, status, expires_at, is_cleared, created_at, updated_at)
                select @Id, @EventId, 'converted', zoniq_now(), true, zoniq_now(), zoniq_now()
                from   (select distinct deal from place) as deals
                returning id
            ),
            numbered as (
                select id as cart_id,
                       row_number() over (order by id) - 1 as deal
                from   filled
            ),
            booked as (
                insert into booking (
                    booking_number, account_id, event_id, cart_id, status, payment_status, total_amount, refund_type, refund_hours_before, refund_percent,
                    confirmed_at, created_at, ticket_count)
                select   'ZNQ-20260101-' || lpad(cart_id::text, 6, '0'), @Id, @EventId, cart_id, 'confirmed', 'paid', 0, 'none', 0, 0, zoniq_now(), zoniq_now(), count(*)
                from     numbered
                join     place using (deal)
                group by cart_id
                returning id, cart_id
            ),
            issued as (
                insert into ticket (booking_id, seat_id, category_id, holder_id, price, ticket_number, status, created_at)
                select booked.id, place.id, place.category_id, @Id, 0, 'TKT-' || lpad(place.id::text, 8, '0'), 'valid', zoniq_now()
                from   place
                join   numbered using (deal)
                join   booked using (cart_id)
                returning id, category_id
            ),
            changed as (
                insert into ticket_change (event_id, ticket_id)
                select @EventId, id
                from   issued
            ),
            counted as (
                insert into stock_change (category_id, change)
                select   category_id, count(*)
                from     issued
                group by category_id
            )
            select id
            from   issued
            """,
            new { holder.Id, house.EventId });
        await connection.ExecuteAsync(
            """
            update seat
            set    booking_id = ticket.booking_id
            from   ticket
            where  ticket.seat_id = seat.id
            and    seat.event_id = @EventId
            """,
            new { house.EventId });
        await connection.ExecuteAsync("vacuum analyze");
        return tickets;
    }

    private static async Task EmptyAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update ticket
            set    status = 'valid', used_at = null
            where  status = 'used';
            truncate ticket_scan, ticket_change, admin_log;
            """);
        await connection.ExecuteAsync("vacuum ticket");
    }
}
