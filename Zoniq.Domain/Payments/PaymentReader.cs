using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>Showing payments and refunds.</summary>
internal static class PaymentReader
{
    public static Task<Refund[]> RefundsOfBooking(Session db, long bookingId) =>
        db.QueryAsync<Refund>(
            """
            select   refund.*
            from     refund
            join     payment on payment.id = refund.payment_id
            where    payment.booking_id = @bookingId
            order by refund.id
            """,
            new { bookingId });

    /// <summary>The automatic refund of a payment that came too late.</summary>
    public static Task<Refund?> ReturnOf(Session db, string razorpayPaymentId) =>
        db.QuerySingleOrDefaultAsync<Refund>(
            """
            select   refund.*
            from     refund
            join     payment on payment.id = refund.payment_id
            where    payment.razorpay_payment_id = @razorpayPaymentId
            and      refund.requested_by = 'system'
            order by refund.id desc
            limit    1
            """,
            new { razorpayPaymentId });
}
