namespace Zoniq.Domain.Queueing;

/// <summary>Refusals of the waiting room.</summary>
public static class QueueProblems
{
    public static readonly Problem NotEnabled = new("queue.not_enabled", ProblemKind.Conflict, "This event has no queue.");

    public static readonly Problem Closed = new("queue.closed", ProblemKind.Conflict, "The queue takes nobody in any more.");

    public static readonly Problem NotInQueue = new("queue.not_in_queue", ProblemKind.NotFound, "You are not in this queue.");
}
