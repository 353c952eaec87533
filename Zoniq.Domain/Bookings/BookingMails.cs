using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Bookings;

/// <summary>What mails say of a booking, and who gets them.</summary>
public static class BookingMails
{
    public static async Task<(Addressee To, BookingMail Booking)> About(Session db, long bookingId)
    {
        var row = await db.QuerySingleAsync<MailRow>(
            $"""
            select booking.booking_number,
                   booking.account_id,
                   coalesce(booking.contact_email, account.email) as recipient,
                   booking.final_amount,
                   booking.discount_amount,
                   booking.promo_code,
                   coalesce(account.full_name, account.username) as holder_name,
                   {MailedEventRow.ColumnsSql},
                   tickets.categories,
                   tickets.labels
            from   booking
            join   account on account.id = booking.account_id
            join   event on event.id = booking.event_id
            left join venue on venue.id = event.venue_id
            cross join lateral (
                select array_agg(seat_category.name order by ticket.id) as categories,
                       array_agg(coalesce(seat.label, '') order by ticket.id) as labels
                from   ticket
                join   seat on seat.id = ticket.seat_id
                join   seat_category on seat_category.id = ticket.category_id
                where  ticket.booking_id = booking.id) as tickets
            where  booking.id = @bookingId
            """,
            new { bookingId });

        return (new Addressee(row.AccountId, row.Recipient), new BookingMail
        {
            BookingNumber = row.BookingNumber,
            EventTitle = row.Title,
            EventDate = row.EventDate,
            EventEndDate = row.EventEndDate,
            TimeZone = row.TimeZone,
            VenueName = row.VenueName,
            VenueAddress = row.VenueAddress,
            Seats = [.. row.Categories.Zip(row.Labels, (category, label) => new MailedSeat(category, label.Length == 0 ? null : label))],
            Amount = row.FinalAmount,
            Discount = row.DiscountAmount,
            PromoCode = row.PromoCode,
            HolderName = row.HolderName,
        });
    }

    private sealed record MailRow : MailedEventRow
    {
        public string BookingNumber { get; init; } = "";

        public long AccountId { get; init; }

        public string Recipient { get; init; } = "";

        public Money FinalAmount { get; init; }

        public Money DiscountAmount { get; init; }

        public string? PromoCode { get; init; }

        public string? HolderName { get; init; }

        public string[] Categories { get; init; } = [];

        public string[] Labels { get; init; } = [];
    }
}
