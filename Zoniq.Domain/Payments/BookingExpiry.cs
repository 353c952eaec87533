using Zoniq.Domain.Bookings;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>Ends bookings that were not paid in time, after asking the gateway whether they were.</summary>
public sealed class BookingExpiry(Database database, TimeProvider clock, GatewayInquiry inquiry)
{
    /// <summary>Bookings looked at in one run.</summary>
    public const int MostAtOnce = 200;

    private const int InquiriesAtOnce = 8;

    /// <summary>Confirms or expires what is overdue; returns how many it expired.</summary>
    public async Task<int> ExpireOverdue(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var expired = 0;

        await Parallel.ForEachAsync(
            await FindOverdue(now, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = InquiriesAtOnce, CancellationToken = cancellationToken },
            async (booking, cancelled) =>
            {
                if (await MayExpire(booking, now, cancelled) && await Expire(booking.Id, now, cancelled))
                {
                    Interlocked.Increment(ref expired);
                }
            });

        return expired;
    }

    private async Task<Overdue[]> FindOverdue(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<Overdue>(
            """
            select   booking.id,
                     booking.payment_due_at,
                     gateway_order.razorpay_order_id
            from     booking
            join     event on event.id = booking.event_id
            left join gateway_order on gateway_order.booking_id = booking.id
            where    booking.status = 'pending'
            and      booking.payment_due_at <= @now
            and      event.status <> 'cancelled'    -- its bookings are called off with it
            order by booking.payment_due_at
            limit    @MostAtOnce
            """,
            new { now, MostAtOnce });
    }

    /// <summary>Nobody ordered, or the gateway knows of no money, or it has not answered for too long.</summary>
    private async Task<bool> MayExpire(Overdue booking, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (booking.RazorpayOrderId is not { } orderId)
        {
            return true;
        }

        var paid = await inquiry.SettleOrderAsync(orderId, cancellationToken);
        return paid.Problem is null
            ? !paid.Value
            : booking.PaymentDueAt + BookingPolicy.GraceForGateway <= now;
    }

    private async Task<bool> Expire(long bookingId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        var ended = await Confirmation.EndUnpaidAsync(db, bookingId, cancelledBy: null, reason: null, now);

        if (ended)
        {
            var (to, booking) = await BookingMails.About(db, bookingId);
            await Outbox.EnqueueAsync(db, Mails.BookingExpired(to, bookingId, booking), now);
        }

        await db.CommitAsync();
        return ended;
    }

    private sealed record Overdue
    {
        public long Id { get; init; }

        public DateTimeOffset PaymentDueAt { get; init; }

        public string? RazorpayOrderId { get; init; }
    }
}
