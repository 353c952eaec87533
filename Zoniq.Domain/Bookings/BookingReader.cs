using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Bookings;

/// <summary>Showing bookings.</summary>
internal static class BookingReader
{
    /// <summary>Rows of <see cref="BookingRow"/>, to be followed by what is wanted of them.</summary>
    public const string Select =
        """
        select booking.id,
               booking.booking_number,
               booking.account_id as user_id,
               booking.event_id,
               booking.status,
               booking.total_amount,
               booking.discount_amount,
               booking.final_amount,
               booking.payment_status,
               booking.payment_due_at,
               booking.promo_code as promo_code_used,
               booking.ticket_count,
               booking.contact_email,
               booking.contact_phone,
               booking.cancelled_at,
               booking.cancellation_reason,
               booking.refund_type,
               booking.refund_hours_before,
               booking.refund_percent,
               (select coalesce(sum(refund.amount), 0)::bigint
                from   refund
                where  refund.payment_id = booking.paid_by
                and    refund.status <> 'failed') as returned,
               booking.created_at,
               booking.updated_at,
               event.title,
               event.slug,
               event.status as event_status,
               event.event_date,
               event.time_zone,
               event.banner_image_url,
               event.thumbnail_image_url,
               venue.name as venue_name,
               venue.city as venue_city
        from   booking
        join   event on event.id = booking.event_id
        left join venue on venue.id = event.venue_id
        """;

    /// <summary>Rows of <see cref="BookingItem"/>, to be followed by what is wanted of them.</summary>
    public const string SelectItems =
        """
        select ticket.id,
               ticket.booking_id,
               case when seat.label is not null then seat.id end as seat_id,
               ticket.category_id,
               category.name as category_name,
               seat.label as seat_label,
               ticket.price,
               ticket.ticket_number,
               ticket.status = 'used' as is_used,
               ticket.used_at,
               ticket.holder_id <> booking.account_id as is_transferred
        from   booking
        join   ticket on ticket.booking_id = booking.id
        join   seat on seat.id = ticket.seat_id
        join   seat_category as category on category.id = ticket.category_id
        """;

    /// <summary>A booking of this account with its tickets, or null when it has no such booking.</summary>
    public static async Task<BookingDetail?> Load(Session db, long accountId, long? id, string? number, DateTimeOffset now)
    {
        await using var read = await db.QueryMultipleAsync(
            $"""
            {Select}
            where  booking.account_id = @accountId
            and    (booking.id = @id or booking.booking_number = @number);

            {SelectItems}
            where    booking.account_id = @accountId
            and      (booking.id = @id or booking.booking_number = @number)
            order by ticket.id
            """,
            new { accountId, id, number });

        var row = await read.ReadSingleOrDefaultAsync<BookingRow>();
        return row?.Detail([.. await read.ReadAsync<BookingItem>()], now);
    }

    /// <summary>A booking as it stands in the database, with what is shown of its event.</summary>
    internal sealed record BookingRow
    {
        public long Id { get; init; }

        public string BookingNumber { get; init; } = "";

        public long UserId { get; init; }

        public long EventId { get; init; }

        public string Status { get; init; } = "";

        public Money TotalAmount { get; init; }

        public Money DiscountAmount { get; init; }

        public Money FinalAmount { get; init; }

        public string PaymentStatus { get; init; } = "";

        public DateTimeOffset? PaymentDueAt { get; init; }

        public string? ContactEmail { get; init; }

        public string? ContactPhone { get; init; }

        public DateTimeOffset? CancelledAt { get; init; }

        public string? CancellationReason { get; init; }

        public string RefundType { get; init; } = "";

        public int RefundHoursBefore { get; init; }

        public int RefundPercent { get; init; }

        /// <summary>What is back already or on its way.</summary>
        public Money Returned { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? UpdatedAt { get; init; }

        public string Title { get; init; } = "";

        public string Slug { get; init; } = "";

        public string EventStatus { get; init; } = "";

        public DateTimeOffset EventDate { get; init; }

        public string TimeZone { get; init; } = "";

        public string? BannerImageUrl { get; init; }

        public string? ThumbnailImageUrl { get; init; }

        public string? VenueName { get; init; }

        public string? VenueCity { get; init; }

        public string? PromoCodeUsed { get; init; }

        public int TicketCount { get; init; }

        public Booking Summary() => Fill(new Booking());

        public BookingDetail Detail(BookingItem[] items, DateTimeOffset now) => Fill(new BookingDetail()) with
        {
            Items = items,
            RefundableAmount = IsCancellable(items, now) ? BookingPolicy.IfSendable(Min(Promised(now), FinalAmount - Returned)) : Money.Zero,
        };

        private bool IsCancellable(BookingItem[] items, DateTimeOffset now) =>
            Status == "confirmed" && now < EventDate && !items.Any(item => item.IsUsed || item.IsTransferred);

        /// <summary>Of a cancelled event everything goes back.</summary>
        private Money Promised(DateTimeOffset now) =>
            EventStatus == "cancelled" ? FinalAmount : BookingPolicy.Refundable(FinalAmount, RefundType, RefundHoursBefore, RefundPercent, EventDate, now);

        private static Money Min(Money one, Money other) => one < other ? one : other;

        private T Fill<T>(T booking)
            where T : Booking =>
            (T)(booking with
            {
                Id = Id,
                BookingNumber = BookingNumber,
                UserId = UserId,
                EventId = EventId,
                Event = new BookedEvent
                {
                    Id = EventId,
                    Title = Title,
                    Slug = Slug,
                    EventDate = EventDate,
                    TimeZone = TimeZone,
                    BannerImageUrl = BannerImageUrl,
                    ThumbnailImageUrl = ThumbnailImageUrl,
                    VenueName = VenueName,
                    VenueCity = VenueCity,
                },
                Status = Status,
                TotalAmount = TotalAmount,
                DiscountAmount = DiscountAmount,
                FinalAmount = FinalAmount,
                PaymentStatus = PaymentStatus,
                PaymentDueAt = PaymentDueAt,
                PromoCodeUsed = PromoCodeUsed,
                TicketCount = TicketCount,
                ContactEmail = ContactEmail,
                ContactPhone = ContactPhone,
                CancelledAt = CancelledAt,
                CancellationReason = CancellationReason,
                CreatedAt = CreatedAt,
                UpdatedAt = UpdatedAt,
            });
    }
}
