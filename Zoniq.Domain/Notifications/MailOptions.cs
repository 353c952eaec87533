namespace Zoniq.Domain.Notifications;

/// <summary>Who Zoniq's mails come from, where their links lead, and which server takes them.</summary>
public sealed record MailOptions
{
    /// <summary>The port of servers that speak in secret from the first byte on (RFC 8314).</summary>
    private const int SecretFromTheStart = 465;

    public required string FromEmail { get; init; }

    public required string FromName { get; init; }

    /// <summary>The website's address, without a slash at its end.</summary>
    public required string FrontendUrl { get; init; }

    /// <summary>In which times are written that belong to no event.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Null when there is no mail server.</summary>
    public string? Host { get; init; }

    public int Port { get; init; } = 587;

    public string? Username { get; init; }

    public string? Password { get; init; }

    public bool UseTls { get; init; } = true;

    /// <summary>Secret from the first byte on, as on port 465, rather than after STARTTLS.</summary>
    public bool UseTlsOnConnect { get; init; }

    public static MailOptions From(Settings settings)
    {
        var port = settings.Number("SMTP_PORT", 587, 1, 65535);
        return new MailOptions
        {
            FromEmail = settings.RequiredInProduction("FROM_EMAIL") ?? "no-reply@zoniq.example",
            FromName = settings.Text("FROM_NAME") ?? "ZONIQ",
            FrontendUrl = (settings.RequiredInProduction("FRONTEND_URL") ?? "http://localhost:3000").TrimEnd('/'),
            TimeZone = settings.DefaultTimeZone(),
            Host = settings.RequiredInProduction("SMTP_HOST"),
            Port = port,
            Username = settings.Text("SMTP_USERNAME"),
            Password = settings.Text("SMTP_PASSWORD"),
            UseTls = settings.Flag("SMTP_USE_TLS", true),
            UseTlsOnConnect = settings.Flag("SMTP_TLS_ON_CONNECT", port == SecretFromTheStart),
        };
    }
}
