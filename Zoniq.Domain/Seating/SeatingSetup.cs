using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Seating;

/// <summary>The services of seat categories, seats and their availability.</summary>
public static class SeatingSetup
{
    public static void AddSeating(this IServiceCollection services, Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton<Availability>();
        services.AddSingleton<StockCount>();
        services.AddSingleton<SeatMap>();
        services.AddSingleton<SeatMapChanges>();
        services.AddSingleton<SeatNews>();
        services.AddSingleton<SeatCategoryAdministration>();
        services.AddSingleton<SeatAdministration>();
        services.AddSingleton<SeatReader>();
        services.AddSingleton<ChangeSeat>();
        services.AddSingleton<SeatBlocking>();
        services.AddSingleton<ChangeSeatCategory>();
    }
}
