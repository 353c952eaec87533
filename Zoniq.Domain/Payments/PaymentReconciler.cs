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

    private static readonly TimeSpan TooLate = Longest + TimeSpan.FromDays(1);

    private static readonly TimeSpan BeforeLookingAgain = TimeSpan.FromMinutes(10);

    /// <summary>Returns how many orders it asked about.</summary>
    public async Task<int> Reconcile(CancellationToken cancellationToken)
    {
        var orders = await Claim(cancellationToken);
        await Parallel.ForEachAsync(
            orders,
            new ParallelOptions { MaxDegreeOfParallelism = InquiriesAtOnce, CancellationToken = cancellationToken },
            async (order, cancelled) => await Look(order, cancelled));
        return orders.Length;
    }

    /// <summary>
    /// Orders whose look is due get their next one at once, so that two instances do not ask twice. Who gets the last is looked at again until the gateway has answered, or until it is
    /// too late for anything: an outage must not use it up.
    /// </summary>
    private async Task<Claimed[]> Claim(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<Claimed>(
            """
            with due as (
                select   gateway_order.booking_id,
                         gateway_order.created_at,
                         case
                             when booking.paid_by is not null then case
                                 when @now < gateway_order.created_at + @PaidTwice then gateway_order.created_at + @PaidTwice
                                 when @now < gateway_order.created_at + @PaidTwiceLate then gateway_order.created_at + @PaidTwiceLate
                             end
                             when booking.status = 'pending' then @now + interval '1 minute'
                             when @now < gateway_order.created_at + @Longest then @now + least(interval '6 hours', greatest(interval '1 minute', (@now - gateway_order.created_at) / 4))
                         end as next_look_at,
                         booking.paid_by is null or @now >= gateway_order.created_at + @PaidTwice as may_have_news
                from     gateway_order
                join     booking on booking.id = gateway_order.booking_id
                where    gateway_order.next_look_at <= @now
                order by gateway_order.next_look_at
                limit    @MostAtOnce
                for update of gateway_order skip locked
            ),
            looked as (
                update gateway_order
                set    next_look_at = coalesce(due.next_look_at, case when @now < due.created_at + @TooLate then @now + @BeforeLookingAgain end)
                from   due
                where  gateway_order.booking_id = due.booking_id
                returning gateway_order.razorpay_order_id, due.may_have_news, due.next_look_at is null as is_last
            )
            select razorpay_order_id,
                   is_last
            from   looked
            where  may_have_news
            """,
            new { now = clock.GetUtcNow(), MostAtOnce, Longest, PaidTwice, PaidTwiceLate, TooLate, BeforeLookingAgain });
    }

    private async Task Look(Claimed order, CancellationToken cancellationToken)
    {
        try
        {
            if ((await inquiry.SettleOrderAsync(order.RazorpayOrderId, Settlement.Sources.Reconciler, cancellationToken)).Problem is null && order.IsLast)
            {
                await LookNoMore(order.RazorpayOrderId, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The others must not wait for this one; it has its next look.
            LogFailure(logger, order.RazorpayOrderId, failure);
        }
    }

    private async Task LookNoMore(string orderId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync("update gateway_order set next_look_at = null where razorpay_order_id = @orderId", new { orderId });
    }

    [LoggerMessage(LogLevel.Error, "Order {OrderId} could not be reconciled and will be looked at again.")]
    private static partial void LogFailure(ILogger logger, string orderId, Exception failure);

    private sealed record Claimed
    {
        public string RazorpayOrderId { get; init; } = "";

        public bool IsLast { get; init; }
    }
}
