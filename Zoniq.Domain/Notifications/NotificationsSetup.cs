using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Notifications;

/// <summary>Mail: the outbox, what empties it, and what people want of it; pushes to open pages; and SMS.</summary>
public static class NotificationsSetup
{
    /// <summary>Whoever carries mails or SMS in another way registers an <see cref="IMailTransport"/> or an <see cref="ISmsSender"/> afterwards.</summary>
    public static void AddNotifications(this IServiceCollection services, Settings settings)
    {
        var options = MailOptions.From(settings);
        services.AddSingleton(options);
        services.AddSingleton<MailComposer>();
        services.AddSingleton<MailSender>();
        services.AddSingleton<NotificationPreferenceService>();
        services.AddSingleton<PushOutbox>();

        if (options.Host is null)
        {
            services.AddSingleton<IMailTransport, NoMailTransport>();
        }
        else
        {
            services.AddSingleton<IMailTransport, SmtpMailTransport>();
        }

        services.AddSms(settings);
    }
}
