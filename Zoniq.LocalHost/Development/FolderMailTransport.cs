using MimeKit;
using Zoniq.Domain.Notifications;

namespace Zoniq.LocalHost.Development;

/// <summary>Puts mails into a folder, where a person can read them.</summary>
internal sealed class FolderMailTransport(MailFolder folder, TimeProvider clock) : IMailTransport
{
    public Task SendAsync(MimeMessage message, CancellationToken cancellationToken) =>
        folder.KeepAsync(message, clock.GetUtcNow(), cancellationToken);
}
