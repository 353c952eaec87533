using System.Diagnostics;

namespace Zoniq.Domain.Storage;

/// <summary>What is done for one cause, wherever and whenever: the cause's trace is written beside the work that is left for later, and goes on there.</summary>
public static class Spans
{
    /// <summary>The source's name.</summary>
    public const string Name = "Zoniq";

    /// <summary>Where all spans of the app begin. Nothing is begun while nobody listens.</summary>
    public static readonly ActivitySource Source = new(Name);

    /// <summary>What to write beside work that is left for later: the W3C traceparent; null while nothing is recorded.</summary>
    public static string? Cause => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } current ? current.Id : null;

    /// <summary>Goes on with what was caused elsewhere, and remembers what it was done in the course of.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="kind">How it stands to its cause.</param>
    /// <param name="cause">A traceparent; null when there is none, then it is part of what is being done.</param>
    public static Activity? Continue(string name, ActivityKind kind, string? cause)
    {
        if (!Source.HasListeners() || !ActivityContext.TryParse(cause, null, isRemote: true, out var parent))
        {
            return Source.StartActivity(name, kind);
        }

        var course = Activity.Current?.Context;
        return Source.StartActivity(name, kind, parent, links: course is { } other && other.TraceId != parent.TraceId ? [new ActivityLink(other)] : null);
    }
}
