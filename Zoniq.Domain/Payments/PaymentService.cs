using Zoniq.Domain.Bookings;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>A buyer pays: the order at the gateway, the proof from the browser, and what became of it.</summary>
public sealed class PaymentService(
    Database database, TimeProvider clock, IPaymentGateway gateway, RazorpayOptions razorpay, RazorpaySignatures signatures, Settlement settlement, Measures measures)
{
    /// <summary>The one order of a booking, made at the gateway when it is first asked for and returned again ever after.</summary>
    public async Task<Result<PaymentOrder>> CreateOrder(long accountId, CreateOrder request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var booking = await FindPayable(accountId, request.BookingId!.Value, cancellationToken);

        if (Refusal(booking, now) is { } refusal)
        {
            return refusal;
        }

        if (booking!.RazorpayOrderId is { } known)
        {
            return booking.Order(known, razorpay.KeyId!);
        }

        var order = await gateway.CreateOrderAsync(
            new NewGatewayOrder
            {
                Amount = booking.FinalAmount,
                Receipt = booking.BookingNumber,
                Notes = new Dictionary<string, string>
                {
                    ["booking_id"] = booking.Id.ToString(),
                    ["booking_number"] = booking.BookingNumber,
                    ["user_id"] = accountId.ToString(),
                },
            },
            cancellationToken);

        if (order.Problem is { } unavailable)
        {
            return GatewayProblems.ForBuyers(unavailable);
        }

        return await KeepOrder(booking, order.Value.Id, now) is { } kept
            ? booking.Order(kept, razorpay.KeyId!)
            : Refusal(await FindPayable(accountId, booking.Id, cancellationToken), now) ?? BookingProblems.NotPayable;
    }

    /// <summary>Checks the proof that the gateway's checkout gave the browser, asks the gateway, and settles.</summary>
    public async Task<Result<PaymentVerification>> Verify(long accountId, VerifyPayment proof, CancellationToken cancellationToken)
    {
        var before = await FindByOrder(accountId, proof.RazorpayOrderId!, cancellationToken);

        if (before is null)
        {
            return PaymentProblems.OrderNotFound;
        }

        if (!signatures.IsCheckoutValid(before.RazorpayOrderId, proof.RazorpayPaymentId!, proof.RazorpaySignature!))
        {
            return PaymentProblems.SignatureInvalid;
        }

        if (before.IsPaidBy(proof.RazorpayPaymentId!))
        {
            return before.Verification("Payment already verified");
        }

        var seen = await gateway.GetPaymentAsync(proof.RazorpayPaymentId!, cancellationToken);

        if (seen.Problem is { } unavailable)
        {
            return GatewayProblems.ForBuyers(unavailable);
        }

        if (seen.Value is not { } payment || payment.OrderId != before.RazorpayOrderId)
        {
            return PaymentProblems.Mismatch;
        }

        return await settlement.SettleAsync(payment, Settlement.Sources.Verify, cancellationToken) switch
        {
            SettlementOutcome.Confirmed =>
                (await FindByOrder(accountId, before.RazorpayOrderId, cancellationToken))!.Verification("Payment verified successfully"),
            SettlementOutcome.AlreadyConfirmed =>
                (await FindByOrder(accountId, before.RazorpayOrderId, cancellationToken))!.Verification("Payment already verified"),
            SettlementOutcome.Waiting =>
                before.Verification("Payment is authorised and will be captured shortly") with { Success = false, PaymentStatus = "pending" },
            SettlementOutcome.Failed => PaymentProblems.NotSuccessful,
            SettlementOutcome.Returned => PaymentProblems.LateRefunded(await FindReturn(payment.Id, cancellationToken)),
            _ => PaymentProblems.Mismatch,
        };
    }

    /// <summary>The payment that counts for a booking, and its refunds.</summary>
    public async Task<Result<PaymentState>> Status(long accountId, long bookingId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var state = await db.QuerySingleOrDefaultAsync<PaymentState>(
            """
            select id as booking_id,
                   payment_status
            from   booking
            where  id = @bookingId
            and    account_id = @accountId
            """,
            new { bookingId, accountId });

        if (state is null)
        {
            return BookingProblems.NotFound;
        }

        var payment = await db.QuerySingleOrDefaultAsync<CountingPayment>(
            """
            select   payment.id,
                     payment.razorpay_order_id as order_id,
                     payment.razorpay_payment_id as payment_id,
                     payment.status,
                     payment.amount,
                     payment.method,
                     payment.paid_at
            from     payment
            join     booking on booking.id = payment.booking_id
            where    payment.booking_id = @bookingId
            order by payment.id = booking.paid_by desc nulls last, payment.paid_at desc nulls last, payment.id desc
            limit    1
            """,
            new { bookingId });
        return state with { Payment = payment, Refunds = await PaymentReader.RefundsOfBooking(db, bookingId) };
    }

    /// <summary>One attempt to pay, of a booking of this account.</summary>
    public async Task<Result<Payment>> Get(long accountId, long paymentId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var payment = await db.QuerySingleOrDefaultAsync<Payment>(
            """
            select payment.*
            from   payment
            join   booking on booking.id = payment.booking_id
            where  payment.id = @paymentId
            and    booking.account_id = @accountId
            """,
            new { paymentId, accountId });

        return payment is null
            ? PaymentProblems.NotFound
            : payment with
            {
                Refunds = await db.QueryAsync<Refund>(
                    """
                    select   *
                    from     refund
                    where    payment_id = @paymentId
                    order by id
                    """,
                    new { paymentId }),
            };
    }

    private static Problem? Refusal(PayableBooking? booking, DateTimeOffset now) => booking switch
    {
        null => BookingProblems.NotFound,
        { Status: "confirmed" } => BookingProblems.AlreadyPaid,
        { Status: "expired" } => BookingProblems.Expired,
        { EventStatus: "cancelled" } => BookingProblems.NotPayable,
        { Status: "pending" } => booking.PaymentDueAt <= now ? BookingProblems.Expired : null,
        _ => BookingProblems.NotPayable,
    };

    private async Task<PayableBooking?> FindPayable(long accountId, long bookingId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleOrDefaultAsync<PayableBooking>(
            """
            select booking.id,
                   booking.booking_number,
                   booking.status,
                   booking.final_amount,
                   booking.payment_due_at,
                   event.status as event_status,
                   account.full_name,
                   coalesce(booking.contact_email, account.email) as email,
                   coalesce(booking.contact_phone, account.phone) as phone,
                   gateway_order.razorpay_order_id
            from   booking
            join   account on account.id = booking.account_id
            join   event on event.id = booking.event_id
            left join gateway_order on gateway_order.booking_id = booking.id
            where  booking.id = @bookingId
            and    booking.account_id = @accountId
            """,
            new { bookingId, accountId });
    }

    /// <summary>The order that is kept for the booking: this one, unless another request was faster; null when the booking no longer waits for one.</summary>
    private async Task<string?> KeepOrder(PayableBooking booking, string orderId, DateTimeOffset now)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        var kept = await db.ExecuteAsync(
            """
            with waiting as (
                select id,
                       final_amount
                from   booking
                where  id = @Id
                and    status = 'pending'
                for share
            ),
            kept as (
                insert into gateway_order (booking_id, razorpay_order_id, amount, created_at, next_look_at)
                select id, @orderId, final_amount, @now, @firstLook
                from   waiting
                on conflict do nothing
                returning *
            )
            insert into payment (booking_id, razorpay_order_id, amount, status, created_at)
            select booking_id, razorpay_order_id, amount, 'created', @now
            from   kept
            """,
            new { booking.Id, orderId, now, firstLook = now + PaymentReconciler.FirstLook });
        if (kept == 1)
        {
            measures.CameTo("order");
        }

        return await db.QuerySingleOrDefaultAsync<string>(
            """
            select razorpay_order_id
            from   gateway_order
            where  booking_id = @Id
            """,
            new { booking.Id });
    }

    private async Task<OrderedBooking?> FindByOrder(long accountId, string orderId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleOrDefaultAsync<OrderedBooking>(
            """
            select booking.id,
                   booking.booking_number,
                   booking.status,
                   booking.payment_status,
                   gateway_order.razorpay_order_id,
                   payment.razorpay_payment_id as paid_by
            from   gateway_order
            join   booking on booking.id = gateway_order.booking_id
            left join payment on payment.id = booking.paid_by
            where  gateway_order.razorpay_order_id = @orderId
            and    booking.account_id = @accountId
            """,
            new { orderId, accountId });
    }

    private async Task<Refund?> FindReturn(string razorpayPaymentId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await PaymentReader.ReturnOf(db, razorpayPaymentId);
    }

    private sealed record PayableBooking
    {
        public long Id { get; init; }

        public string BookingNumber { get; init; } = "";

        public string Status { get; init; } = "";

        public Money FinalAmount { get; init; }

        public DateTimeOffset? PaymentDueAt { get; init; }

        public string EventStatus { get; init; } = "";

        public string? FullName { get; init; }

        public string Email { get; init; } = "";

        public string? Phone { get; init; }

        public string? RazorpayOrderId { get; init; }

        public PaymentOrder Order(string orderId, string keyId) => new()
        {
            OrderId = orderId,
            Amount = FinalAmount,
            KeyId = keyId,
            BookingId = Id,
            BookingNumber = BookingNumber,
            UserName = FullName,
            UserEmail = Email,
            UserPhone = Phone,
        };
    }

    private sealed record OrderedBooking
    {
        public long Id { get; init; }

        public string BookingNumber { get; init; } = "";

        public string Status { get; init; } = "";

        public string PaymentStatus { get; init; } = "";

        public string RazorpayOrderId { get; init; } = "";

        /// <summary>The gateway's id of the payment that fulfilled the booking.</summary>
        public string? PaidBy { get; init; }

        public bool IsPaidBy(string razorpayPaymentId) => Status == "confirmed" && PaidBy == razorpayPaymentId;

        public PaymentVerification Verification(string message) => new()
        {
            Success = true,
            BookingId = Id,
            BookingNumber = BookingNumber,
            BookingStatus = Status,
            PaymentStatus = PaymentStatus,
            Message = message,
        };
    }
}
