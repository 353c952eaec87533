using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Administration;

/// <summary>The services of this area.</summary>
public static class AdministrationSetup
{
    public static void AddAdministration(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<InvariantChecker>();
        services.AddSingleton<InvariantWatch>();
        services.AddSingleton<Housekeeping>();
        services.AddSingleton<EventCancellation>();
        services.AddSingleton<EventRefunds>();
        services.AddSingleton<UserAdministration>();
        services.AddSingleton<PersonalData>();
        services.AddSingleton<AccountErasure>();
        services.AddSingleton<BookingAdministration>();
        services.AddSingleton<AttendeeList>();
        services.AddSingleton<PaymentAdministration>();
        services.AddSingleton<RefundAdministration>();
        services.AddSingleton<RefundProgress>();
        services.AddSingleton<SalesFigures>();
        services.AddSingleton<EventSales>();
        services.AddSingleton<Dashboard>();
        services.AddSingleton<ActivityLog>();
        services.AddSingleton<MailAdministration>();
        services.AddSingleton<ChangeEvent>();
        services.AddSingleton<EventRemoval>();
        services.AddSingleton<PromoAdministration>();
    }
}
