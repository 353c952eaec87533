using Zoniq.Domain.Payments.Gateway;

namespace Zoniq.Domain.Payments;

/// <summary>Asks the gateway what became of an order, for those who must not guess.</summary>
public sealed class GatewayInquiry(IPaymentGateway gateway, Settlement settlement)
{
    /// <summary>Settles every attempt that the gateway knows of; true when the order's booking is paid and confirmed.</summary>
    public async Task<Result<bool>> SettleOrderAsync(string orderId, CancellationToken cancellationToken)
    {
        var payments = await gateway.GetOrderPaymentsAsync(orderId, cancellationToken);

        if (payments.Problem is { } problem)
        {
            return problem;
        }

        var isPaid = false;

        // Money that arrived comes first, so that an attempt that failed cannot be the last word.
        foreach (var payment in payments.Value.OrderByDescending(payment => payment.WasCaptured))
        {
            isPaid |= await settlement.SettleAsync(payment, cancellationToken) is SettlementOutcome.Confirmed or SettlementOutcome.AlreadyConfirmed;
        }

        return isPaid;
    }
}
