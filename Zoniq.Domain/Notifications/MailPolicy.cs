namespace Zoniq.Domain.Notifications;

/// <summary>How patiently mails are delivered.</summary>
public static class MailPolicy
{
    /// <summary>How the cause of a mail begins whose recipient is gone: nothing of it is kept once it has left or been given up.</summary>
    public const string Farewell = "farewell:";

    /// <summary>How what is left of the address of somebody who is gone ends. Nothing is ever sent there, and nobody can say that it is theirs.</summary>
    public const string NobodysDomain = "@deleted.invalid";

    /// <summary>Mails taken at once.</summary>
    public const int Batch = 20;

    /// <summary>Mails on their way to the server at once.</summary>
    public const int Lanes = 4;

    /// <summary>No single delivery takes longer. A server may think about a mail before it takes it over: whoever gives up sooner sends it twice.</summary>
    public static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(2);

    /// <summary>Who takes a batch has this long before another may try: as long as all deliveries of a lane can take, and half as much again to write down how they went. Many slow ones to one person may take longer: each asks first whether it is still to be sent.</summary>
    public static readonly TimeSpan Lease = LongestDelivery * ((Batch + Lanes - 1) / Lanes) * 1.5;

    /// <summary>A tick begins no other delivery after this time.</summary>
    public static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(25);

    /// <summary>A mail that could not be delivered for this long is given up.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    /// <summary>Mails that wait to be sent at once, before the timer comes; more are left to it.</summary>
    public const int LongestLine = 500;

    /// <summary>Pauses between tries to write down what became of a mail; together they are a small part of <see cref="Lease"/>.</summary>
    internal static readonly TimeSpan[] WritingPauses = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)];

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
