using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Payments;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Payments;

public sealed class PaymentFunctions(PaymentService payments, BookingCancellation cancellation, WebhookInbox inbox)
{
    /// <summary>The gateway order of a booking: made once, the same on every retry.</summary>
    [Function("CreatePaymentOrder")]
    [Limited(Limit.Payment)]
    [Idempotent]
    [Refuses("booking.not_found", "booking.already_paid", "booking.not_payable", "booking.expired", "payment.gateway_unavailable")]
    public Task<Result<PaymentOrder>> CreateOrder(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/payments/create-order")] HttpRequest request,
        [Body] CreateOrder body, CurrentUser user, CancellationToken cancellationToken) =>
        payments.CreateOrder(user.Id, body, cancellationToken);

    /// <summary>Checks what the gateway's checkout handed to the browser, and confirms the booking.</summary>
    [Function("VerifyPayment")]
    [Limited(Limit.Payment)]
    [Refuses(
        "payment.signature_invalid", "payment.order_not_found", "payment.mismatch", "payment.late_refunded", "payment.not_successful",
        "payment.gateway_unavailable")]
    public Task<Result<PaymentVerification>> Verify(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/payments/verify")] HttpRequest request,
        [Body] VerifyPayment proof, CurrentUser user, CancellationToken cancellationToken) =>
        payments.Verify(user.Id, proof, cancellationToken);

    /// <summary>Takes a signed event of the gateway.</summary>
    [Function("ReceivePaymentWebhook")]
    [Allow(Access.Gateway)]
    [Refuses("webhook.signature_invalid", "request.malformed_json", "webhook.not_configured")]
    public Task<Result<WebhookReceipt>> Webhook(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/payments/webhook")] HttpRequest request,
        RawBody body, CancellationToken cancellationToken) =>
        inbox.Receive(body.Bytes, body.Headers["X-Razorpay-Signature"], body.Headers["X-Razorpay-Event-Id"], cancellationToken);

    /// <summary>One attempt to pay.</summary>
    [Function("GetPayment")]
    [Refuses("payment.not_found")]
    public Task<Result<Payment>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/payments/{paymentId:long:min(1)}")] HttpRequest request,
        long paymentId, CurrentUser user, CancellationToken cancellationToken) =>
        payments.Get(user.Id, paymentId, cancellationToken);

    /// <summary>Calls off a booking that waits for its payment, unless money has arrived.</summary>
    [Function("CancelPendingBooking")]
    [Refuses("booking.not_found", "booking.not_pending", "booking.already_paid", "payment.gateway_unavailable")]
    public Task<Result<Done>> CancelPending(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/payments/booking/{bookingId:long:min(1)}/cancel")] HttpRequest request,
        long bookingId, CurrentUser user, CancellationToken cancellationToken) =>
        cancellation.CancelPending(user.Id, bookingId, cancellationToken);

    /// <summary>How a booking's payment stands.</summary>
    [Function("GetPaymentStatus")]
    [Refuses("booking.not_found")]
    public Task<Result<PaymentState>> Status(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/payments/booking/{bookingId:long:min(1)}/status")] HttpRequest request,
        long bookingId, CurrentUser user, CancellationToken cancellationToken) =>
        payments.Status(user.Id, bookingId, cancellationToken);
}
