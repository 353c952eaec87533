using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Zoniq.LocalHost.Development;

namespace Zoniq.LocalHost.Hosting;

/// <summary>One run of an app: which one, with what settings, and what was put in place for it.</summary>
internal sealed class LocalSession
{
    private static readonly AsyncLocal<LocalSession?> Ambient = new();

    private LaptopEnvironment? environment;

    /// <summary>The assembly whose functions are hosted.</summary>
    public required Assembly App { get; init; }

    /// <summary>The classes to look for functions in, when not all of the assembly's.</summary>
    public IReadOnlyList<Type>? FunctionClasses { get; init; }

    /// <summary>They win over everything else.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether it is the process's own app rather than one of several inside a process.</summary>
    public bool OwnsProcess { get; init; }

    /// <summary>Functions alone need no database, mails or gateway.</summary>
    public bool FunctionsAlone { get; init; }

    /// <summary>Completes when the app listens.</summary>
    public TaskCompletionSource<WebApplication> Listening { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The run this flow of control belongs to: the process's own unless <see cref="Enter"/> was called.</summary>
    public static LocalSession Current() => Ambient.Value ?? OfProcess();

    public void Enter() => Ambient.Value = this;

    /// <summary>Whether the code that asks runs for this app.</summary>
    public bool IsCurrent => Ambient.Value == this;

    public LaptopEnvironment Prepare(LocalArguments arguments, IConfiguration configuration) =>
        environment = FunctionsAlone
            ? new LaptopEnvironment { Port = arguments.Port }
            : LaptopSetup.PrepareAsync(arguments, configuration, CancellationToken.None).GetAwaiter().GetResult();

    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref environment, null) is { } prepared)
        {
            await prepared.DisposeAsync();
        }
    }

    private static LocalSession OfProcess()
    {
        var session = new LocalSession { App = Assembly.GetEntryAssembly()!, OwnsProcess = true };

        // However the process ends, what was started for it ends too; when the host has run, this was done already.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => session.Close();
        AppDomain.CurrentDomain.UnhandledException += (_, _) => session.Close();
        return session;
    }

    private void Close() => CloseAsync().AsTask().GetAwaiter().GetResult();
}
