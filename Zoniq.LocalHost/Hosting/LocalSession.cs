using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Zoniq.Domain;
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

    public LaptopEnvironment Prepare(LocalArguments arguments, Microsoft.Extensions.Configuration.IConfiguration configuration) =>
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
        AppDomain.CurrentDomain.UnhandledException += (_, failure) => session.Fail(failure.ExceptionObject);
        return session;
    }

    /// <summary>A wrong setting is a message for the person who set it, not a crash.</summary>
    private void Fail(object failure)
    {
        CloseAsync().AsTask().GetAwaiter().GetResult();
        if (failure is SettingsException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            Environment.Exit(1);
        }
    }
}
