using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>Ends bookings that were not paid in time, after asking the gateway whether they were.</summary>
public sealed partial class BookingExpiry(Database database, TimeProvider clock, GatewayInquiry inquiry, ILogger<BookingExpiry> logger)
{
    /// <summary>Bookings looked up at once.</summary>
    public const int Batch = 200;

    private const int InquiriesAtOnce = 8;

    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(20);

    /// <summary>Confirms or expires what is overdue, until nothing is left or it is time to stop; returns how many it expired.</summary>
    public async Task<int> ExpireOverdue(CancellationToken cancellationToken)
    {
        var (now, started) = (clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var expired = 0;

        for (Overdue? last = null; Stopwatch.GetElapsedTime(started) < LongestRun && await FindAfter(last, now, cancellationToken) is { Length: > 0 } overdue; last = overdue[^1])
        {
            await Parallel.ForEachAsync(
                overdue,
                new ParallelOptions { MaxDegreeOfParallelism = InquiriesAtOnce, CancellationToken = cancellationToken },
                async (booking, cancelled) => Interlocked.Add(ref expired, await ExpireUnlessPaid(booking, now, cancelled) ? 1 : 0));
        }

        return expired;
    }

    private async Task<Overdue[]> FindAfter(Overdue? last, DateTimeOffset now, CancellationToken cancellationToken)
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
            and      (@lastId::bigint is null or (booking.payment_due_at, booking.id) > (@lastDue, @lastId))
            order by booking.payment_due_at, booking.id
            limit    @Batch
            """,
            new { now, lastId = last?.Id, lastDue = last?.PaymentDueAt, Batch });
    }

    private async Task<bool> ExpireUnlessPaid(Overdue booking, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await MayExpire(booking, now, cancellationToken) && await Expire(booking.Id, now, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The others must not wait for this one; the next run comes back to it.
            LogFailure(logger, booking.Id, failure);
            return false;
        }
    }

    /// <summary>Nobody ordered, or the gateway knows of no money, or it has not answered for too long.</summary>
    private async Task<bool> MayExpire(Overdue booking, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (booking.RazorpayOrderId is not { } orderId)
        {
            return true;
        }

        var paid = await inquiry.SettleOrderAsync(orderId, Settlement.Sources.Expiry, cancellationToken);
        return paid.Problem is null
            ? !paid.Value
            : booking.PaymentDueAt + BookingPolicy.GraceForGateway <= now;
    }

    private async Task<bool> Expire(long bookingId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        var ended = await CallingOff.LockAsync(db, bookingId, accountId: null) is { Status: "pending" }
            && await Confirmation.EndUnpaidAsync(db, bookingId, cancelledBy: null, reason: null, now);

        if (ended)
        {
            var (to, booking) = await BookingMails.About(db, bookingId);
            await Outbox.EnqueueAsync(db, Mails.BookingExpired(to, bookingId, booking), now);
        }

        await db.CommitAsync();
        return ended;
    }

    [LoggerMessage(LogLevel.Error, "Overdue booking {BookingId} could not be looked into and will be tried again.")]
    private static partial void LogFailure(ILogger logger, long bookingId, Exception failure);

    private sealed record Overdue
    {
        public long Id { get; init; }

        public DateTimeOffset PaymentDueAt { get; init; }

        public string? RazorpayOrderId { get; init; }
    }
}
