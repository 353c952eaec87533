using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Catalogue;

namespace Zoniq.Functions.Timers;

public sealed class EventCompletionTimer(EventCompletion completion)
{
    /// <summary>Completes published events that are over.</summary>
    [Function("EventCompletion")]
    public Task Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        completion.CompleteEnded(cancellationToken);
}
