using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>
/// What the gateway tells us: verified on the raw bytes, stored in one insert, answered, and applied from the store:
/// at once, and by the timer if that failed.
/// </summary>
public sealed partial class WebhookInbox(
    Database database, TimeProvider clock, RazorpaySignatures signatures, IPaymentGateway gateway, Settlement settlement, Measures measures, ILogger<WebhookInbox> logger)
{
    /// <summary>Events applied in one run.</summary>
    public const int MostAtOnce = 100;

    private const int AtOnce = 8;

    /// <summary>After so many failures an event is set aside for people to look at.</summary>
    public const int MostAttempts = 10;

    /// <summary>The gateway waits five seconds for an answer; what takes longer is left to the timer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

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

        var stored = await Store(body, envelope, eventId, cancellationToken);
        measures.WebhookReceived(NameOf(envelope));
        if (stored is { } id)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(LongestWait);
            try
            {
                await Apply(id, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // It is stored; the timer applies it.
            }
        }

        return new WebhookReceipt();
    }

    /// <summary>Applies what is due; returns how many events it applied.</summary>
    public async Task<int> ApplyDue(CancellationToken cancellationToken)
    {
        var applied = 0;
        await Parallel.ForEachAsync(
            await FindDue(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (id, cancelled) => Interlocked.Add(ref applied, await Apply(id, cancelled) ? 1 : 0));
        return applied;
    }

    /// <summary>Only those that are acted on have a name of their own.</summary>
    private static string NameOf(WebhookEnvelope envelope) => envelope.Event switch
    {
        "payment.authorized" or "payment.captured" or "payment.failed" or "order.paid"
            or "refund.created" or "refund.processed" or "refund.failed" or "refund.speed_changed" => envelope.Event,
        _ when envelope.Event.StartsWith("payment.dispute.", StringComparison.Ordinal) => "payment.dispute",
        _ => "other",
    };

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
                key = string.IsNullOrEmpty(eventId) ? $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body))}" : eventId,
                envelope.Event,
                body = WebhookText.WithoutPeople(body),
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
            var belongsElsewhere = await BelongsElsewhere(id, cancellationToken);
            var now = clock.GetUtcNow();
            await using var db = await database.BeginAsync(cancellationToken);
            var (body, receivedAt) = await db.QuerySingleOrDefaultAsync<(string?, DateTimeOffset)>(
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
                returning body, received_at
                """,
                new { id, now });

            if (body is null)
            {
                return false;
            }

            db.Afterwards(measures => measures.WebhookApplied(now - receivedAt));
            await Act(db, Encoding.UTF8.GetBytes(body), belongsElsewhere);
            await db.CommitAsync();
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever it was, the event is kept, the gateway is answered, and the timer tries again.
            LogFailure(logger, id, failure);
            if (await Postpone(id, failure))
            {
                LogParked(logger, id);
            }

            return false;
        }
    }

    /// <summary>
    /// Whether a payment that is first heard of by this event was made for another order than it says: the gateway is asked, because whatever is written down first of a payment is what it
    /// belongs to. If the gateway does not answer, its signature is believed.
    /// </summary>
    private async Task<bool> BelongsElsewhere(long id, CancellationToken cancellationToken)
    {
        if (await FindNewOfOurs(id, cancellationToken) is not { OrderId: { } orderId, Id: var paymentId })
        {
            return false;
        }

        var asked = await gateway.GetPaymentAsync(paymentId, cancellationToken);
        return asked is { Problem: null, Value: { } payment } && payment.OrderId != orderId;
    }

    private async Task<GatewayPayment?> FindNewOfOurs(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var body = await db.QuerySingleOrDefaultAsync<string>("select body from webhook_event where id = @id and processed_at is null", new { id });
        return body is not null && WebhookEnvelope.TryParse(Encoding.UTF8.GetBytes(body))?.Payment is { OrderId: { } orderId } seen && await IsNewOfOurs(db, orderId, seen.Id) ? seen : null;
    }

    private static Task<bool> IsNewOfOurs(Session db, string orderId, string paymentId) =>
        db.QuerySingleAsync<bool>(
            """
            select exists (select from gateway_order where razorpay_order_id = @orderId)
                   and not exists (select from payment where razorpay_payment_id = @paymentId and razorpay_order_id = @orderId)
            """,
            new { orderId, paymentId });

    /// <summary>
    /// What an event says of a payment is believed of events about payments only: others carry it as it will be when their own matter is done. What is
    /// not listed is kept, and no more.
    /// </summary>
    private async Task Act(Session db, byte[] body, bool belongsElsewhere)
    {
        var envelope = WebhookEnvelope.TryParse(body);

        switch (envelope?.Event)
        {
            case { } told when belongsElsewhere && !told.StartsWith("payment.dispute.", StringComparison.Ordinal):
                await settlement.RefuseAsync(db, envelope.Payment!);
                break;

            case "payment.authorized" or "payment.captured" or "payment.failed" or "order.paid":
                await settlement.SettleAsync(db, envelope.Payment ?? throw Unreadable(envelope), Settlement.Sources.Webhook);
                break;

            // What was given back was captured before, even if that is heard of only now.
            case "refund.created" or "refund.processed" or "refund.failed" or "refund.speed_changed":
                if (envelope.Payment is { WasCaptured: true } paid)
                {
                    await settlement.SettleAsync(db, paid, Settlement.Sources.Webhook);
                }

                await RefundNews.LearnAsync(db, envelope.Refund ?? throw Unreadable(envelope), clock.GetUtcNow());
                break;

            case { } dispute when dispute.StartsWith("payment.dispute.", StringComparison.Ordinal):
                await WriteDownDispute(db, envelope, body);
                break;
        }
    }

    /// <summary>Administrators find it in the log, with the payment whose money is disputed.</summary>
    private async Task WriteDownDispute(Session db, WebhookEnvelope envelope, byte[] body)
    {
        var paymentId = envelope.Payment is { Id: var razorpayPaymentId }
            ? await db.QuerySingleOrDefaultAsync<long?>(
                """
                select id
                from   payment
                where  razorpay_payment_id = @razorpayPaymentId
                """,
                new { razorpayPaymentId })
            : null;
        using var json = JsonDocument.Parse(body);
        var dispute = json.RootElement.GetProperty("payload").TryGetProperty("dispute", out var part) && part.TryGetProperty("entity", out var entity) ? entity : default;
        var details = new JsonObject { ["event"] = envelope.Event, ["paymentId"] = envelope.Payment?.Id };

        foreach (var field in new[] { "id", "amount", "reason_code", "phase", "status" })
        {
            if (dispute.ValueKind == JsonValueKind.Object && dispute.TryGetProperty(field, out var value))
            {
                details[field] = JsonNode.Parse(value.GetRawText());
            }
        }

        await AuditLog.WriteAsync(db, Actor.System, "payment_dispute", "payment", paymentId, details, clock.GetUtcNow());
        LogDispute(logger, envelope.Event, paymentId);
    }

    private static InvalidOperationException Unreadable(WebhookEnvelope envelope) => new($"The entity of {envelope.Event} cannot be read.");

    /// <returns>Whether it is set aside now.</returns>
    private async Task<bool> Postpone(long id, Exception failure)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        return await db.QuerySingleOrDefaultAsync<bool>(
            """
            update webhook_event
            set    attempts = attempts + 1,
                   next_attempt_at = @now + least(interval '1 hour', interval '5 seconds' * power(2, attempts)),
                   is_parked = attempts + 1 >= @MostAttempts,
                   last_error = @error
            where  id = @id
            and    processed_at is null
            returning is_parked
            """,
            new { id, MostAttempts, error = failure.GetType().Name, now = clock.GetUtcNow() });
    }

    [LoggerMessage(LogLevel.Error, "Webhook event {Id} has failed so often that it is set aside; somebody must look at it.")]
    private static partial void LogParked(ILogger logger, long id);

    [LoggerMessage(LogLevel.Error, "The gateway reports {Event} for payment {PaymentId}.")]
    private static partial void LogDispute(ILogger logger, string @event, long? paymentId);

    [LoggerMessage(LogLevel.Warning, "Webhook event {Id} could not be applied and will be tried again.")]
    private static partial void LogFailure(ILogger logger, long id, Exception failure);
}
