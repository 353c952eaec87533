namespace Zoniq.Domain.Payments.Gateway;

/// <summary>
/// The payment provider. Its failures are answers, never exceptions: <see cref="GatewayProblems.Unavailable"/> when it does not answer or
/// answers nonsense, <see cref="GatewayProblems.Refused"/> when it says no. Each call takes ten seconds at most; never call it inside a transaction.
/// </summary>
public interface IPaymentGateway
{
    /// <summary>
    /// Creates the order of a receipt, or finds it if the receipt has one already: calling it again is safe, also after the answer was lost.
    /// </summary>
    Task<Result<GatewayOrder>> CreateOrderAsync(NewGatewayOrder order, CancellationToken cancellationToken);

    /// <summary>The order of a receipt, or null if there is none.</summary>
    Task<Result<GatewayOrder?>> FindOrderByReceiptAsync(string receipt, CancellationToken cancellationToken);

    /// <summary>A payment as it is now, or null if there is none with this id.</summary>
    Task<Result<GatewayPayment?>> GetPaymentAsync(string paymentId, CancellationToken cancellationToken);

    /// <summary>Every attempt to pay an order; empty if there are none or the order is unknown.</summary>
    Task<Result<GatewayPayment[]>> GetOrderPaymentsAsync(string orderId, CancellationToken cancellationToken);

    /// <summary>Gives money back. Calling it again with the same key, payment and amount gives the same refund.</summary>
    Task<Result<GatewayRefund>> RefundAsync(NewGatewayRefund refund, CancellationToken cancellationToken);

    /// <summary>A refund as it is now, or null if there is none with this id.</summary>
    Task<Result<GatewayRefund?>> GetRefundAsync(string refundId, CancellationToken cancellationToken);

    /// <summary>Every refund of a payment; empty if there are none or the payment is unknown.</summary>
    Task<Result<GatewayRefund[]>> GetPaymentRefundsAsync(string paymentId, CancellationToken cancellationToken);
}
