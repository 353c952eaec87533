using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.LocalHost;

/// <summary>The whole app running inside this process, started through its own entry point.</summary>
public sealed class LocalApp : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Task run;

    private LocalApp(WebApplication app, Task run)
    {
        this.app = app;
        this.run = run;
        BaseAddress = new Uri(app.Urls.First());
        Functions = app.Services.GetRequiredService<IReadOnlyList<FunctionDescriptor>>();
    }

    /// <summary>Where it listens.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The app's own services.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Every function the host discovered.</summary>
    public IReadOnlyList<FunctionDescriptor> Functions { get; }

    /// <summary>Returns when the app listens; what stops it from starting is thrown.</summary>
    /// <param name="app">The assembly with the entry point and the functions.</param>
    /// <param name="settings">They win over environment variables.</param>
    /// <param name="args">What would stand after <c>dotnet run --</c>.</param>
    public static Task<LocalApp> StartAsync(Assembly app, IReadOnlyDictionary<string, string?> settings, params string[] args) =>
        StartAsync(new LocalSession { App = app, Settings = settings }, Main(app), args);

    /// <summary>The same with another entry point, for functions that need neither a database nor a laptop.</summary>
    internal static Task<LocalApp> StartAloneAsync(IReadOnlyList<Type> functions, Action<string[]> main, IReadOnlyDictionary<string, string?> settings, params string[] args) =>
        StartAsync(new LocalSession { App = functions[0].Assembly, FunctionClasses = functions, Settings = settings, FunctionsAlone = true }, main, args);

    /// <summary>Requests in flight are finished, timers stopped, and the entry point has returned.</summary>
    public async ValueTask DisposeAsync()
    {
        app.Lifetime.StopApplication();
        await run;
    }

    private static async Task<LocalApp> StartAsync(LocalSession session, Action<string[]> main, string[] args)
    {
        // An entry point may tell a wrong setting to the person at the keyboard and simply return; here it is still thrown.
        SettingsException? wrong = null;
        void Notice(object? sender, FirstChanceExceptionEventArgs thrown) =>
            wrong = thrown.Exception is SettingsException setting && session.IsCurrent ? setting : wrong;

        AppDomain.CurrentDomain.FirstChanceException += Notice;
        try
        {
            var run = Run(session, main, args);
            if (await Task.WhenAny(session.Listening.Task, run) == run)
            {
                await session.CloseAsync();
                await run;
                throw wrong ?? (Exception)new InvalidOperationException("The app ended before it listened.");
            }

            return new LocalApp(await session.Listening.Task, run);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Notice;
        }
    }

    /// <summary>On a thread of its own: an entry point returns when the app ends.</summary>
    private static Task Run(LocalSession session, Action<string[]> main, string[] args) =>
        Task.Factory.StartNew(
            () =>
            {
                session.Enter();
                main(args);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private static Action<string[]> Main(Assembly app)
    {
        var main = app.EntryPoint ?? throw new InvalidOperationException($"{app.GetName().Name} has no entry point.");
        return args => main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [args], null);
    }
}
