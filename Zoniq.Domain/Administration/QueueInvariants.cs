using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What must hold of waiting rooms, window by window of events. That nobody has two active places, and that no number is given twice, are constraints.</summary>
internal static class QueueInvariants
{
    /// <summary>At most 20 findings for each invariant.</summary>
    public static async Task<Finding[]> CheckAsync(Session db, IdWindow window) =>
    [
        .. await Numbers(db, window),
        .. await Inside(db, window),
        .. await Called(db, window),
        .. await Ended(db, window),
    ];

    private static Task<Finding[]> Numbers(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with given as materialized (
            select door.event_id,
                   door.last_number - case when queue.entrants_hash is null then coalesce(door.entrant_count, 0) else 0 end as expected,
                   door.last_number,
                   door.entrant_count,
                   queue.entrants_hash,
                   (select count(*) from queue_entry where event_id = door.event_id and number is not null) as numbered,
                   (select coalesce(max(number), 0) from queue_entry where event_id = door.event_id and number is not null) as last,
                   (select count(*) from queue_entry where event_id = door.event_id and is_entrant) as entrants
            from   queue_door as door
            join   queue on queue.event_id = door.event_id
            where  door.event_id > @After
            and    door.event_id <= @Until
        )
        (select 'queue numbers are contiguous' as invariant,
                format('event %s: %s numbers, last %s, door %s', event_id, numbered, last, last_number) as detail
         from   given
         where  numbered <> expected
         or     (entrants_hash is not null and last <> last_number)
         limit  20)
        union all
        (select 'everybody who was there at opening takes part in the draw',
                format('event %s: %s entrants, counted %s', event_id, entrants, entrant_count)
         from   given
         where  entrants <> entrant_count
         limit  20)
        """,
        window);

    /// <summary>Whoever was let in was at most the last of as many as might be inside then; those before can only have become fewer.</summary>
    private static Task<Finding[]> Inside(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'no more are inside than there may be' as invariant,
               format('event %s, number %s: place %s of %s', event_id, number, place, batch_size) as detail
        from   (
            select event_id,
                   number,
                   batch_size,
                   row_number() over (partition by event_id order by number) as place
            from   queue_entry
            where  event_id > @After
            and    event_id <= @Until
            and    status = 'processing') as inside
        where  place > batch_size
        limit  20
        """,
        window);

    private static Task<Finding[]> Called(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        (select 'nobody who waits has been passed over' as invariant,
                format('event %s: number %s, serving %s', queue.event_id, entry.number, queue.serving_number) as detail
         from   queue
         join   queue_entry as entry on entry.event_id = queue.event_id and entry.status = 'waiting' and entry.number <= queue.serving_number
         where  queue.event_id > @After
         and    queue.event_id <= @Until
         limit  20)
        union all
        (select 'the serving number is the highest that was called',
                format('event %s: called %s, serving %s', event_id, highest, serving_number)
         from   (
             select queue.event_id,
                    queue.serving_number,
                    (select coalesce(max(number), 0)
                     from   queue_entry
                     where  event_id = queue.event_id
                     and    admitted_at is not null) as highest
             from   queue
             where  queue.event_id > @After
             and    queue.event_id <= @Until) as called
         where  highest <> serving_number
         limit  20)
        """,
        window);

    private static Task<Finding[]> Ended(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'active places are of people in good standing, in a queue that is on' as invariant,
               format('entry %s, account %s, event %s: %s', entry.id, entry.account_id, event.id, event.status) as detail
        from   queue_entry as entry
        join   event on event.id = entry.event_id
        join   account on account.id = entry.account_id
        where  entry.event_id > @After
        and    entry.event_id <= @Until
        and    entry.status in ('waiting', 'processing')
        and    (not event.queue_enabled or event.status in ('draft', 'cancelled') or account.is_blocked or not account.is_active)
        limit  20
        """,
        window);
}
