using Microsoft.Extensions.Hosting;
using Npgsql;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.Functions.Operations;

/// <summary>What must hold before the first request: the schema has what this build was made for, and somebody can administer.</summary>
public sealed class StartUp(Migrator migrator, AdministratorSeed administrator) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await IsCurrent(cancellationToken))
        {
            throw new SettingsException("The database does not have the schema of this build. Bring it up to date with: dotnet run --project Zoniq.Functions -- migrate");
        }

        await administrator.EnsureAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> IsCurrent(CancellationToken cancellationToken)
    {
        try
        {
            return await migrator.IsCurrentAsync(cancellationToken);
        }
        catch (NpgsqlException unreachable)
        {
            throw new SettingsException($"The database of POSTGRES_CONNECTION or POSTGRES_HOST cannot be used: {unreachable.Message}");
        }
    }
}
