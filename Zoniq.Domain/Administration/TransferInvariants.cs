using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What must hold of tickets that are passed on: who holds one, under which generation, and what is offered. Looked at with the bookings of a window.</summary>
internal static class TransferInvariants
{
    /// <summary>At most 20 findings for each invariant.</summary>
    public static async Task<Finding[]> CheckAsync(Session db, IdWindow window) =>
    [
        .. await Holders(db, window),
        .. await Chains(db, window),
        .. await Offers(db, window),
    ];

    private static Task<Finding[]> Holders(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with held as materialized (
            select ticket.id,
                   ticket.holder_id,
                   ticket.generation,
                   booking.account_id as buyer_id,
                   (select count(*) from ticket_transfer where ticket_id = ticket.id and status = 'completed') as claims,
                   (select to_account from ticket_transfer where ticket_id = ticket.id and status = 'completed' order by generation desc limit 1) as claimed_by
            from   booking
            join   ticket on ticket.booking_id = booking.id and ticket.booking_id > @After and ticket.booking_id <= @Until
            where  booking.id > @After
            and    booking.id <= @Until
        )
        (select 'a ticket is held by whoever claimed it last, or else by its buyer' as invariant,
                format('ticket %s: held by %s, claimed by %s, bought by %s', id, holder_id, claimed_by, buyer_id) as detail
         from   held
         where  holder_id <> coalesce(claimed_by, buyer_id)
         limit  20)
        union all
        (select 'each claim has raised the generation of its ticket, and nothing else has',
                format('ticket %s: generation %s, %s claims', id, generation, claims)
         from   held
         where  generation <> claims + 1
         limit  20)
        """,
        window);

    private static Task<Finding[]> Chains(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'a ticket was passed on by whoever held it' as invariant,
               format('transfer %s of ticket %s: by %s, held by %s, generation %s', id, ticket_id, from_account, held_by, generation) as detail
        from   (
            select ticket_transfer.id,
                   ticket_transfer.ticket_id,
                   ticket_transfer.from_account,
                   ticket_transfer.generation,
                   lag(ticket_transfer.to_account, 1, booking.account_id) over claims as held_by,
                   row_number() over claims as place
            from   booking
            join   ticket on ticket.booking_id = booking.id and ticket.booking_id > @After and ticket.booking_id <= @Until
            join   ticket_transfer on ticket_transfer.ticket_id = ticket.id and ticket_transfer.status = 'completed'
            where  booking.id > @After
            and    booking.id <= @Until
            window claims as (partition by ticket.id order by ticket_transfer.generation)) as claimed
        where  from_account <> held_by
        or     generation <> place
        limit  20
        """,
        window);

    private static Task<Finding[]> Offers(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with offered as materialized (
            select ticket_transfer.id,
                   ticket_transfer.status,
                   ticket_transfer.from_account,
                   ticket_transfer.generation,
                   ticket.status as ticket_status,
                   ticket.holder_id,
                   ticket.generation as ticket_generation
            from   booking
            join   ticket on ticket.booking_id = booking.id and ticket.booking_id > @After and ticket.booking_id <= @Until
            join   ticket_transfer on ticket_transfer.ticket_id = ticket.id
            where  booking.id > @After
            and    booking.id <= @Until
        )
        (select 'what is offered is a valid ticket, by its holder' as invariant,
                format('transfer %s by %s: the ticket is %s, held by %s, generation %s', id, from_account, ticket_status, holder_id, ticket_generation) as detail
         from   offered
         where  status = 'pending'
         and    (ticket_status <> 'valid' or holder_id <> from_account or ticket_generation <> generation)
         limit  20)
        union all
        (select 'an offer has its mail',
                format('transfer %s', id)
         from   offered
         where  not exists (select from mail where cause = 'transfer:' || offered.id and template = 'transfer_offered')
         limit  20)
        """,
        window);
}
