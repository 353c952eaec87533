using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Zoniq.Domain.Notifications;

/// <summary>Mail: the outbox and what empties it.</summary>
public static class NotificationsSetup
{
    public static void AddNotifications(this IServiceCollection services, Settings settings)
    {
        var options = MailOptions.From(settings);
        services.AddSingleton(options);

        if (options.Host is null)
        {
            services.TryAddSingleton<IMailTransport, NoMailTransport>();
        }
    }
}
