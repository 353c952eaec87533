using Dapper;
using Npgsql;

namespace Zoniq.Load;

/// <summary>What is on sale.</summary>
internal sealed record House(long EventId, long CategoryId, long[] Seats)
{
    /// <summary>An event on sale with one category; numbered seats have labels.</summary>
    public static async Task<House> OpenAsync(NpgsqlDataSource database, int places, bool numbered)
    {
        await using var connection = await database.OpenConnectionAsync();
        var (eventId, categoryId) = await connection.QuerySingleAsync<(long, long)>(
            """
            with hall as (
                insert into venue (name, city, time_zone, created_at)
                values ('Load Arena', 'Mumbai', 'Asia/Kolkata', zoniq_now())
                returning id
            ),
            evening as (
                insert into event (
                    title, slug, category, venue_id, time_zone, event_date, booking_start_date, booking_end_date, status, max_tickets_per_booking,
                    refund_type, refund_hours_before, refund_percent, published_at, created_at)
                select 'Load Night', 'load-night-' || hall.id, 'concert', hall.id, 'Asia/Kolkata', zoniq_now() + interval '30 days',
                       zoniq_now() - interval '1 hour', zoniq_now() + interval '29 days', 'published', 10, 'full_until', 24, 100, zoniq_now(), zoniq_now()
                from   hall
                returning id
            )
            insert into seat_category (event_id, name, price, total_seats, seating_type, color_code, created_at)
            select id, 'All', 50000, @places, case when @numbered then 'assigned' else 'general' end, '#3B82F6', zoniq_now()
            from   evening
            returning event_id, id
            """,
            new { places, numbered });
        var seats = await connection.QueryAsync<long>(
            """
            insert into seat (event_id, category_id, label, row_name, seat_number)
            select @eventId, @categoryId,
                   case when @numbered then 'R' || (number - 1) / 50 || '-' || (number - 1) % 50 + 1 end,
                   case when @numbered then 'R' || (number - 1) / 50 end,
                   case when @numbered then ((number - 1) % 50 + 1)::text end
            from   generate_series(1, @places) as number
            returning id
            """,
            new { eventId, categoryId, numbered, places });
        return new House(eventId, categoryId, [.. seats]);
    }
}
