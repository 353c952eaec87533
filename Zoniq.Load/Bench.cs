using System.Diagnostics;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load;

/// <summary>Everything of one run: the database, the app's instances, the payment provider, the buyers.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private const string JwtSecret = "a secret for one run of the load test only";

    private readonly Stack<IAsyncDisposable> started = new();
    private readonly List<AppProcess> apps = [];
    private ScratchDatabase scratch = null!;
    private Sandbox sandbox = null!;
    private Dictionary<string, string> settings = [];
    private TimeProvider calendar = TimeProvider.System;
    private Action<string>? says;
    private Replay? replay;
    private volatile int replaced = -1;

    private Bench(LoadOptions options) => Options = options;

    public LoadOptions Options { get; }

    /// <summary>What is measured.</summary>
    public HttpShop App { get; private set; } = null!;

    /// <summary>What it is measured against.</summary>
    public IShop Limit { get; private set; } = null!;

    /// <summary>What is measured of reading.</summary>
    public HttpReader Http { get; private set; } = null!;

    /// <summary>What the app's instances take together.</summary>
    public double AppMegabytes => apps.Sum(app => app.Usage.Megabytes);

    /// <summary>Past the app, to arrange and to look.</summary>
    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>The payment provider.</summary>
    public RazorpaySandbox Gateway => sandbox.Razorpay;

    /// <summary>Of one of the instances that are up, as far as is known.</summary>
    public Uri AnyAddress
    {
        get
        {
            var index = Random.Shared.Next(apps.Count);
            return AddressOf(index == replaced ? (index + 1) % apps.Count : index);
        }
    }

    /// <summary>What must never be seen outside of the app: what it signs with, and what it shows to others.</summary>
    public IEnumerable<string> Secrets => SecretSettings.Select(name => settings[name]);

    private static string[] SecretSettings => ["JWT_SECRET_KEY", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET", "TICKET_SIGNING_KEY"];

    public static Task<Bench> StartAsync(LoadOptions options, CancellationToken cancellationToken) =>
        StartAsync(options, TimeProvider.System, new Dictionary<string, string>(), says: null, cancellationToken);

    /// <param name="options">What is measured.</param>
    /// <param name="calendar">Of the payment provider, and of whoever looks at the database.</param>
    /// <param name="further">Settings of the app.</param>
    /// <param name="says">Is told each line that an instance writes; the person at the keyboard when nobody is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Bench> StartAsync(
        LoadOptions options, TimeProvider calendar, IReadOnlyDictionary<string, string> further, Action<string>? says, CancellationToken cancellationToken)
    {
        var bench = new Bench(options) { calendar = calendar, says = says };
        try
        {
            await bench.StartAsync(further, cancellationToken);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>So many accounts, signed in.</summary>
    public async Task<Buyer[]> BuyersAsync(int count)
    {
        await using var connection = await Database.OpenConnectionAsync();
        var now = await connection.ExecuteScalarAsync<DateTime>("select zoniq_now()");
        var ids = await connection.QueryAsync<long>(
            """
            insert into account (username, email, role, is_verified, tokens_valid_from, created_at)
            select name, name || '@example.in', 'user', true, date_trunc('second', @now), @now
            from   generate_series(1, @count) as number, lateral (select 'load_' || number || '_' || gen_random_uuid() as name) as named
            returning id
            """,
            new { count, now });
        return [.. ids.Select(id => new Buyer(id, Token(id, now)))];
    }

    /// <summary>Somebody who may administer, signed in.</summary>
    public async Task<Buyer> AdministratorAsync()
    {
        await using var connection = await Database.OpenConnectionAsync();
        var (id, now) = await connection.QuerySingleAsync<(long, DateTime)>("select min(id), zoniq_now() from account where role = 'admin'");
        return new Buyer(id, Token(id, now));
    }

    /// <summary>The domain in this process, which the limit runs on.</summary>
    public IServiceProvider Services { get; private set; } = null!;

    /// <summary>What reading is measured against.</summary>
    public async Task<Replay> ReplayAsync() => replay ??= Keep(await Replay.StartAsync(settings, sandbox.Razorpay));

    /// <summary>How many statements the app sends to the database while something is done over HTTP once, and nothing else.</summary>
    public async Task<double> StatementsAsync(Func<HttpShop, HttpReader, Task> once) => await (await ReplayAsync()).CountAsync(once);

    /// <summary>An event on sale with one category; numbered seats have labels. The database knows of it as of a house that has been there for a day.</summary>
    public async Task<House> HouseAsync(int places, bool numbered)
    {
        var house = await House.OpenAsync(Database, places, numbered);
        await using var connection = await Database.OpenConnectionAsync();
        await connection.ExecuteAsync("vacuum analyze");
        return house;
    }

    /// <summary>What the app's processes take, and what is wrong in the database.</summary>
    public Task<Aftermath> LookAsync(CancellationToken cancellationToken) => Aftermath.OfAsync(scratch, calendar, [.. apps.Select(app => app.Usage)], cancellationToken);

    /// <summary>What is wrong in the database.</summary>
    public Task<Finding[]> CheckAsync(CancellationToken cancellationToken) => scratch.CheckAsync(calendar, cancellationToken);

    /// <summary>How much there is, and where, for people.</summary>
    public async Task<string> ContentsAsync()
    {
        await using var connection = await Database.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<string>(
            """
            select format('%s events, %s seats, %s accounts, %s bookings, %s tickets in PostgreSQL %s', (select count(*) from event), (select count(*) from seat),
                          (select count(*) from account), (select count(*) from booking), (select count(*) from ticket), current_setting('server_version'))
            """))!;
    }

    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var next))
        {
            await next.DisposeAsync();
        }
    }

    /// <summary>An instance is killed in the middle of whatever it does, and another one takes its place.</summary>
    public async Task ReplaceAsync(int index)
    {
        await apps[index].DisposeAsync();
        replaced = index;
        apps[index] = Keep(await AppProcess.StartAsync(settings, Options.Timers, CancellationToken.None, published: null, says));
        replaced = -1;
    }

    /// <summary>Of one of the instances, by its place.</summary>
    public Uri AddressOf(int index) => apps[index].Address;

    /// <summary>PostgreSQL stops under everybody and starts again; false when it is not ours to stop.</summary>
    public async Task<bool> RestartDatabaseAsync(bool abruptly)
    {
        var done = await scratch.RestartAsync(abruptly, CancellationToken.None);
        Database.Clear();
        return done;
    }

    /// <summary>Every connection of the app's instances is cut.</summary>
    public Task CutConnectionsAsync() => scratch.CutAsync();

    /// <summary>Makes somebody an administrator.</summary>
    public async Task AppointAsync(Buyer somebody)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await connection.ExecuteAsync("update account set role = 'admin' where id = @Id", new { somebody.Id });
    }

    /// <summary>One more instance for a moment, from a directory it was published to or as it was built.</summary>
    public Task<AppProcess> StartOneAsync(string? published, CancellationToken cancellationToken) =>
        AppProcess.StartAsync(settings, Options.Timers, cancellationToken, published);

    private async Task StartAsync(IReadOnlyDictionary<string, string> further, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("Starting PostgreSQL, the payment sandbox and the app…");
        scratch = Keep(await ScratchDatabase.CreateAsync(Options, cancellationToken));
        sandbox = Keep(await Sandbox.StartAsync(Options.Webhooks, () => apps.Count == 0 ? null : new Uri(AnyAddress, "/api/payments/webhook"), calendar));
        settings = SettingsOf(scratch.ConnectionString, sandbox.ApiUrl);
        foreach (var (name, value) in further)
        {
            settings[name] = value;
        }

        for (var instance = 0; instance < Options.Instances; instance++)
        {
            apps.Add(Keep(await AppProcess.StartAsync(settings, Options.Timers, cancellationToken, published: null, says)));
        }

        App = new HttpShop(apps.Select(app => app.Address), sandbox.Razorpay);
        Http = new HttpReader(apps.Select(app => app.Address));
        Database = Keep(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(scratch.ConnectionString) { MaxPoolSize = 4, CommandTimeout = 120 }));
        Limit = await DirectAsync(cancellationToken);
    }

    private async Task<DirectShop> DirectAsync(CancellationToken cancellationToken)
    {
        var gateway = new InstantGateway();
        var own = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value);
        own["POSTGRES_CONNECTION"] = new NpgsqlConnectionStringBuilder(own["POSTGRES_CONNECTION"])
        {
            MinPoolSize = LoadOptions.LimitConnections,
            MaxPoolSize = LoadOptions.LimitConnections,
        }.ConnectionString;

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddZoniqDomain(new Settings(new ConfigurationBuilder().AddInMemoryCollection(own).Build()));
        services.AddSingleton<IPaymentGateway>(gateway);
        var direct = Keep(services.BuildServiceProvider());
        await direct.GetRequiredService<DatabaseClock>().CalibrateAsync(cancellationToken);
        Services = direct;
        return new DirectShop(direct, gateway);
    }

    private static Dictionary<string, string> SettingsOf(string connectionString, string apiUrl) => new()
    {
        ["ENVIRONMENT"] = "DEV",
        ["POSTGRES_CONNECTION"] = connectionString,
        ["JWT_SECRET_KEY"] = JwtSecret,
        ["RAZORPAY_API_URL"] = apiUrl,
        ["RAZORPAY_KEY_ID"] = Sandbox.KeyId,
        ["RAZORPAY_KEY_SECRET"] = Sandbox.KeySecret,
        ["RAZORPAY_WEBHOOK_SECRET"] = Sandbox.WebhookSecret,
        ["RATE_LIMITS_ENABLED"] = "false",
        ["TICKET_SIGNING_KEY"] = SigningKey(),
    };

    private static string SigningKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
    }

    private static string Token(long id, DateTime now) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                ["sub"] = id.ToString(),
                ["username"] = $"load{id}",
                ["email"] = $"load{id}@example.in",
                ["role"] = "user",
                ["jti"] = Guid.NewGuid().ToString(),
            },
            IssuedAt = now,
            Expires = now.AddDays(7),
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(JwtSecret)), SecurityAlgorithms.HmacSha256),
        });

    private T Keep<T>(T thing)
        where T : IAsyncDisposable
    {
        started.Push(thing);
        return thing;
    }
}

/// <summary>What a run leaves behind.</summary>
internal sealed record Aftermath((double Megabytes, TimeSpan Cpu)[] Apps, Finding[] Findings, TimeSpan Took)
{
    /// <summary>Looks at everything that must hold, and at the clock.</summary>
    public static async Task<Aftermath> OfAsync(
        ScratchDatabase database, TimeProvider clock, (double Megabytes, TimeSpan Cpu)[] apps, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        return new Aftermath(apps, await database.CheckAsync(clock, cancellationToken), Stopwatch.GetElapsedTime(since));
    }
}
