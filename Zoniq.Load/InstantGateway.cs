using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Zoniq.Domain;
using Zoniq.Domain.Payments.Gateway;

namespace Zoniq.Load;

/// <summary>A payment provider without a network: it answers at once and takes all money.</summary>
internal sealed class InstantGateway : IPaymentGateway
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(Sandbox.KeySecret);

    private readonly ConcurrentDictionary<string, GatewayPayment> payments = new();
    private readonly ConcurrentDictionary<string, Money> orders = new();
    private long last;

    public (string PaymentId, string Signature) Pay(string orderId)
    {
        var id = $"pay_{Interlocked.Increment(ref last):d14}";
        payments[id] = new GatewayPayment { Id = id, OrderId = orderId, Amount = orders[orderId], Currency = Money.Currency, Status = "captured", Method = "upi" };
        return (id, Convert.ToHexStringLower(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes($"{orderId}|{id}"))));
    }

    public Task<Result<GatewayOrder>> CreateOrderAsync(NewGatewayOrder order, CancellationToken cancellationToken)
    {
        var id = $"order_{Interlocked.Increment(ref last):d14}";
        orders[id] = order.Amount;
        return Task.FromResult<Result<GatewayOrder>>(new GatewayOrder { Id = id, Amount = order.Amount, Currency = Money.Currency, Receipt = order.Receipt, Status = "created" });
    }

    public Task<Result<GatewayPayment?>> GetPaymentAsync(string paymentId, CancellationToken cancellationToken) =>
        Task.FromResult<Result<GatewayPayment?>>(payments.GetValueOrDefault(paymentId));

    public Task<Result<GatewayOrder?>> FindOrderByReceiptAsync(string receipt, CancellationToken cancellationToken) => throw NotAsked();

    public Task<Result<GatewayPayment[]>> GetOrderPaymentsAsync(string orderId, CancellationToken cancellationToken) => throw NotAsked();

    public Task<Result<GatewayRefund>> RefundAsync(NewGatewayRefund refund, CancellationToken cancellationToken) => throw NotAsked();

    public Task<Result<GatewayRefund?>> GetRefundAsync(string refundId, CancellationToken cancellationToken) => throw NotAsked();

    public Task<Result<GatewayRefund[]>> GetPaymentRefundsAsync(string paymentId, CancellationToken cancellationToken) => throw NotAsked();

    private static NotSupportedException NotAsked() => new("A purchase does not ask this.");
}
