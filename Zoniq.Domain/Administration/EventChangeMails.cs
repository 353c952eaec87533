using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Tells everybody who has a ticket that the event takes place at another time or elsewhere.</summary>
internal static class EventChangeMails
{
    /// <summary>
    /// One mail for each holder of a ticket of a confirmed booking who wants to hear of such changes; the same few statements, however many there are. Whoever bought
    /// the ticket hears of it where the booking said.
    /// </summary>
    public static async Task TellHolders(Session db, AdminEvent before, AdminEvent after, DateTimeOffset now)
    {
        var streets = await db.QueryAsync<Street>(
            """
            select id,
                   nullif(concat_ws(', ', address, city, state, pincode), '') as address
            from   venue
            where  id = any(@ids)
            """,
            new { ids = new[] { before.PlaceId ?? 0, after.PlaceId ?? 0 } });
        var change = new EventChangedMail { EventTitle = after.Title, Before = Occasion(before, streets), After = Occasion(after, streets) };
        var holders = await HoldersOf(db, after.Id);

        await Outbox.EnqueueAllAsync(
            db, Array.ConvertAll(holders, holder => Mails.EventChanged(new(holder.Id, holder.Recipient), after.Id, now, change with { HolderName = holder.Name })), now);
    }

    private static Task<Holder[]> HoldersOf(Session db, long eventId) =>
        db.QueryAsync<Holder>(
            """
            select distinct on (account.id)
                   account.id,
                   case when booking.account_id = account.id then coalesce(booking.contact_email, account.email) else account.email end as recipient,
                   coalesce(account.full_name, account.username) as name
            from   booking
            join   ticket on ticket.booking_id = booking.id
            join   account on account.id = ticket.holder_id
            where  booking.event_id = @eventId
            and    booking.status = 'confirmed'
            and    ticket.status <> 'void'
            and    account.is_active
            order by account.id, booking.account_id = account.id desc, booking.id desc
            """,
            new { eventId });

    private static MailedOccasion Occasion(AdminEvent at, Street[] streets) => new()
    {
        EventDate = at.EventDate,
        EventEndDate = at.EventEndDate,
        TimeZone = at.TimeZone,
        VenueName = at.PlaceName,
        VenueAddress = streets.SingleOrDefault(street => street.Id == at.PlaceId)?.Address,
    };

    private sealed record Street
    {
        public long Id { get; init; }

        public string? Address { get; init; }
    }

    private sealed record Holder
    {
        public long Id { get; init; }

        public required string Recipient { get; init; }

        public required string Name { get; init; }
    }
}
