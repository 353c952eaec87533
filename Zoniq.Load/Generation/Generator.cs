using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using Zoniq.Domain.Storage;

namespace Zoniq.Load.Generation;

/// <summary>
/// Fills an empty database with two years of business: at scale 1 there are 20,000 events, 200,000 accounts and 1,000,000 bookings, and
/// 40 events have seat maps of 5,000. Indexes and foreign keys are taken away meanwhile and put back at the end, which checks every reference.
/// </summary>
public static class Generator
{
    private static readonly string[] Steps = ["Catalogue", "Sales"];

    /// <summary>Tells databases apart that were filled in different ways, by this or an older build.</summary>
    /// <param name="scale">Of the business.</param>
    public static string Mark(double scale)
    {
        var how = string.Concat(Steps.Select(Script).Concat(Migrator.Scripts));
        return string.Create(CultureInfo.InvariantCulture, $"scale {scale}, {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(how)))[..12]}");
    }

    /// <param name="connectionString">Of an empty database with the schema; its user owns the tables.</param>
    /// <param name="scale">1 for all of it, above 0.</param>
    /// <param name="tell">Hears what has been done and how long it took.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    public static async Task FillAsync(string connectionString, double scale, Action<string> tell, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0, Pooling = false });
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync("set work_mem = '256MB'; set maintenance_work_mem = '512MB'; set synchronous_commit = off; set jit = off");

        var clock = Stopwatch.StartNew();
        var putBack = await TakeAwayAsync(connection);
        await DescribeAsync(connection, scale);

        foreach (var step in Steps)
        {
            await RunAsync(connection, Script(step), cancellationToken);
            tell($"{step}: {clock.Elapsed.TotalSeconds:0.0} s");
        }

        foreach (var statement in putBack)
        {
            await RunAsync(connection, statement, cancellationToken);
        }

        tell($"indexes and references: {clock.Elapsed.TotalSeconds:0.0} s");
        await ContinueNumberingAsync(connection);
        await RunAsync(connection, "truncate seat_change", cancellationToken);    // nobody looked on
        await RunAsync(connection, "vacuum analyze", cancellationToken);
        tell($"statistics: {clock.Elapsed.TotalSeconds:0.0} s");
    }

    private static Task DescribeAsync(NpgsqlConnection connection, double scale) => connection.ExecuteAsync(
        """
        create temp table size as
        select zoniq_now() as now, @events as events, @bigEvents as big_events, @accounts as accounts, @venues as venues, @bookings as bookings
        """,
        new
        {
            events = Share(20_000, scale, least: 50),
            bigEvents = Share(40, scale, least: 1),
            accounts = Share(200_000, scale, least: 100),
            venues = Share(400, scale, least: 20),
            bookings = Share(1_000_000, scale, least: 2_500),
        });

    private static int Share(int whole, double scale, int least) => Math.Max(least, (int)Math.Round(whole * scale));

    /// <summary>Drops what makes inserting slow; the answer puts it back.</summary>
    private static async Task<string[]> TakeAwayAsync(NpgsqlConnection connection)
    {
        var things = (await connection.QueryAsync<(string TakeAway, string PutBack)>(
            """
            select format('alter table %s drop constraint %I', conrelid::regclass, conname),
                   format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            from   pg_constraint
            where  contype = 'f'
            and    connamespace = 'public'::regnamespace
            union all
            select format('drop index %s', indexrelid::regclass),
                   pg_get_indexdef(indexrelid)
            from   pg_index
            join   pg_class on pg_class.oid = indexrelid
            where  relnamespace = 'public'::regnamespace
            and    not exists (
                select
                from   pg_constraint
                where  conindid = indexrelid
                and    contype in ('p', 'u', 'x'))
            """)).AsList();

        foreach (var (takeAway, _) in things)
        {
            await connection.ExecuteAsync(takeAway);
        }

        // Indexes came last and go back first: they help to check the references.
        things.Reverse();
        return [.. things.Select(thing => thing.PutBack)];
    }

    private static async Task ContinueNumberingAsync(NpgsqlConnection connection)
    {
        var statements = await connection.QueryAsync<string>(
            """
            select format('select setval(%L, coalesce(max(%I), 0) + 1, false) from %s', pg_get_serial_sequence(attrelid::regclass::text, attname), attname, attrelid::regclass)
            from   pg_attribute
            join   pg_class on pg_class.oid = attrelid
            where  attidentity <> ''
            and    relkind = 'r'
            and    relnamespace = 'public'::regnamespace
            """);

        foreach (var statement in statements)
        {
            await connection.ExecuteAsync(statement);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Script(string step)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Generation/{step}.sql")!);
        return reader.ReadToEnd();
    }
}
