using System.Reflection;
using Dapper;
using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>Brings a database to the schema this build was made for: numbered scripts, forward only, each in its own transaction.</summary>
public sealed class Migrator(NpgsqlDataSource source)
{
    private const long AdvisoryLock = 0x5A4F4E4951; // "ZONIQ"

    /// <summary>A script gives up its turn, and begins anew, so often: then somebody has a table locked who should be looked for.</summary>
    private const int MostTries = 200;

    /// <summary>How long a script waits for a table that somebody uses. Whoever comes to that table meanwhile waits behind it, so it is not long.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The scripts in this build, in order.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
        [.. typeof(Migrator).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Applies what is missing; returns the names of the scripts it ran. Two at once wait for each other.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync("set statement_timeout = 0; set lock_timeout = 0; select pg_advisory_lock(@AdvisoryLock)", new { AdvisoryLock });
        try
        {
            await connection.ExecuteAsync(
                """
                create table if not exists schema_migration (
                    name       text primary key,
                    applied_at timestamptz not null default clock_timestamp()
                )
                """);
            var applied = (await connection.QueryAsync<string>("select name from schema_migration")).ToHashSet();
            var missing = Scripts.Where(script => !applied.Contains(script)).ToArray();

            foreach (var script in missing)
            {
                await ApplyAsync(connection, script, cancellationToken);
            }

            return missing;
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@AdvisoryLock); reset statement_timeout; reset lock_timeout", new { AdvisoryLock });
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, string script, CancellationToken cancellationToken)
    {
        var text = await ReadScript(script);
        for (var tries = 1; ; tries++)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            try
            {
                await connection.ExecuteAsync("select set_config('lock_timeout', @patience, true)", new { patience = $"{Patience.TotalMilliseconds:0}" }, transaction);
                await connection.ExecuteAsync(text, transaction: transaction);
                await connection.ExecuteAsync("insert into schema_migration (name) values (@script)", new { script }, transaction);
                await transaction.CommitAsync(CancellationToken.None);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable && tries < MostTries)
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }

            await Task.Delay(Patience, cancellationToken);    // for those who waited behind it
        }
    }

    /// <summary>
    /// Makes what the app wants of its sessions the default of the database, for those that come through a pooler. The user must own the database.
    /// </summary>
    public async Task KeepSessionSettingsAsync(CancellationToken cancellationToken)
    {
        // An extension's setting can be set by an ordinary user once the extension is loaded, and a function loads it.
        var statements = PostgresDataSource.SessionSettings.Select(setting => $"execute format('alter database %I set {setting.Key} = %L', current_database(), '{setting.Value}');");
        await using var command = source.CreateCommand($"do $$ begin perform similarity('', ''); {string.Concat(statements)} end $$");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// True when the database has every script of this build: one cheap query. It may have later ones as well, which this build does not know and is written to survive,
    /// so that it goes on between a migration and the next version, and can be gone back to.
    /// </summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            select not exists (
                select from unnest($1) as script
                where  script not in (select name from schema_migration))
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Scripts.ToArray() });
        try
        {
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return false;
        }
    }

    private static async Task<string> ReadScript(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return await reader.ReadToEndAsync();
    }
}
