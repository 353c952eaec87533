using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Notifications;
using Zoniq.LocalHost.Postgres;

namespace Zoniq.LocalHost.Development;

/// <summary>What was put in place for this run. Disposing it, after the app has closed its connections, stops what nobody else uses.</summary>
public sealed class LaptopEnvironment : IAsyncDisposable
{
    /// <summary>Only what was not configured; to be added below the configuration, which wins.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Lines for the person who started it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where to listen; a free port was chosen when 0 was asked for.</summary>
    public int Port { get; init; }

    /// <summary>Nothing is left to run: <c>migrate</c> was asked for and is done.</summary>
    public bool IsFinished { get; init; }

    internal bool HasDatabase { get; init; }

    internal LocalPostgres? Postgres { get; init; }

    /// <summary>Replaces what needs the outside world by its local stand-in, and keeps the clock in step. Called after the app has added its own services.</summary>
    public void AddServices(IServiceCollection services)
    {
        if (!HasDatabase)
        {
            return;
        }

        // Without a mail server the app would keep its mails in the outbox for ever.
        if (services.LastOrDefault(service => service.ServiceType == typeof(IMailTransport))?.ImplementationType == typeof(NoMailTransport))
        {
            services.Replace(ServiceDescriptor.Singleton<IMailTransport, FolderMailTransport>());
        }

        if (services.LastOrDefault(service => service.ServiceType == typeof(ISmsSender))?.ImplementationType == typeof(NoSmsSender))
        {
            services.Replace(ServiceDescriptor.Singleton<ISmsSender, FolderSmsSender>());
        }

        if (services.LastOrDefault(service => service.ServiceType == typeof(IPictureStore))?.ImplementationType == typeof(NoPictureStore))
        {
            services.Replace(ServiceDescriptor.Singleton<IPictureStore, FolderPictureStore>());
        }

        services.AddSingleton<MailFolder>();
        services.AddSingleton<SmsFolder>();
        services.AddSingleton<MovableClock>();
        services.AddHostedService<ClockFollower>();
    }

    public ValueTask DisposeAsync() => Postgres?.DisposeAsync() ?? ValueTask.CompletedTask;
}
