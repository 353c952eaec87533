namespace Zoniq.Domain.Tickets;

/// <summary>When people are reminded of what they have tickets for.</summary>
public static class ReminderPolicy
{
    /// <summary>So long before an event its holders are reminded.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromHours(24);

    /// <summary>Nearer to the event nobody is: whoever gets a ticket then, or a mail that late, is on the way.</summary>
    public static readonly TimeSpan Latest = TimeSpan.FromHours(2);

    /// <summary>
    /// An event that is put off by as much is one to be reminded of anew. By less, it is still the day somebody was reminded of, and the mail about the change
    /// has told them the hour; brought forward, there was no reminder yet, or it is too late for another.
    /// </summary>
    public static readonly TimeSpan AnotherDay = TimeSpan.FromHours(24);
}
