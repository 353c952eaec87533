using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>
/// What the gateway tells us: verified on the raw bytes, stored in one insert, answered, and applied from the store:
/// at once, and by the timer if that failed.
/// </summary>
public sealed partial class WebhookInbox(
    Database database, TimeProvider clock, RazorpaySignatures signatures, Settlement settlement, ILogger<WebhookInbox> logger)
{
    /// <summary>Events applied in one run.</summary>
    public const int MostAtOnce = 100;

    /// <summary>After so many failures an event is set aside for people to look at.</summary>
    public const int MostAttempts = 10;

    /// <summary>Stores a signed event; one that is known already has no further effect.</summary>
    /// <param name="body">The raw bytes, as they were signed.</param>
    /// <param name="signature">Header X-Razorpay-Signature.</param>
    /// <param name="eventId">Header x-razorpay-event-id; without it the body's hash stands for it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<Result<WebhookReceipt>> Receive(byte[] body, string? signature, string? eventId, CancellationToken cancellationToken)
    {
        if (!signatures.CanVerifyWebhooks)
        {
            return PaymentProblems.WebhookNotConfigured;
        }

        if (!signatures.IsWebhookValid(body, signature))
        {
            return PaymentProblems.WebhookSignatureInvalid;
        }

        if (WebhookEnvelope.TryParse(body) is not { } envelope)
        {
            return PaymentProblems.WebhookMalformed;
        }

        if (await Store(body, envelope, eventId, cancellationToken) is { } id)
        {
            await Apply(id, cancellationToken);
        }

        return new WebhookReceipt();
    }

    /// <summary>Applies what is due; returns how many events it applied.</summary>
    public async Task<int> ApplyDue(CancellationToken cancellationToken)
    {
        var applied = 0;

        foreach (var id in await FindDue(cancellationToken))
        {
            applied += await Apply(id, cancellationToken) ? 1 : 0;
        }

        return applied;
    }

    private async Task<long?> Store(byte[] body, WebhookEnvelope envelope, string? eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleOrDefaultAsync<long?>(
            """
            insert into webhook_event (event_key, event_type, body, received_at, next_attempt_at)
            values (@key, @Event, @body, @now, @now)
            on conflict (event_key) do nothing
            returning id
            """,
            new
            {
                key = eventId ?? $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body))}",
                envelope.Event,
                body = Encoding.UTF8.GetString(body),
                now = clock.GetUtcNow(),
            });
    }

    private async Task<long[]> FindDue(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<long>(
            """
            select   id
            from     webhook_event
            where    processed_at is null
            and      not is_parked
            and      next_attempt_at <= @now
            order by id
            limit    @MostAtOnce
            """,
            new { now = clock.GetUtcNow(), MostAtOnce });
    }

    private async Task<bool> Apply(long id, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await database.BeginAsync(cancellationToken);
            var body = await db.QuerySingleOrDefaultAsync<string>(
                """
                update webhook_event
                set    processed_at = @now,
                       attempts = attempts + 1,
                       last_error = null
                where  id = (
                    select id
                    from   webhook_event
                    where  id = @id
                    and    processed_at is null
                    for update skip locked)
                returning body
                """,
                new { id, now = clock.GetUtcNow() });

            if (body is null)
            {
                return false;
            }

            if (WebhookEnvelope.TryParse(Encoding.UTF8.GetBytes(body)) is { Payment: { } payment })
            {
                await settlement.SettleAsync(db, payment);
            }

            await db.CommitAsync();
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever it was, the event is kept, the gateway is answered, and the timer tries again.
            LogFailure(logger, id, failure);
            await Postpone(id, failure);
            return false;
        }
    }

    private async Task Postpone(long id, Exception failure)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.ExecuteAsync(
            """
            update webhook_event
            set    attempts = attempts + 1,
                   next_attempt_at = @now + least(interval '1 hour', interval '5 seconds' * power(2, attempts)),
                   is_parked = attempts + 1 >= @MostAttempts,
                   last_error = @error
            where  id = @id
            and    processed_at is null
            """,
            new { id, MostAttempts, error = failure.GetType().Name, now = clock.GetUtcNow() });
    }

    [LoggerMessage(LogLevel.Error, "Webhook event {Id} could not be applied and will be tried again.")]
    private static partial void LogFailure(ILogger logger, long id, Exception failure);
}
