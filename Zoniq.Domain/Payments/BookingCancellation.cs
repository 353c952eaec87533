using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>A buyer's wish to call off a booking.</summary>
public sealed record CancelBooking
{
    [StringLength(500)]
    public string? Reason { get; init; }
}

/// <summary>A buyer calls off a booking. While it waits for its payment, the gateway is asked first whether money has arrived.</summary>
public sealed class BookingCancellation(Database database, TimeProvider clock, GatewayInquiry inquiry)
{
    /// <summary>
    /// Until the event starts: tickets are void, seats free, and what the policy of the checkout gives back is in the ledger. Refuses a booking
    /// of which a ticket was used or belongs to somebody else by now.
    /// </summary>
    public Task<Result<BookingDetail>> Cancel(long accountId, long bookingId, CancelBooking wish, CancellationToken cancellationToken) =>
        WhenTheGatewayWasAsked<BookingDetail>(
            accountId,
            bookingId,
            (booking, _, now) => booking switch
            {
                null => BookingProblems.NotFound,
                { Status: not ("pending" or "confirmed") } => BookingProblems.NotCancellable,
                _ when booking.EventDate <= now => BookingProblems.EventStarted,
                _ => null,
            },
            async (db, booking, now) => await CallingOff.CallOffAsync(db, booking, CalledOffBy.Buyer, string.IsNullOrEmpty(wish.Reason) ? null : wish.Reason, now)
                ? (await BookingReader.Load(db, accountId, bookingId, null, now))!
                : await WhoHasATicket(db, bookingId),
            cancellationToken);

    /// <summary>Only a booking that waits for its payment, unless the gateway says that money arrived: then it is confirmed instead.</summary>
    public Task<Result<Done>> CancelPending(long accountId, long bookingId, CancellationToken cancellationToken) =>
        WhenTheGatewayWasAsked<Done>(
            accountId,
            bookingId,
            (booking, isPaid, _) => booking switch
            {
                null => BookingProblems.NotFound,
                { Status: "pending" } => null,
                _ => isPaid ? BookingProblems.AlreadyPaid : BookingProblems.NotPending,
            },
            async (db, booking, now) => await CallingOff.CallOffAsync(db, booking, CalledOffBy.Buyer, "Called off before payment", now)
                ? Done.Well("Booking cancelled and seats released")
                : BookingProblems.NotPending,
            cancellationToken);

    /// <summary>
    /// Calls off under the booking's lock. A waiting booking that has an order is let go once to ask the gateway, which no transaction may
    /// wait for, and looked at again: money that was found has confirmed it meanwhile.
    /// </summary>
    private async Task<Result<T>> WhenTheGatewayWasAsked<T>(
        long accountId,
        long bookingId,
        Func<BookingToCallOff?, bool, DateTimeOffset, Problem?> refusal,
        Func<Session, BookingToCallOff, DateTimeOffset, Task<Result<T>>> callOff,
        CancellationToken cancellationToken)
    {
        var (asked, isPaid) = (false, false);

        while (true)
        {
            string orderId;

            await using (var db = await database.BeginAsync(cancellationToken))
            {
                var now = clock.GetUtcNow();
                var booking = await CallingOff.LockAsync(db, bookingId, accountId);

                if (refusal(booking, isPaid, now) is { } problem)
                {
                    return problem;
                }

                if (asked || booking is not { Status: "pending", RazorpayOrderId: { } order })
                {
                    var result = await callOff(db, booking!, now);

                    if (result.Problem is null)
                    {
                        await db.CommitAsync();
                    }

                    return result;
                }

                orderId = order;
            }

            var answer = await inquiry.SettleOrderAsync(orderId, Settlement.Sources.Cancellation, cancellationToken);

            if (answer.Problem is { } unavailable)
            {
                return GatewayProblems.ForBuyers(unavailable);
            }

            (asked, isPaid) = (true, answer.Value);
        }
    }

    private static async Task<Problem> WhoHasATicket(Session db, long bookingId) =>
        await db.QuerySingleAsync<bool>(
            """
            select exists (
                select from ticket
                where  booking_id = @bookingId
                and    used_at is not null)
            """,
            new { bookingId })
            ? BookingProblems.TicketUsed
            : BookingProblems.TicketTransferred;
}
