using MimeKit;

namespace Zoniq.Domain.Notifications;

/// <summary>What carries a finished mail away.</summary>
public interface IMailTransport
{
    /// <summary>Returns when the mail has been taken over. Several may be under way at once.</summary>
    /// <exception cref="MailServerUnavailableException">No mail can be sent at present; this one is as good as untried.</exception>
    Task SendAsync(MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>No mail can be sent at present, whatever it is. The message says why, and names nobody.</summary>
public sealed class MailServerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Where there is no mail server: mails wait in the outbox until there is.</summary>
public sealed class NoMailTransport : IMailTransport
{
    public Task SendAsync(MimeMessage message, CancellationToken cancellationToken) =>
        throw new MailServerUnavailableException("SMTP_HOST is not set.");
}
