using Dapper;
using Npgsql;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>What is left when the storm is over, and whether it is right.</summary>
internal sealed class Audit(NpgsqlDataSource database, RazorpaySandbox gateway, MailSink mail)
{
    private const int Page = 500;

    /// <summary>What still has to be done by somebody; all zero when the storm is over.</summary>
    public async Task<(string What, long Count)[]> LeftAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return [.. await connection.QueryAsync<(string, long)>(
            """
            select 'pending bookings', count(*) from booking where status = 'pending'
            union all select 'held places', count(*) from seat where cart_id is not null
            union all select 'carts', count(*) from cart where not is_cleared
            union all select 'pending refunds', count(*) from refund where status = 'pending'
            union all select 'events to be applied', count(*) from webhook_event where processed_at is null
            union all select 'mails to be sent', count(*) from mail where status = 'pending'
            """)];
    }

    public async Task<IReadOnlyList<(string What, long Count)>> CountAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return [.. await connection.QueryAsync<(string, long)>(
            """
            (select 'bookings ' || status || ', ' || payment_status, count(*) from booking group by status, payment_status order by 1)
            union all (select 'payments ' || status, count(*) from payment group by status order by 1)
            union all (select 'refunds ' || status || ' by ' || requested_by, count(*) from refund group by status, requested_by order by 1)
            union all (select 'mails ' || status || ' ' || template, count(*) from mail group by status, template order by 1)
            union all select 'webhook events applied', count(*) from webhook_event where processed_at is not null
            """)];
    }

    /// <summary>Payment by payment, refund by refund and mail by mail against what others have of them.</summary>
    public async Task<IReadOnlyList<string>> ObjectionsAsync(int kills)
    {
        var objections = new List<string>();
        await using var connection = await database.OpenConnectionAsync();
        var known = (await connection.QueryAsync<KnownPayment>(
            """
            select payment.razorpay_payment_id as id,
                   payment.amount,
                   payment.amount_refunded as refunded,
                   coalesce(booking.paid_by = payment.id, false) as is_the_one,
                   booking.status
            from   payment
            join   booking on booking.id = payment.booking_id
            where  payment.razorpay_payment_id is not null
            """)).ToDictionary(payment => payment.Id);
        var captured = 0;

        foreach (var payment in Payments().Where(payment => payment.Captured))
        {
            captured++;
            var back = gateway.RefundsOf(payment.Id).Where(refund => refund.Status == "processed").Sum(refund => refund.Amount);
            if (!known.TryGetValue(payment.Id, out var ours))
            {
                objections.Add($"{payment.Id} was captured, and is not known here");
            }
            else if (ours.Refunded != back)
            {
                objections.Add($"{payment.Id}: the gateway gave back {back}, the ledger says {ours.Refunded}");
            }
            else if (!(ours is { IsTheOne: true, Status: "confirmed" or "cancelled" or "refunded" } || back == payment.Amount))
            {
                objections.Add($"{payment.Id} of {payment.Amount} is in no booking ({ours.Status}), and {back} came back");
            }
        }

        var sent = (await connection.QueryAsync<(long Id, DateTime Created)>("select id, created_at from mail where status = 'sent'")).ToArray();
        objections.AddRange(sent
            .Where(row => !mail.Taken.Keys.Any(id => id.StartsWith($"mail-{row.Id}-", StringComparison.Ordinal)))
            .Select(row => $"mail {row.Id} is said to be sent, and never arrived"));
        var twice = mail.Taken.Count(taken => taken.Value > 1);
        if (twice > kills)
        {
            objections.Add($"{twice} mails arrived more than once, and an instance was killed only {kills} times");
        }

        Console.WriteLine($"compared: {captured} captured payments at the gateway, {sent.Length} mails ({twice} of them twice, because an instance was killed while it sent)");
        return objections;
    }

    private IEnumerable<SandboxPayment> Payments()
    {
        for (var skip = 0; gateway.LatestOrders(skip, Page) is { Length: > 0 } orders; skip += orders.Length)
        {
            foreach (var order in orders)
            {
                foreach (var payment in gateway.PaymentsOf(order.Id))
                {
                    yield return payment;
                }
            }
        }
    }

    private sealed record KnownPayment
    {
        public string Id { get; init; } = "";

        public long Amount { get; init; }

        public long Refunded { get; init; }

        public bool IsTheOne { get; init; }

        public string Status { get; init; } = "";
    }
}
