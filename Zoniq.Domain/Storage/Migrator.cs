using System.Reflection;
using Dapper;
using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>Brings a database to the schema this build was made for: numbered scripts, forward only, each in its own transaction.</summary>
public sealed class Migrator(NpgsqlDataSource source)
{
    private const long AdvisoryLock = 0x5A4F4E4951; // "ZONIQ"

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
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(await ReadScript(script), transaction: transaction);
                await connection.ExecuteAsync("insert into schema_migration (name) values (@script)", new { script }, transaction);
                await transaction.CommitAsync(CancellationToken.None);
            }

            return missing;
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@AdvisoryLock); reset statement_timeout; reset lock_timeout", new { AdvisoryLock });
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
