using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Payments;

/// <summary>The services of this area.</summary>
public static class PaymentsSetup
{
    public static void AddPayments(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<Settlement>();
        services.AddSingleton<GatewayInquiry>();
        services.AddSingleton<PaymentService>();
        services.AddSingleton<WebhookInbox>();
        services.AddSingleton<PaymentReconciler>();
        services.AddSingleton<RefundWorker>();
        services.AddSingleton<BookingExpiry>();
        services.AddSingleton<BookingCancellation>();
    }
}
