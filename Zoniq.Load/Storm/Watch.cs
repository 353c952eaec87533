using Dapper;
using Npgsql;
using Zoniq.Domain.Administration;

namespace Zoniq.Load.Storm;

/// <summary>Looks into the rows every few seconds while the storm blows: what holds always holds at every moment.</summary>
/// <param name="database">Past the app.</param>
/// <param name="check">The app's own checker, which knows more.</param>
/// <param name="verdicts">Where it says what it has seen.</param>
internal sealed class Watch(NpgsqlDataSource database, Func<Task<Finding[]>> check, Verdicts verdicts)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>How often everything was looked at.</summary>
    public int Looks { get; private set; }

    public async Task KeepAsync(CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await LookAsync();
                await CheckAsync();
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);    // the database is away; later
            }
        }
    }

    /// <summary>Each of the three in one statement, which sees one moment.</summary>
    public async Task LookAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        verdicts.Looked(Promise.Stock, await CountAsync("select count(*) from seat"), await FindAsync(StockSql));
        verdicts.Looked(Promise.Queue, await CountAsync("select count(*) from queue_entry"), await FindAsync(QueueSql));
        verdicts.Looked(Promise.Promo, await CountAsync("select count(*) from promo_code"), await FindAsync(PromoSql));
        Looks++;

        Task<long> CountAsync(string sql) => connection.ExecuteScalarAsync<long>(sql);
        Task<IEnumerable<string>> FindAsync(string sql) => connection.QueryAsync<string>(sql);
    }

    /// <summary>Asked in the same way as by operators.</summary>
    public async Task CheckAsync() => verdicts.Looked(Promise.Own, 1, (await check()).Select(finding => $"{finding.Invariant}: {finding.Detail}"));

    private const string StockSql =
        """
        with owner as materialized (
            select category_id, id, 'held' as how, cart_id as of
            from   seat
            where  cart_id is not null
            and    locked_until > zoniq_now()
            union all
            select category_id, id, 'booked', booking_id
            from   seat
            where  booking_id is not null
            union all
            select ticket.category_id, ticket.seat_id, 'booked', ticket.booking_id
            from   ticket
            join   booking on booking.id = ticket.booking_id
            join   seat on seat.id = ticket.seat_id
            where  ticket.status <> 'void'
            and    booking.id is distinct from seat.booking_id
        )
        (select   format('seat %s has %s live owners', id, count(*))
         from     owner
         group by id
         having   count(*) > 1)
        union all
        (select   format('category %s: %s sold or held of %s', seat_category.id, count(*), seat_category.total_seats)
         from     owner
         join     seat_category on seat_category.id = owner.category_id
         group by seat_category.id
         having   count(*) > seat_category.total_seats)
        """;

    private const string QueueSql =
        """
        (select   format('event %s: number %s was given %s times', event_id, number, count(*))
         from     queue_entry
         where    number is not null
         group by event_id, number
         having   count(*) > 1)
        union all
        (select   format('event %s: %s are inside at once, the batch is %s', entry.event_id, count(*), event.queue_batch_size)
         from     queue_entry as entry
         join     event on event.id = entry.event_id
         where    entry.status = 'processing'
         group by entry.event_id, event.queue_batch_size
         having   count(*) > event.queue_batch_size)
        union all
        (select format('event %s: number %s was let in after number %s', event_id, number, later)
         from   (
             select event_id,
                    number,
                    admitted_at,
                    min(admitted_at) over following as next_admitted,
                    min(number) over following as later
             from   queue_entry
             where  admitted_at is not null
             window following as (partition by event_id order by number rows between 1 following and unbounded following)) as admitted
         where  next_admitted < admitted_at)
        union all
        (select format('event %s: number %s still waits, and number %s was let in', waiting.event_id, waiting.number, called.last)
         from   queue_entry as waiting
         join   (
             select   event_id, max(number) as last
             from     queue_entry
             where    admitted_at is not null
             group by event_id) as called on called.event_id = waiting.event_id and called.last > waiting.number
         where  waiting.status = 'waiting')
        """;

    private const string PromoSql =
        """
        with used as materialized (
            select promo_code.id, promo_code.code, promo_code.max_uses, promo_code.per_user_limit, booking.account_id
            from   promo_code
            join   booking on booking.promo_code = promo_code.code and (booking.confirmed_at is not null or booking.status = 'pending')
        )
        (select   format('code %s: %s bookings, %s allowed', code, count(*), max_uses)
         from     used
         group by id, code, max_uses
         having   count(*) > max_uses)
        union all
        (select   format('code %s: account %s has %s bookings, %s allowed', code, account_id, count(*), per_user_limit)
         from     used
         group by id, code, account_id, per_user_limit
         having   count(*) > per_user_limit)
        union all
        (select format('code %s says %s uses of %s', code, used_count, max_uses)
         from   promo_code
         where  used_count > max_uses)
        """;
}
