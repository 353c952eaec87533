namespace Zoniq.Domain.Payments.Gateway;

/// <summary>How to reach the payment provider, and the secrets shared with it.</summary>
public sealed record RazorpayOptions
{
    /// <summary>Public: browsers get it.</summary>
    public string? KeyId { get; init; }

    public string? KeySecret { get; init; }

    /// <summary>Without it no webhook can be believed.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary>Still believed while the secret is being changed.</summary>
    public string? WebhookSecretPrevious { get; init; }

    public Uri ApiUrl { get; init; } = new("https://api.razorpay.com/v1");

    /// <summary>Whether the provider can be called at all.</summary>
    public bool IsConfigured => KeyId is not null && KeySecret is not null;

    /// <summary>Reads the RAZORPAY_ settings; production does not start without them.</summary>
    public static RazorpayOptions From(Settings settings) => new()
    {
        KeyId = settings.RequiredInProduction("RAZORPAY_KEY_ID"),
        KeySecret = settings.RequiredInProduction("RAZORPAY_KEY_SECRET"),
        WebhookSecret = settings.RequiredInProduction("RAZORPAY_WEBHOOK_SECRET"),
        WebhookSecretPrevious = settings.Text("RAZORPAY_WEBHOOK_SECRET_PREVIOUS"),
        ApiUrl = ReadUrl(settings),
    };

    private static Uri ReadUrl(Settings settings)
    {
        var text = settings.Text("RAZORPAY_API_URL") ?? "https://api.razorpay.com/v1";

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && !settings.IsProduction))
            ? url
            : throw new SettingsException("RAZORPAY_API_URL must be an https address.");
    }
}
