namespace Zoniq.Domain.Notifications;

/// <summary>How patiently mails are delivered.</summary>
public static class MailPolicy
{
    /// <summary>Who takes a mail has this long to deliver it before another may try.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>No single delivery takes longer; a batch of them fits into <see cref="Lease"/>.</summary>
    public static readonly TimeSpan LongestDelivery = TimeSpan.FromSeconds(30);

    /// <summary>A tick takes no new batch after this time.</summary>
    public static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(25);

    /// <summary>A mail that could not be delivered for this long is given up.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    /// <summary>Mails taken at once.</summary>
    public const int Batch = 20;

    /// <summary>Mails on their way to the server at once.</summary>
    public const int Lanes = 4;

    /// <summary>Mails that wait to be sent at once, before the timer comes; more are left to it.</summary>
    public const int LongestLine = 500;

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(2),
    ];

    /// <summary>How long to wait after so many failed attempts (1 or more).</summary>
    public static TimeSpan PauseAfter(int attempts) => Pauses[Math.Min(attempts, Pauses.Length) - 1];
}
