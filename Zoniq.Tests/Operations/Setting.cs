namespace Zoniq.Tests.Operations;

/// <summary>A setting of the app, as it is explained to whoever runs it. What the code says of it (default, range, need) is read from the code.</summary>
/// <param name="Section">What it is about.</param>
/// <param name="Key">The environment variable.</param>
/// <param name="Meaning">For an operator; what follows from it.</param>
/// <param name="IsSecret">It opens something: it belongs into a vault.</param>
public sealed record Setting(string Section, string Key, string Meaning, bool IsSecret = false)
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("Where it runs", "ENVIRONMENT", "`DEV` (when it is not set), `STAGE` or `PROD`. With `PROD` every setting that production needs must be there, with a value of its own, or the app does not start and says which one it is."),
        new("Where it runs", "FRONTEND_URL", "The web site's address. Links in mails and calendars lead there."),
        new("Where it runs", "ALLOWED_ORIGINS", "From which web sites browsers may call, separated by commas. In Azure the platform answers for it: `infra/` gives the same list to the function app and to SignalR."),
        new("Where it runs", "DEFAULT_TIME_ZONE", "The IANA zone of dates that belong to no event."),
        new("Where it runs", "TRUSTED_PROXY_HOPS", "How many proxies of ours stand in front and add the address they saw to `X-Forwarded-For`. Too many, and callers can invent theirs."),
        new("Where it runs", "RATE_LIMITS_ENABLED", "`false` switches every limit on attempts off: for load tests only."),

        new("PostgreSQL", "POSTGRES_CONNECTION", "The whole connection string, as Npgsql reads it; it wins over the parts. For a server elsewhere it says `SSL Mode=VerifyFull`, and `Maximum Pool Size` (40 when it says nothing) times the number of instances must fit (docs/operations.md).", IsSecret: true),
        new("PostgreSQL", "POSTGRES_HOST", "Or its parts."),
        new("PostgreSQL", "POSTGRES_PORT", "6432 where a pooler stands in front."),
        new("PostgreSQL", "POSTGRES_DB", "The database."),
        new("PostgreSQL", "POSTGRES_USERNAME", "It owns the database, because it migrates it."),
        new("PostgreSQL", "POSTGRES_PASSWORD", "Production needs it unless `POSTGRES_CONNECTION` is set.", IsSecret: true),

        new("Signing in", "JWT_SECRET_KEY", "Signs the tokens: 32 bytes or more. With a new one everybody signs in again, unless the old one is still believed.", IsSecret: true),
        new("Signing in", "JWT_SECRET_KEY_PREVIOUS", "Believed as well while the key is being changed, and never signed with: 32 bytes or more.", IsSecret: true),
        new("Signing in", "JWT_MIN", "A token lives for the product of the three, in minutes: a week unless told otherwise."),
        new("Signing in", "JWT_HOUR", "The second factor."),
        new("Signing in", "JWT_DAY", "The third factor."),
        new("Signing in", "OTP_HASH_KEY", "Hashes codes before they are stored: 32 bytes or more. Derived from `JWT_SECRET_KEY` when it is not set, so that codes under way end when that one changes and its previous value is not believed any more.", IsSecret: true),
        new("Signing in", "ADMIN_EMAIL", "The first administrator: made at a start at which there is none. Production does not start without one."),
        new("Signing in", "ADMIN_USERNAME", "The same."),
        new("Signing in", "ADMIN_PASSWORD", "The same. It can be changed in the app afterwards and is not read again.", IsSecret: true),

        new("Telemetry", "APPLICATIONINSIGHTS_CONNECTION_STRING", "Where traces, metrics and logs go in Azure."),
        new("Telemetry", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "`ClientId=…;Authorization=AAD` when they are taken from the app's identity only."),
        new("Telemetry", "OTEL_EXPORTER_OTLP_ENDPOINT", "Any collector that speaks OTLP, `http://localhost:4317`; the other `OTEL_EXPORTER_OTLP_…` variables count too."),
        new("Telemetry", "TELEMETRY_CONSOLE", "`true` writes all of it to the console: to look at, not to keep."),
        new("Telemetry", "TELEMETRY_READS_PERCENT", "Of public reading, so many in a hundred are traced. Everything else is, always: holds, bookings and money."),

        new("Buying", "SEAT_LOCK_MINUTES", "How long a place is held in a cart. No longer than the cart lives."),
        new("Buying", "CART_MINUTES", "How long a cart lives after the last thing put into it."),
        new("Buying", "BOOKING_PAYMENT_MINUTES", "How long a booking waits for its payment."),

        new("Razorpay", "RAZORPAY_KEY_ID", "The key's name. Browsers get it.", IsSecret: true),
        new("Razorpay", "RAZORPAY_KEY_SECRET", "The key.", IsSecret: true),
        new("Razorpay", "RAZORPAY_WEBHOOK_SECRET", "Proves that a webhook is theirs: chosen in their dashboard beside the address `…/api/payments/webhook`.", IsSecret: true),
        new("Razorpay", "RAZORPAY_WEBHOOK_SECRET_PREVIOUS", "Believed as well, while the secret is being changed.", IsSecret: true),
        new("Razorpay", "RAZORPAY_API_URL", "Where their API is; elsewhere, a sandbox. In production https only."),

        new("Mail and SMS", "SMTP_HOST", "The mail server."),
        new("Mail and SMS", "SMTP_PORT", "Its port."),
        new("Mail and SMS", "SMTP_USERNAME", "When it wants to know who sends."),
        new("Mail and SMS", "SMTP_PASSWORD", "The same.", IsSecret: true),
        new("Mail and SMS", "SMTP_USE_TLS", "`false` sends mails and password in clear: for a mail catcher beside the app only."),
        new("Mail and SMS", "SMTP_TLS_ON_CONNECT", "`true` speaks in secret from the first byte on, rather than after STARTTLS. So by default on port 465."),
        new("Mail and SMS", "FROM_EMAIL", "Who mails come from."),
        new("Mail and SMS", "FROM_NAME", "The name beside it."),
        new("Mail and SMS", "MSG91_AUTH_KEY", "The account at MSG91, which sends codes to phones. Without it phones are not verified: 503 in production.", IsSecret: true),
        new("Mail and SMS", "MSG91_OTP_TEMPLATE_ID", "The template with the code. Needed with the key."),
        new("Mail and SMS", "MSG91_API_URL", "Where their API is. In production https only."),

        new("Tickets", "TICKET_SIGNING_KEY", "Signs the tickets: an EC P-256 private key, as PEM (a backslash and an n stand for a line break) or base64 PKCS#8. Outside production one is made up when it is missing, and gone with the process.", IsSecret: true),
        new("Tickets", "TICKET_SIGNING_KEYS_OLD", "Public keys whose tickets are still good, as PEM blocks or base64 SPKI separated by commas. They keep tickets alive that were sold before the key changed.", IsSecret: true),

        new("What the platform works with", "AzureWebJobsStorage", "The host's storage account: timers' locks. In Azure there is no key to it: `AzureWebJobsStorage__accountName`, `__credential` and `__clientId` stand in its place.", IsSecret: true),
        new("What the platform works with", "AzureSignalRConnectionString", "SignalR Service, serverless, hub `zoniq`. In Azure it names an identity and holds no key.", IsSecret: true),
        new("What the platform works with", "BLOB_CONNECTION", "Where uploaded pictures go: a connection string, or the account's address, which is then reached as the app's identity. The host's storage when it is not set.", IsSecret: true),
        new("What the platform works with", "BLOB_CONTAINER", "The container: `uploads` when it is not set."),
        new("What the platform works with", "BLOB_PUBLIC_URL", "Where browsers find them: the account's own address, or a CDN in front of it."),
    ];
}
