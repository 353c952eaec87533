using Microsoft.Extensions.Logging;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>
/// Asks the gateway about orders of which nothing final was heard, so that no money depends on a webhook: every minute while the booking waits, then
/// ever less often, for a week. Of a paid order nothing more should come; whether it was paid twice is asked after half an hour and after a day.
/// </summary>
public sealed partial class PaymentReconciler(Database database, TimeProvider clock, GatewayInquiry inquiry, ILogger<PaymentReconciler> logger)
{
    /// <summary>Orders looked at in one run.</summary>
    public const int MostAtOnce = 500;

    private const int InquiriesAtOnce = 8;

    /// <summary>Most orders are paid by then, and never looked at.</summary>
    public static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>By then nobody has a sheet open on which to pay a second time.</summary>
    private static readonly TimeSpan PaidTwice = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan PaidTwiceLate = TimeSpan.FromDays(1);

    /// <summary>When the gateway did not answer, or what it answered could not be written.</summary>
    private static readonly TimeSpan BeforeLookingAgain = TimeSpan.FromMinutes(10);

    /// <summary>Returns how many orders it asked about.</summary>
    public async Task<int> Reconcile(CancellationToken cancellationToken)
    {
        var orders = await Claim(cancellationToken);
        await Parallel.ForEachAsync(
            orders,
            new ParallelOptions { MaxDegreeOfParallelism = InquiriesAtOnce, CancellationToken = cancellationToken },
            async (orderId, cancelled) => await Look(orderId, cancelled));
        return orders.Length;
    }

    /// <summary>Orders whose look is due get their next one at once, so that two instances do not ask twice; in the end there is none.</summary>
    private async Task<string[]> Claim(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<string>(
            """
            with due as (
                select   booking_id
                from     gateway_order
                where    next_look_at <= @now
                order by next_look_at
                limit    @MostAtOnce
                for update skip locked
            ),
            looked as (
                update gateway_order
                set    next_look_at = case
                           when booking.paid_by is not null then case
                               when @now < gateway_order.created_at + @PaidTwice then gateway_order.created_at + @PaidTwice
                               when @now < gateway_order.created_at + @PaidTwiceLate then gateway_order.created_at + @PaidTwiceLate
                           end
                           when booking.status = 'pending' then @now + interval '1 minute'
                           when @now < gateway_order.created_at + @Longest then @now + least(interval '6 hours', greatest(interval '1 minute', (@now - gateway_order.created_at) / 4))
                       end
                from   booking
                where  booking.id = gateway_order.booking_id
                and    gateway_order.booking_id in (select booking_id from due)
                returning gateway_order.razorpay_order_id, booking.paid_by is null or @now >= gateway_order.created_at + @PaidTwice as may_have_news
            )
            select razorpay_order_id
            from   looked
            where  may_have_news
            """,
            new { now = clock.GetUtcNow(), MostAtOnce, Longest, PaidTwice, PaidTwiceLate });
    }

    private async Task Look(string orderId, CancellationToken cancellationToken)
    {
        var isKnown = false;
        try
        {
            isKnown = (await inquiry.SettleOrderAsync(orderId, Settlement.Sources.Reconciler, cancellationToken)).Problem is null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The others must not wait for this one.
            LogFailure(logger, orderId, failure);
        }

        if (!isKnown)
        {
            await LookAgain(orderId, cancellationToken);
        }
    }

    /// <summary>The look at which nothing was learned was no look, also when it was to be the last.</summary>
    private async Task LookAgain(string orderId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync(
            """
            update gateway_order
            set    next_look_at = least(next_look_at, @soon)
            where  razorpay_order_id = @orderId
            and    created_at > @since
            """,
            new { orderId, soon = now + BeforeLookingAgain, since = now - Longest });
    }

    [LoggerMessage(LogLevel.Error, "Order {OrderId} could not be reconciled and will be looked at again.")]
    private static partial void LogFailure(ILogger logger, string orderId, Exception failure);
}
