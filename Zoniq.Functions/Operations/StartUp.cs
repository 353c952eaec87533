using Microsoft.Extensions.Hosting;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.Functions.Operations;

/// <summary>What must hold before the first request: the schema is the one this build was made for, the clock is the database's, somebody can administer.</summary>
public sealed class StartUp(Migrator migrator, DatabaseClock clock, AdministratorSeed administrator) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await migrator.IsCurrentAsync(cancellationToken))
        {
            throw new SettingsException("The database does not have the schema of this build. Bring it up to date with: dotnet run --project Zoniq.Functions -- migrate");
        }

        await clock.CalibrateAsync(cancellationToken);
        await administrator.EnsureAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
