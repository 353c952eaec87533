namespace Zoniq.Domain.Notifications;

/// <summary>Who Zoniq's mails come from, where their links lead, and which server takes them.</summary>
public sealed record MailOptions
{
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

    public static MailOptions From(Settings settings) => new()
    {
        FromEmail = settings.RequiredInProduction("FROM_EMAIL") ?? "no-reply@zoniq.example",
        FromName = settings.Text("FROM_NAME") ?? "ZONIQ",
        FrontendUrl = (settings.RequiredInProduction("FRONTEND_URL") ?? "http://localhost:3000").TrimEnd('/'),
        TimeZone = settings.DefaultTimeZone(),
        Host = settings.RequiredInProduction("SMTP_HOST"),
        Port = settings.Number("SMTP_PORT", 587, 1, 65535),
        Username = settings.Text("SMTP_USERNAME"),
        Password = settings.Text("SMTP_PASSWORD"),
        UseTls = settings.Flag("SMTP_USE_TLS", true),
    };
}
