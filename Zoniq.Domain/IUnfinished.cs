namespace Zoniq.Domain;

/// <summary>An answer that may say: accepted, but not done yet.</summary>
public interface IUnfinished
{
    /// <summary>True while the outcome is still open.</summary>
    bool IsUnfinished { get; }
}
