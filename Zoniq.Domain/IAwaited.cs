namespace Zoniq.Domain;

/// <summary>An answer that is asked for again and again until it says what the caller waits for.</summary>
public interface IAwaited
{
    /// <summary>When asking again is worth it; null when there is nothing to wait for.</summary>
    TimeSpan? AskAgainIn { get; }
}
