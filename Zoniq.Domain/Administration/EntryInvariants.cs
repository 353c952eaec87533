using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;

namespace Zoniq.Domain.Administration;

/// <summary>What must hold of entries: one scan lets one person in, and a ticket says so. A window of bookings at a time, like all about them.</summary>
internal static class EntryInvariants
{
    /// <summary>At most 20 findings for each invariant.</summary>
    public static Task<Finding[]> CheckAsync(Session db, IdWindow window) => db.QueryAsync<Finding>(
        $"""
        with entry as materialized (
            select ticket.id,
                   ticket.status,
                   ticket.used_at,
                   ticket.entries_undone,
                   accepted.standing,
                   accepted.undone,
                   accepted.earliest
            from   ticket
            left join lateral (
                select count(*) filter (where answer = 'accepted' and round = ticket.entries_undone) as standing,
                       count(*) filter (where answer = 'accepted' and round < ticket.entries_undone) as undone,
                       min(scanned_at) filter (where round = ticket.entries_undone) as earliest
                from   ticket_scan
                where  ticket_id = ticket.id
                and    {ScannedTicket.CountsSql}) as accepted on true
            where  ticket.booking_id > @After
            and    ticket.booking_id <= @Until
            and    (ticket.used_at is not null or ticket.entries_undone > 0)
        )
        (select 'a used ticket has one standing entry, another ticket none' as invariant,
                format('ticket %s is %s: %s entries', id, status, standing) as detail
         from   entry
         where  standing <> case when used_at is null then 0 else 1 end
         limit  20)
        union all
        (select 'a used ticket says when its earliest entry was',
                format('ticket %s: %s, scans %s', id, used_at, earliest)
         from   entry
         where  used_at is distinct from earliest
         limit  20)
        union all
        (select 'every entry that was taken back had been made',
                format('ticket %s: %s taken back, %s made', id, entries_undone, undone)
         from   entry
         where  undone <> entries_undone
         limit  20)
        union all
        (select 'nobody has entered with a ticket that says otherwise',
                format('ticket %s is %s: scan %s', ticket.id, ticket.status, scan.id)
         from   ticket
         join   ticket_scan as scan on scan.ticket_id = ticket.id and scan.round >= ticket.entries_undone and scan.answer = 'accepted'
         where  ticket.booking_id > @After
         and    ticket.booking_id <= @Until
         and    ticket.used_at is null
         limit  20)
        """,
        window);
}
