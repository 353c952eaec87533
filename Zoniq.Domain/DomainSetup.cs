using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;

namespace Zoniq.Domain;

/// <summary>Everything the business does, as services.</summary>
public static class DomainSetup
{
    /// <summary>Registers all areas; settings that are missing or wrong are refused here.</summary>
    public static void AddZoniqDomain(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings);
        var connectionString = PostgresDataSource.ConnectionString(settings) ?? throw new SettingsException("POSTGRES_CONNECTION or POSTGRES_HOST must be set.");
        services.AddSingleton(_ => PostgresDataSource.Create(connectionString));
        services.AddMetrics();
        services.AddSingleton(provider => new Measures(provider.GetRequiredService<IMeterFactory>().Create(Measures.Name)));
        services.AddSingleton<Database>();
        services.AddSingleton<Migrator>();
        services.AddSingleton<RateCounters>();
        services.AddSingleton<IdempotentRequests>();
        services.AddSingleton<DatabaseClock>();
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>());
        services.AddHostedService<ClockCalibration>();

        services.AddNotifications(settings);
        services.AddAccounts(settings);
        services.AddSeating(settings);
        services.AddCatalogue(settings);
        services.AddQueueing();
        services.AddCarts(settings);
        services.AddBookings(settings);
        services.AddPaymentGateway(settings);
        services.AddPayments(settings);
        services.AddTickets(settings);
        services.AddAdministration(settings);
    }
}
