using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;
using Zoniq.LocalHost;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests;

/// <summary>
/// The whole app in this process, on a port and a database of its own, with the payment sandbox and a real mail server
/// beside it, and no timers but those a test runs. One per test class; <see cref="StartAnother"/> adds an instance on the same database.
/// </summary>
public class ZoniqApp : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>Signs the tokens of test people.</summary>
    public const string JwtSecret = "a secret for tests only, long enough for HS256";

    private readonly ZoniqApp? first;
    private readonly Dictionary<string, string?> overrides = [];
    private readonly ConcurrentDictionary<ZoniqApp, byte> instances = [];
    private readonly LogCapture logs = new();
    private readonly Lazy<Task<OpenApiContract?>> openApi;
    private SmtpInbox? ownInbox;
    private PaymentProvider? ownProvider;
    private LocalApp? app;
    private HttpClient? http;
    private NpgsqlDataSource? database;
    private (Person Person, DateTimeOffset Since)? administrator;
    private int people;

    public ZoniqApp() => openApi = new(ReadOpenApi);

    private ZoniqApp(ZoniqApp first, IEnumerable<(string Name, string? Value)> settings)
        : this()
    {
        this.first = first;
        ConnectionString = first.ConnectionString;
        overrides = new(first.overrides);
        foreach (var (name, value) in settings)
        {
            overrides[name] = value;
        }
    }

    /// <summary>The database of this class.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Where its mails arrive.</summary>
    public SmtpInbox Inbox => first?.Inbox ?? ownInbox ?? throw NotStarted();

    /// <summary>The payment provider: what it was told, what it does wrong, whether it sends webhooks.</summary>
    public RazorpaySandbox Razorpay => Provider.Sandbox;

    /// <summary>The app's own services, to call the domain without HTTP.</summary>
    public IServiceProvider Services => App.Services;

    public Uri BaseAddress => App.BaseAddress;

    /// <summary>The app's time.</summary>
    public DateTimeOffset Now => Services.GetRequiredService<TimeProvider>().GetUtcNow();

    /// <summary>Warnings and errors the app logged.</summary>
    public IReadOnlyList<LogLine> Logs => logs.Lines;

    /// <summary>Somebody without a token.</summary>
    public Conversation Nobody => new(this, token: null);

    /// <summary>Connections to it are pooled and not limited.</summary>
    internal HttpClient Http => http ?? throw NotStarted();

    private PaymentProvider Provider => first?.Provider ?? ownProvider ?? throw NotStarted();

    private LocalApp App => app ?? throw NotStarted();

    private NpgsqlDataSource Source => first?.Source ?? database ?? throw NotStarted();

    public virtual async Task InitializeAsync()
    {
        var server = await PostgresServer.GetAsync();
        ConnectionString = await server.CreateDatabaseAsync();
        database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 5, ApplicationName = "the test itself" });
        ownInbox = new SmtpInbox();
        ownProvider = await PaymentProvider.StartAsync(() => app is null ? null : new Uri(app.BaseAddress, "/api/payments/webhook"), new ClockOf(this));
        await StartAsync();
    }

    /// <summary>Another instance on the same database, with the same mail server; settings given here win.</summary>
    public async Task<ZoniqApp> StartAnother(params (string Name, string? Value)[] settings)
    {
        var another = new ZoniqApp(Root, settings);
        await another.StartAsync();
        Root.instances.TryAdd(another, 0);
        return another;
    }

    /// <summary>Moves the app's clock forward, in every instance on this database.</summary>
    public async Task Advance(TimeSpan by)
    {
        var instances = Root.instances.Keys.Append(Root).ToArray();
        var goals = instances.Select(instance => instance.Now + by).ToArray();
        (await Nobody.Post("/dev/clock", new { advance = by.ToString("c") })).Succeeded();

        // The others follow as soon as they are told.
        for (var told = Stopwatch.StartNew(); instances.Zip(goals).Any(instance => instance.First.Now < instance.Second);)
        {
            Assert.True(told.Elapsed < TimeSpan.FromSeconds(10), "An instance did not follow the clock.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    /// <summary>Runs a timer's function once, now.</summary>
    public async Task<Answer> RunTimer(string function) => (await Nobody.Post($"/dev/timers/{function}")).Succeeded();

    /// <summary>What is wrong with stock or money; empty when all is well.</summary>
    public async Task<IReadOnlyList<Finding>> Invariants() =>
        await Services.GetRequiredService<InvariantChecker>().CheckAsync(CancellationToken.None);

    /// <summary>The SQL statements the app sends while something is done.</summary>
    public async Task<IReadOnlyList<string>> StatementsOf(Func<Task> action) => [.. (await CommandsOf(action)).SelectMany(StatementCounter.StatementsOf)];

    /// <summary>The same as they are sent, several in one round trip where it is so.</summary>
    public async Task<IReadOnlyList<string>> CommandsOf(Func<Task> action)
    {
        using var counter = new StatementCounter(new NpgsqlConnectionStringBuilder(ConnectionString).Database!);
        await action();
        return counter.Commands;
    }

    /// <summary>Their number.</summary>
    public async Task<int> CountStatements(Func<Task> action) => (await StatementsOf(action)).Count;

    /// <summary>Looks into the database, past the app.</summary>
    public async Task<T[]> Rows<T>(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return [.. await connection.QueryAsync<T>(sql, parameters)];
    }

    /// <summary>One value from the database, past the app.</summary>
    public async Task<T> Value<T>(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    /// <summary>Changes the database, past the app.</summary>
    public async Task<int> Execute(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>
    /// Locks rows, starts things one after the other, each when all before it wait for a lock, and lets go: they follow each other in this order,
    /// and each has looked at the rows before the one ahead of it changed them.
    /// </summary>
    /// <param name="locked">A statement that locks what the first of them needs.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="things">What is started.</param>
    /// <param name="meanwhile">What happens while they wait.</param>
    public async Task<Answer[]> InTurn(string locked, object parameters, Func<Task<Answer>>[] things, Func<Task>? meanwhile = null)
    {
        await using var busy = await InTheMiddle.Of(this, locked, parameters);
        var answers = new List<Task<Answer>>();
        foreach (var thing in things)
        {
            answers.Add(thing());
            await busy.IsWaitedFor(answers.Count);
        }

        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await busy.Commits();
        return await Task.WhenAll(answers);
    }

    /// <summary>Somebody who signs in as people do: asks for a code, reads the mail, types the code.</summary>
    public async Task<Person> SignIn(string email)
    {
        var before = Inbox.MailsTo(email).Count;
        (await Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded();
        var code = await Inbox.ExpectCode(email, before);
        return Person.From(this, (await Nobody.Post("/api/auth/email-otp/verify", new { email, code })).Succeeded());
    }

    /// <summary>Somebody with a verified account, already signed in.</summary>
    public async Task<Person> NewBuyer(string? email = null) =>
        email is null ? (await NewBuyers(1))[0] : (await Person.CreateAsync(this, [email], "user"))[0];

    /// <summary>The same, in one statement for any number.</summary>
    public Task<Person[]> NewBuyers(int count)
    {
        var last = Interlocked.Add(ref Root.people, count);
        return Person.CreateAsync(this, [.. Enumerable.Range(last - count + 1, count).Select(number => $"buyer{number}@example.in")], "user");
    }

    /// <summary>Somebody who may administer; another one when the clock was moved so far that the first would have to sign in again.</summary>
    public async Task<Person> Administrator()
    {
        if (administrator is null || Now - administrator.Value.Since > TimeSpan.FromDays(6))
        {
            administrator = ((await Person.CreateAsync(this, [$"admin{Interlocked.Increment(ref Root.people)}@example.in"], "admin"))[0], Now);
        }

        return administrator.Value.Person;
    }

    /// <summary>The same person, talking to this instance.</summary>
    public Person AsSeenBy(Person person) => person.At(this);

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        Root.instances.TryRemove(this, out _);
        http?.Dispose();
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        if (first is null)
        {
            await StopOwnAsync();
        }

        GC.SuppressFinalize(this);
    }

    internal Task<OpenApiContract?> OpenApi() => Root.openApi.Value;

    internal string LastLogs() => string.Join('\n', Logs.TakeLast(5).Select(line => $"{line.Level} {line.Text} {line.Exception}"));

    /// <summary>Settings that a class needs to be different.</summary>
    protected virtual void Configure(IDictionary<string, string?> settings)
    {
    }

    private ZoniqApp Root => first ?? this;

    /// <summary>What an instance of this app is started with, also one in a process of its own.</summary>
    internal Dictionary<string, string?> InstanceSettings()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ENVIRONMENT"] = "DEV",
            ["POSTGRES_CONNECTION"] = ConnectionString,
            ["JWT_SECRET_KEY"] = JwtSecret,
            ["RAZORPAY_API_URL"] = Provider.ApiUrl.AbsoluteUri,
            ["RAZORPAY_KEY_ID"] = PaymentProvider.KeyId,
            ["RAZORPAY_KEY_SECRET"] = PaymentProvider.KeySecret,
            ["RAZORPAY_WEBHOOK_SECRET"] = PaymentProvider.WebhookSecret,
            ["SMTP_HOST"] = "127.0.0.1",
            ["SMTP_PORT"] = Inbox.Port.ToString(),
            ["SMTP_USE_TLS"] = "false",
            ["FROM_EMAIL"] = "tickets@zoniq.example",
            ["RATE_LIMITS_ENABLED"] = "false",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        Configure(settings);
        foreach (var (name, value) in overrides)
        {
            settings[name] = value;
        }

        return settings;
    }

    private async Task StartAsync()
    {
        app = await LocalApp.StartAsync(typeof(AllowAttribute).Assembly, InstanceSettings(), "--port", "0", "--no-timers", "--data", Root.DataDirectory);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = app.BaseAddress,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    private string DataDirectory { get; } = Path.Combine(Path.GetTempPath(), $"zoniq-app-{Guid.NewGuid():n}"[..18]);

    private async Task StopOwnAsync()
    {
        if (ownProvider is not null)
        {
            await ownProvider.DisposeAsync();
        }

        if (ownInbox is not null)
        {
            await ownInbox.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
            await (await PostgresServer.GetAsync()).DropDatabaseAsync(ConnectionString);
        }

        if (Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private async Task<OpenApiContract?> ReadOpenApi()
    {
        using var response = await Http.GetAsync(new Uri("/api/openapi.json", UriKind.Relative));
        return response.IsSuccessStatusCode
            ? new OpenApiContract(System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement)
            : null;
    }

    private static InvalidOperationException NotStarted() => new("The app has not been started.");

    /// <summary>The provider lives in the app's time, as far as there is an app.</summary>
    private sealed class ClockOf(ZoniqApp app) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => app.app is null ? base.GetUtcNow() : app.Now;
    }
}
