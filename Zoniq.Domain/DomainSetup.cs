using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain;

/// <summary>All that the domain consists of.</summary>
public static class DomainSetup
{
    /// <summary>A setting that is missing or wrong is refused here, before anything runs.</summary>
    public static void AddZoniqDomain(this IServiceCollection services, Settings settings)
    {
        var connectionString = ConnectionString(settings);
        services.AddSingleton(_ => PostgresDataSource.Create(connectionString));
        services.AddSingleton<Database>();
        services.AddSingleton<Migrator>();
        services.AddSingleton<DatabaseClock>();
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>());

        services.AddAccounts(settings);
    }

    private static string ConnectionString(Settings settings) =>
        settings.Text("POSTGRES_CONNECTION")
        ?? new NpgsqlConnectionStringBuilder
        {
            Host = settings.Required("POSTGRES_HOST"),
            Port = settings.Number("POSTGRES_PORT", otherwise: 5432, least: 1, most: 65535),
            Database = settings.Text("POSTGRES_DB") ?? "zoniq",
            Username = settings.Text("POSTGRES_USERNAME") ?? "postgres",
            Password = settings.RequiredInProduction("POSTGRES_PASSWORD"),
        }.ConnectionString;
}
