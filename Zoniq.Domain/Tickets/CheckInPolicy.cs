namespace Zoniq.Domain.Tickets;

/// <summary>What the gates may do.</summary>
public static class CheckInPolicy
{
    /// <summary>Scans in one upload.</summary>
    public const int ScansAtOnce = 500;

    /// <summary>
    /// Ticket numbers that do not exist, typed by one account within <see cref="NumberWindow"/>. Only what is wrong is counted, so no gate is too fast
    /// for it, and nobody finds out numbers by trying.
    /// </summary>
    public const int WrongNumbers = 60;

    public static readonly TimeSpan NumberWindow = TimeSpan.FromMinutes(1);
}
