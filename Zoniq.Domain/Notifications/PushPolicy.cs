namespace Zoniq.Domain.Notifications;

/// <summary>How long telling an open page is worth it.</summary>
public static class PushPolicy
{
    /// <summary>Pushes taken at once, in a second.</summary>
    public const int Batch = 2_000;

    /// <summary>Whoever has not been told by now has looked for themselves.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
}
