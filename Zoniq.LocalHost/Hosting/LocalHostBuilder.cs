using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zoniq.Domain;
using Zoniq.LocalHost.Development;
using Zoniq.LocalHost.Razorpay;
using Zoniq.LocalHost.Realtime;

namespace Zoniq.LocalHost.Hosting;

/// <summary>Puts the host together around what the app adds.</summary>
internal sealed class LocalHostBuilder
{
    /// <summary>
    /// What the Functions host lets through. Far above the largest body the app takes: the app refuses it in words,
    /// where the server's own limit would cut the connection while the caller is still sending.
    /// </summary>
    private const long LargestBody = 100 * 1024 * 1024;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware = [];
    private readonly LocalSession session;
    private readonly LocalArguments arguments;
    private readonly LaptopEnvironment environment;

    private LocalHostBuilder(LocalSession session, LocalArguments arguments, WebApplicationBuilder web, LaptopEnvironment environment)
    {
        this.session = session;
        this.arguments = arguments;
        this.environment = environment;
        Web = web;
    }

    public WebApplicationBuilder Web { get; }

    /// <summary>What is configured wins over what a laptop is given.</summary>
    public static LocalHostBuilder Create(string[] args)
    {
        var session = LocalSession.Current();
        var arguments = LocalArguments.Parse(args);
        if (!arguments.Migrate)
        {
            RefuseTaken(arguments.Port);
        }

        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = session.App.GetName().Name, EnvironmentName = Environments.Development });
        web.Configuration.AddEnvironmentVariables().AddInMemoryCollection(session.Settings);

        if (arguments.Sandbox)
        {
            SandboxServer.RunAsync(arguments, web.Configuration).GetAwaiter().GetResult();
            Environment.Exit(0);
        }

        var environment = session.Prepare(arguments, web.Configuration);
        ((IConfigurationBuilder)web.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = environment.Settings });

        if (environment.IsFinished)
        {
            Announce(environment.Notes);
            Environment.Exit(0);
        }

        AddLogging(web, session);
        web.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            Listen(kestrel, environment.Port);
        });
        web.Services.AddRouting();
        web.Services.AddCors();
        web.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);

        return new LocalHostBuilder(session, arguments, web, environment);
    }

    public void Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> wrap) => middleware.Add(wrap);

    public IHost Build()
    {
        environment.AddServices(Web.Services);

        var functions = FunctionCatalogue.Discover(session.FunctionClasses ?? session.App.GetTypes(), Web.Configuration);
        var pipeline = Pipeline();
        AddHost(functions, pipeline);

        var app = Web.Build();
        var http = new HttpFunctions(
            new RouteTable(functions.Where(function => function.Descriptor.Kind == FunctionKind.Http), app.Services.GetRequiredService<IInlineConstraintResolver>()),
            pipeline,
            app.Services.GetRequiredService<ISignalRSink>(),
            app.Services.GetRequiredService<ILogger<HttpFunctions>>());

        var clients = app.Services.GetRequiredService<ClientAccess>();

        // Functions first: the host's own pages are looked for only where there is none.
        app.UseCors(AllowOrigins);
        app.Use(next => context => http.HandleAsync(context, next));
        app.Use(next => context => clients.AdmitAsync(context, next));
        app.UseRouting();
        app.UseEndpoints(_ => { });
        app.Run(http.RefuseAsync);
        HubSetup.Map(app);

        if (!session.FunctionsAlone)
        {
            DevPages.Map(app);
            SandboxEndpoints.Map(app);
        }

        return new RunningHost(app, session, () => Announce([.. environment.Notes, $"Zoniq is ready at http://localhost:{new Uri(app.Urls.First()).Port}"]));

        void Announce(IEnumerable<string> lines)
        {
            if (session.OwnsProcess)
            {
                LocalHostBuilder.Announce(lines);
            }
        }
    }

    /// <summary>Said before anything is started.</summary>
    private static void RefuseTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new SettingsException($"Port {port} is in use by something else; choose another one with --port NUMBER.");
        }
    }

    private static void Announce(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.WriteLine(line);
        }
    }

    private static void AddLogging(WebApplicationBuilder web, LocalSession session)
    {
        web.Logging
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .SetMinimumLevel(session.OwnsProcess ? LogLevel.Information : LogLevel.Warning)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddConfiguration(web.Configuration.GetSection("Logging"));
    }

    /// <summary>Only this machine reaches it.</summary>
    private static void Listen(KestrelServerOptions kestrel, int port)
    {
        if (port == 0)
        {
            kestrel.Listen(IPAddress.Loopback, port);
        }
        else
        {
            kestrel.ListenLocalhost(port);
        }
    }

    private void AllowOrigins(CorsPolicyBuilder cors) =>
        cors.WithOrigins((Web.Configuration["ALLOWED_ORIGINS"] ?? "http://localhost:3000,http://localhost:5173").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .AllowAnyHeader()
            .AllowAnyMethod()
            .AllowCredentials()
            .WithExposedHeaders("ETag", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Idempotency-Replayed", "Content-Disposition", "X-Trace-Id", "WWW-Authenticate")
            .SetPreflightMaxAge(TimeSpan.FromHours(1));

    private FunctionExecutionDelegate Pipeline()
    {
        FunctionExecutionDelegate pipeline = context => Invocation.Of(context) is var invocation ? invocation.Function.InvokeAsync(invocation) : Task.CompletedTask;
        for (var at = middleware.Count - 1; at >= 0; at--)
        {
            pipeline = middleware[at](pipeline);
        }

        return pipeline;
    }

    private void AddHost(IReadOnlyList<HostedFunction> functions, FunctionExecutionDelegate pipeline)
    {
        var services = Web.Services;
        services.AddSingleton<IReadOnlyList<FunctionDescriptor>>([.. functions.Select(function => function.Descriptor)]);
        services.AddSingleton<InputConverters>();
        services.AddHub();
        services.AddSingleton(provider => new TimerLocks(provider.GetService<NpgsqlDataSource>(), provider.GetRequiredService<ILogger<TimerLocks>>()));
        services.AddSingleton(provider => new TimerRunner(
            functions,
            pipeline,
            provider.GetRequiredService<TimerLocks>(),
            provider.GetRequiredService<ISignalRSink>(),
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<ILogger<TimerRunner>>()));

        if (arguments.RunTimers)
        {
            services.AddHostedService<TimerService>();
        }

        if (!session.OwnsProcess)
        {
            services.AddSingleton<IHostLifetime, InnerLifetime>();
        }
    }
}
