using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.Functions.Http;
using Zoniq.LocalHost;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load;

/// <summary>
/// The limit of reading. Another instance of the app, in this process, is asked once for each path, and what it sends to the database is
/// written down. Those very statements with those very values are then sent straight through Npgsql on 32 connections, one by one as the app sends
/// them, and their rows are read and dropped: no HTTP, no objects, no JSON, and nothing shared between people who ask at the same time.
/// </summary>
internal sealed class Replay : IAsyncDisposable
{
    private const int MostRecorded = 100;

    private readonly LocalApp app;
    private readonly HttpReader http;
    private readonly HttpShop shop;
    private readonly NpgsqlDataSource source;
    private readonly string directory;
    private readonly ConcurrentQueue<Sent> heard = new();

    private Replay(LocalApp app, RazorpaySandbox razorpay, NpgsqlDataSource source, string directory)
    {
        this.app = app;
        this.source = source;
        this.directory = directory;
        Uri[] address = [new UriBuilder(app.BaseAddress) { Host = "127.0.0.1" }.Uri];
        (http, shop) = (new HttpReader(address), new HttpShop(address, razorpay));
        app.Services.GetRequiredService<Database>().Listener = (sql, values) => heard.Enqueue(new Sent(sql, values));
    }

    public static async Task<Replay> StartAsync(IReadOnlyDictionary<string, string> settings, RazorpaySandbox razorpay)
    {
        var directory = Directory.CreateTempSubdirectory("zoniq-load-replay-").FullName;
        var own = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value);
        own["Logging:LogLevel:Default"] = "Warning";
        var source = PostgresDataSource.Create(new NpgsqlConnectionStringBuilder(own["POSTGRES_CONNECTION"])
        {
            MinPoolSize = LoadOptions.LimitConnections,
            MaxPoolSize = LoadOptions.LimitConnections,
        }.ConnectionString);
        return new Replay(await LocalApp.StartAsync(typeof(AllowAttribute).Assembly, own, "--port", "0", "--no-timers", "--data", directory), razorpay, source, directory);
    }

    /// <summary>What each of the paths costs; paths for which nothing is asked, because somebody has just looked, are left out.</summary>
    public async Task<Sent[][]> RecordAsync(Reading reading, CancellationToken cancellationToken)
    {
        var recorded = new List<Sent[]>();
        foreach (var path in reading.Paths.Take(MostRecorded))
        {
            heard.Clear();
            try
            {
                await http.GetAsync(path, reading with { HasItAlready = false }, cancellationToken);
            }
            catch (ShopRefusal)
            {
                continue; // the app that is measured says so
            }

            Sent[] statements = [.. heard.Where(sent => sent.IsRead)];
            if (statements.Length > 0)
            {
                recorded.Add(statements);
            }
        }

        return [.. recorded];
    }

    /// <summary>How many statements this instance sends while something is done there once; nothing else goes on in it.</summary>
    public async Task<int> CountAsync(Func<HttpShop, HttpReader, Task> once)
    {
        heard.Clear();
        await once(shop, http);
        return heard.Count;
    }

    public async Task PlayAsync(Sent[] statements, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        foreach (var sent in statements)
        {
            await using var rows = await connection.ExecuteReaderAsync(new CommandDefinition(sent.Sql, sent.Values, cancellationToken: cancellationToken));
            do
            {
                while (await rows.ReadAsync(cancellationToken))
                {
                }
            }
            while (await rows.NextResultAsync(cancellationToken));
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        shop.Dispose();
        await app.DisposeAsync();
        await source.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}

/// <summary>A command as the app sent it.</summary>
internal sealed record Sent(string Sql, object? Values)
{
    /// <summary>It can be sent again and again.</summary>
    public bool IsRead =>
        (Sql.StartsWith("select", StringComparison.Ordinal) || Sql.StartsWith("with", StringComparison.Ordinal)) && !Sql.Contains("zoniq_now()", StringComparison.Ordinal);
}
