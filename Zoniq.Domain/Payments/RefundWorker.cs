using Microsoft.Extensions.Logging;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>Sends the refunds of the ledger to the gateway, and asks after those it has. A refund keeps its key on every try, so however often it is sent, there is one.</summary>
public sealed partial class RefundWorker(Database database, TimeProvider clock, IPaymentGateway gateway, GatewayInquiry inquiry, ILogger<RefundWorker> logger)
{
    /// <summary>Refunds looked at in one run.</summary>
    public const int MostAtOnce = 200;

    /// <summary>So often may the gateway say no before a refund is given up.</summary>
    public const int MostRefusals = 12;

    private const int CallsAtOnce = 8;

    /// <summary>So long nobody else takes a refund that is being sent; longer than a call takes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Returns how many refunds it had news of.</summary>
    public async Task<int> Run(CancellationToken cancellationToken)
    {
        var news = 0;
        await Parallel.ForEachAsync(
            await Claim(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            async (refund, cancelled) => Interlocked.Add(ref news, await Advance(refund, cancelled) ? 1 : 0));
        return news;
    }

    private async Task<OpenRefund[]> Claim(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<OpenRefund>(
            """
            update refund
            set    next_attempt_at = @until
            from   payment
            where  payment.id = refund.payment_id
            and    refund.id = any(array(
                select   id
                from     refund
                where    status = 'pending'
                and      next_attempt_at <= @now
                order by next_attempt_at
                limit    @MostAtOnce
                for update skip locked))
            returning refund.id, refund.razorpay_refund_id, refund.amount, refund.speed, refund.idempotency_key, refund.refusals,
                      payment.razorpay_payment_id, payment.booking_id
            """,
            new { now, until = now + Lease, MostAtOnce });
    }

    private async Task<bool> Advance(OpenRefund refund, CancellationToken cancellationToken)
    {
        try
        {
            return refund.RazorpayRefundId is null
                ? await Send(refund, cancellationToken)
                : await Ask(refund, refund.RazorpayRefundId, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The others must not wait for this one; when its lease has run out it is tried again.
            LogFailure(logger, refund.Id, failure);
            return false;
        }
    }

    private async Task<bool> Send(OpenRefund refund, CancellationToken cancellationToken)
    {
        var answer = await gateway.RefundAsync(
            new NewGatewayRefund
            {
                PaymentId = refund.RazorpayPaymentId,
                Amount = refund.Amount,
                Speed = refund.Speed,
                Receipt = refund.IdempotencyKey,
                IdempotencyKey = refund.IdempotencyKey,
                Notes = new Dictionary<string, string> { ["booking_id"] = refund.BookingId.ToString(), ["refund_id"] = refund.Id.ToString() },
            },
            cancellationToken);

        if (answer.Problem is null)
        {
            await Learn(answer.Value, cancellationToken);
            return true;
        }

        return answer.Problem.Code == GatewayProblems.Refused.Code && await WasRefused(refund, answer.Problem, cancellationToken);
    }

    /// <summary>Perhaps somebody gave the money back at the gateway: then there is nothing left to send. Otherwise it may let it through later, as when our balance there is low.</summary>
    private async Task<bool> WasRefused(OpenRefund refund, Problem problem, CancellationToken cancellationToken)
    {
        var reason = problem.Members.GetValueOrDefault("reason") as string;
        LogRefusal(logger, refund.Id, reason);

        if (await inquiry.ImportRefundsAsync(refund.RazorpayPaymentId, cancellationToken) is not null)
        {
            return false;
        }

        if (refund.Refusals + 1 >= MostRefusals)
        {
            LogGivenUp(logger, refund.Id, reason);
            await using var db = await database.BeginAsync(cancellationToken);
            await RefundLedger.GiveUpAsync(db, refund.Id, "The payment provider refused it.", clock.GetUtcNow());
            await db.CommitAsync();
            return true;
        }

        await Postpone(refund, cancellationToken);
        return false;
    }

    private async Task<bool> Ask(OpenRefund refund, string razorpayRefundId, CancellationToken cancellationToken)
    {
        if ((await gateway.GetRefundAsync(razorpayRefundId, cancellationToken)) is not { Problem: null, Value: { } seen })
        {
            return false;
        }

        await Learn(seen, cancellationToken);
        return seen.IsProcessed || seen.IsFailed;
    }

    private async Task Learn(GatewayRefund seen, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        await RefundNews.LearnAsync(db, seen, clock.GetUtcNow());
        await db.CommitAsync();
    }

    private async Task Postpone(OpenRefund refund, CancellationToken cancellationToken)
    {
        var pause = Lease * Math.Pow(2, refund.Refusals);
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync(
            """
            update refund
            set    refusals = refusals + 1,
                   next_attempt_at = @next
            where  id = @Id
            and    status = 'pending'
            """,
            new { refund.Id, next = clock.GetUtcNow() + (pause < LongestPause ? pause : LongestPause) });
    }

    [LoggerMessage(LogLevel.Error, "Refund {RefundId} could not be sent or followed and will be tried again.")]
    private static partial void LogFailure(ILogger logger, long refundId, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The payment provider refused refund {RefundId}: {Reason}.")]
    private static partial void LogRefusal(ILogger logger, long refundId, string? reason);

    [LoggerMessage(LogLevel.Error, "Refund {RefundId} is given up after repeated refusals ({Reason}); its money waits for an administrator.")]
    private static partial void LogGivenUp(ILogger logger, long refundId, string? reason);

    private sealed record OpenRefund
    {
        public long Id { get; init; }

        public string? RazorpayRefundId { get; init; }

        public Money Amount { get; init; }

        public string Speed { get; init; } = "";

        public string IdempotencyKey { get; init; } = "";

        public int Refusals { get; init; }

        public string RazorpayPaymentId { get; init; } = "";

        public long BookingId { get; init; }
    }
}
