using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What is to be given back of a payment. No amount means all of it, so an amount that is misspelt is refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RefundPayment
{
    /// <summary>Paise, 100 at least; all that is left when not given.</summary>
    [Range(100, 100_000_000_000)]
    public long? Amount { get; init; }

    [Required]
    [StringLength(500, MinimumLength = 1)]
    public string? Reason { get; init; }

    /// <summary>normal (days) or optimum (at once where the bank can, for a fee).</summary>
    [AllowedValues("normal", "optimum", ErrorMessage = "must be normal or optimum.")]
    public string Speed { get; init; } = "normal";
}

/// <summary>Why money cannot be given back.</summary>
public static class RefundProblems
{
    public static readonly Problem NotCaptured = new("payment.not_captured", ProblemKind.Conflict, "This payment has not brought any money in.");

    private static readonly Problem Exceeds = new("refund.exceeds_balance", ProblemKind.Conflict, "No more than what is left of the payment can be given back.");

    /// <summary>The member <c>refundable</c> is what is left, in paise.</summary>
    public static Problem ExceedsBalance(Money left) => Exceeds.With("refundable", Math.Max(0, left.Paise));
}

/// <summary>Administrators give money back. When nothing of it is left, the booking it paid is called off: its tickets are void and its seats free.</summary>
public sealed class RefundAdministration(Database database, TimeProvider clock)
{
    /// <summary>
    /// The refund is written down at once and sent by the refund worker; what is on its way counts as given back. Asked for again as the same
    /// operation, it is the same refund.
    /// </summary>
    public async Task<Result<Refund>> Refund(Actor actor, long paymentId, RefundPayment wish, Guid operation, CancellationToken cancellationToken)
    {
        var key = $"zoniq-{operation:n}";
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var payment = await db.QuerySingleOrDefaultAsync<PaidBooking>(
            """
            select booking.id as booking_id,
                   booking.booking_number,
                   payment.paid_at is not null as is_captured
            from   payment
            join   booking on booking.id = payment.booking_id
            where  payment.id = @paymentId
            for update of booking
            """,
            new { paymentId });

        if (payment is null)
        {
            return PaymentProblems.NotFound;
        }

        if (!payment.IsCaptured)
        {
            return RefundProblems.NotCaptured;
        }

        var refund = await RefundLedger.OpenAsync(
            db,
            new NewRefund
            {
                PaymentId = paymentId,
                Amount = wish.Amount is { } paise ? new Money(paise) : null,
                Speed = wish.Speed,
                RequestedBy = "admin",
                Reason = wish.Reason!,
                IdempotencyKey = key,
            },
            now);

        if (refund is null)
        {
            if (await Made(db, key) is { } made)
            {
                return made;
            }

            return RefundProblems.ExceedsBalance(await RefundLedger.Left(db, paymentId));
        }

        await RefundLedger.EndIfAllGoesBack(db, payment.BookingId, paymentId, wish.Reason, now);
        await AuditLog.WriteAsync(
            db, actor, "refund_payment", "payment", paymentId,
            new JsonObject { ["refundId"] = refund.Id, ["bookingNumber"] = payment.BookingNumber, ["paise"] = refund.Amount.Paise, ["reason"] = wish.Reason, ["speed"] = wish.Speed },
            now);
        await db.CommitAsync();
        return refund;
    }

    private static Task<Refund?> Made(Session db, string key) =>
        db.QuerySingleOrDefaultAsync<Refund>("select * from refund where idempotency_key = @key", new { key });

    private sealed record PaidBooking
    {
        public long BookingId { get; init; }

        public string BookingNumber { get; init; } = "";

        public bool IsCaptured { get; init; }
    }
}
