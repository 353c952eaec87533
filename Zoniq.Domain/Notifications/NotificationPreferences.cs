namespace Zoniq.Domain.Notifications;

/// <summary>Which mails somebody wants.</summary>
public sealed record NotificationPreferences
{
    public bool EmailBookingConfirmation { get; init; }

    public bool EmailPaymentUpdates { get; init; }

    /// <summary>The tickets themselves, attached to the confirmation.</summary>
    public bool EmailTicketDelivery { get; init; }

    public bool EmailEventReminders { get; init; }

    public bool EmailEventUpdates { get; init; }

    public bool EmailTransferNotifications { get; init; }

    public bool EmailMarketing { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>What is absent or null stays as it is.</summary>
public sealed record ChangeNotificationPreferences : Patch
{
    public bool? EmailBookingConfirmation { get; init; }

    public bool? EmailPaymentUpdates { get; init; }

    public bool? EmailTicketDelivery { get; init; }

    public bool? EmailEventReminders { get; init; }

    public bool? EmailEventUpdates { get; init; }

    public bool? EmailTransferNotifications { get; init; }

    public bool? EmailMarketing { get; init; }
}
