using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Payments;

namespace Zoniq.Functions.Timers;

public sealed class WebhookInboxTimer(WebhookInbox inbox)
{
    /// <summary>Applies events of the gateway that could not be applied at once.</summary>
    [Function("WebhookInbox")]
    public Task Run([TimerTrigger("*/5 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        inbox.ApplyDue(cancellationToken);
}
