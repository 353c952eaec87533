namespace Zoniq.Domain.Tickets;

/// <summary>What the business promises about tickets that are passed on.</summary>
public static class TransferPolicy
{
    /// <summary>An offer lives this long, and never beyond the event's start.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);
}
