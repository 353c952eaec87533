using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>
/// Calls off the bookings of cancelled events, each in a transaction of its own with its refund and its mail, and ends carts that came too late to be
/// ended with the event. There is no list of what was done: whatever is still pending or confirmed is to be done, so a restart or a second instance does nothing twice.
/// </summary>
public sealed partial class EventRefunds(Database database, TimeProvider clock, GatewayInquiry inquiry, ILogger<EventRefunds> logger)
{
    /// <summary>Bookings looked up at once.</summary>
    public const int Batch = 200;

    private const int AtOnce = 8;

    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(20);

    /// <summary>No cart lives longer after its event was cancelled, because nothing can be added to it.</summary>
    private static readonly TimeSpan LongestCart = TimeSpan.FromHours(1);

    /// <summary>Takes up where it was left, until nothing is left or it is time to stop; returns how many bookings it called off.</summary>
    public async Task<int> Continue(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var calledOff = 0;
        await EndLateCarts(cancellationToken);

        for (long last = 0; Stopwatch.GetElapsedTime(started) < LongestRun && await FindAfter(last, cancellationToken) is { Length: > 0 } bookings; last = bookings[^1].Id)
        {
            await Parallel.ForEachAsync(
                bookings,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (booking, cancelled) => Interlocked.Add(ref calledOff, await CallOff(booking, cancelled) ? 1 : 0));
        }

        return calledOff;
    }

    /// <summary>
    /// Ends carts that were being opened while their event was cancelled, and were not there to be seen. Nothing is sold from them, so buyers need not
    /// stand in line for a lock of the event on the way to their cart.
    /// </summary>
    private async Task EndLateCarts(CancellationToken cancellationToken)
    {
        foreach (var eventId in await FindLateCarts(cancellationToken))
        {
            try
            {
                await EndCarts(eventId, cancellationToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Neither other events nor bookings must wait for this one; the next run comes back to it.
                LogLateCarts(logger, eventId, failure);
            }
        }
    }

    private async Task EndCarts(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        if (await db.QuerySingleOrDefaultAsync<long?>("select id from event where id = @eventId and status = 'cancelled' for no key update", new { eventId }) is not null)
        {
            await CartAbandonment.OfEventAsync(db, eventId);
            await db.CommitAsync();
        }
    }

    private async Task<long[]> FindLateCarts(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<long>(
            """
            select   id
            from     event
            where    status = 'cancelled'
            and      cancelled_at > @since
            and      exists (
                select from cart
                where  cart.event_id = event.id
                and    cart.status = 'active')
            order by id
            """,
            new { since = clock.GetUtcNow() - LongestCart });
    }

    private async Task<Affected[]> FindAfter(long last, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<Affected>(
            """
            select   booking.id,
                     booking.payment_due_at,
                     case when booking.status = 'pending' then gateway_order.razorpay_order_id end as open_order_id
            from     event
            cross join lateral (
                select   id, status, payment_due_at
                from     booking
                where    event_id = event.id
                and      status in ('pending', 'confirmed')
                and      id > @last
                order by id
                limit    @Batch) as booking    -- event by event: a plain join walks through every booking there is, in order of id
            left join gateway_order on gateway_order.booking_id = booking.id
            where    event.status = 'cancelled'
            order by booking.id
            limit    @Batch
            """,
            new { last, Batch });
    }

    private async Task<bool> CallOff(Affected booking, CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsKnownWhetherPaid(booking, cancellationToken))
            {
                return false;
            }

            await using var db = await database.BeginAsync(cancellationToken);
            if (!await CallingOff.WithItsEventAsync(db, booking.Id, clock.GetUtcNow()))
            {
                return false;
            }

            await db.CommitAsync();
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The others must not wait for this one; the next run comes back to it.
            LogFailure(logger, booking.Id, failure);
            return false;
        }
    }

    /// <summary>Money that the gateway has for a waiting booking of a cancelled event is given back when it is settled. A gateway that is down is waited for, but not for ever.</summary>
    private async Task<bool> IsKnownWhetherPaid(Affected booking, CancellationToken cancellationToken) =>
        booking.OpenOrderId is not { } orderId
        || (await inquiry.SettleOrderAsync(orderId, Settlement.Sources.Administrator, cancellationToken)).Problem is null
        || booking.PaymentDueAt + BookingPolicy.GraceForGateway <= clock.GetUtcNow();

    [LoggerMessage(LogLevel.Error, "Booking {BookingId} of a cancelled event could not be called off and will be tried again.")]
    private static partial void LogFailure(ILogger logger, long bookingId, Exception failure);

    [LoggerMessage(LogLevel.Error, "Carts of cancelled event {EventId} could not be ended and will be tried again.")]
    private static partial void LogLateCarts(ILogger logger, long eventId, Exception failure);

    private sealed record Affected
    {
        public long Id { get; init; }

        public DateTimeOffset? PaymentDueAt { get; init; }

        /// <summary>Its gateway order, while it waits for its payment.</summary>
        public string? OpenOrderId { get; init; }
    }
}
