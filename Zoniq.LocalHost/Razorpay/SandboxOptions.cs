using Zoniq.Domain;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>How the sandbox is reached and what it shares with the app.</summary>
public sealed record SandboxOptions
{
    public required string KeyId { get; init; }

    public required string KeySecret { get; init; }

    public required string WebhookSecret { get; init; }

    /// <summary>Where webhooks go; null as long as it is not known.</summary>
    public Func<Uri?> WebhookUrl { get; init; } = static () => null;

    /// <summary>Keeps everything across restarts; without it the sandbox forgets.</summary>
    public string? JournalFile { get; init; }

    /// <summary>How long a late payment is kept back: longer than a booking waits.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(16);

    /// <summary>How long a refund stays pending, in real time.</summary>
    public TimeSpan RefundTakes { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Before a webhook that failed is sent again; doubled each time.</summary>
    public TimeSpan FirstWebhookRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A payment is late when the booking it is for has been given up.</summary>
    public static TimeSpan LongerThanBookingsWait(Settings settings) =>
        TimeSpan.FromMinutes(settings.Number("BOOKING_PAYMENT_MINUTES", 15, 1, 1440) + 1);
}
