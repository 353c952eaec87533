using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>Asks the gateway what became of an order or a payment, for those who must not guess.</summary>
public sealed class GatewayInquiry(Database database, TimeProvider clock, IPaymentGateway gateway, Settlement settlement)
{
    /// <summary>Settles every attempt that the gateway knows of, and learns of every refund; true when the order's booking is paid and confirmed.</summary>
    public async Task<Result<bool>> SettleOrderAsync(string orderId, string source, CancellationToken cancellationToken)
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
            isPaid |= await settlement.SettleAsync(payment, source, cancellationToken) is SettlementOutcome.Confirmed or SettlementOutcome.AlreadyConfirmed;

            if (payment.AmountRefunded > Money.Zero && await ImportRefundsAsync(payment.Id, cancellationToken) is { } unknown)
            {
                return unknown;
            }
        }

        return isPaid;
    }

    /// <summary>Learns of every refund that the gateway has of a payment, also those that were made there.</summary>
    /// <returns>The problem, if it did not tell.</returns>
    internal async Task<Problem?> ImportRefundsAsync(string razorpayPaymentId, CancellationToken cancellationToken)
    {
        var refunds = await gateway.GetPaymentRefundsAsync(razorpayPaymentId, cancellationToken);

        if (refunds.Problem is { } problem)
        {
            return problem;
        }

        foreach (var refund in refunds.Value)
        {
            await using var db = await database.BeginAsync(cancellationToken);
            await RefundNews.LearnAsync(db, refund, clock.GetUtcNow());
            await db.CommitAsync();
        }

        return null;
    }
}
