using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Notifications;

namespace Zoniq.Functions.Timers;

public sealed class MailOutboxTimer(MailSender mails)
{
    /// <summary>Sends the mails that are due.</summary>
    [Function("MailOutbox")]
    public Task Run([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        mails.SendDueAsync(cancellationToken);
}
