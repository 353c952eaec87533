using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Catalogue;

namespace Zoniq.Functions.Timers;

public sealed class PopularityTimer(EventPopularity popularity)
{
    /// <summary>Counts what is popular. Lists by popularity are as old as this.</summary>
    [Function("Popularity")]
    public Task Run([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        popularity.Count(cancellationToken);
}
