using System.Collections.Concurrent;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Payments;

/// <summary>
/// What can happen to a booking that waits for its money happens in every order and any number: nothing is lost, nothing is invented. All orders are
/// generated. Two that leave the same behind are followed once from there on, which makes a few hundred of the thousands; with ZONIQ_EVERY_ORDER=1
/// each one up to five long is played by itself.
/// </summary>
public sealed class EveryOrderOfEventsTests(ZoniqApp app) : DatabaseTest(app)
{
    private const int Longest = 5;

    private static readonly string[] Happenings = ["failed", "authorized", "captured", "order.paid", "verify", "cancel", "expiry"];

    private readonly Lock gate = new();
    private NumberedSeats? house;
    private int nextSeat;

    /// <param name="areSeatsWanted">Whether somebody else takes the seat as soon as it is free.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_happens_the_money_is_in_one_booking_or_on_its_way_back(bool areSeatsWanted)
    {
        App.Razorpay.DeliversWebhooks = false;
        var played = new ConcurrentBag<Purchase>();

        if (Environment.GetEnvironmentVariable("ZONIQ_EVERY_ORDER") == "1")
        {
            await PlayAll(EveryOrder(), areSeatsWanted, purchase =>
            {
                played.Add(purchase);
                return Task.CompletedTask;
            });
        }
        else
        {
            // From each state that is new, every next thing; ever on, however long, until nothing new comes.
            var (known, open) = (new HashSet<string> { "" }, new List<string[]> { Array.Empty<string>() });
            while (open.Count > 0)
            {
                var reached = new ConcurrentBag<(string State, Purchase Purchase)>();
                await PlayAll(
                    open.SelectMany(before => Happenings.Select(next => (string[])[.. before, next])),
                    areSeatsWanted,
                    async purchase => reached.Add((await StateOf(purchase), purchase)));
                open = [.. reached.OrderBy(found => string.Join(' ', found.Purchase.Events), StringComparer.Ordinal).Where(found => known.Add(found.State)).Select(found => found.Purchase.Events)];
                reached.ToList().ForEach(found => played.Add(found.Purchase));
            }

            Assert.InRange(known.Count, 10, 1000);
        }

        await Recover();
        var ends = await Ends(played);
        var wrong = played.Select(purchase => Objection(purchase, ends[purchase.BookingId])).OfType<string>().ToArray();
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {played.Count}: {string.Join("\n", wrong.Take(10))}");
        Assert.Contains(ends.Values, end => end.Status == "confirmed");
        Assert.Contains(ends.Values, end => end.Refunds == "50000 pending");
    }

    private static IEnumerable<string[]> EveryOrder()
    {
        IEnumerable<string[]> orders = [Array.Empty<string>()];
        for (var length = 1; length <= Longest; length++)
        {
            orders = orders.SelectMany(before => Happenings.Select(next => (string[])[.. before, next])).ToArray();
            foreach (var order in orders)
            {
                yield return order;
            }
        }
    }

    private Task PlayAll(IEnumerable<string[]> orders, bool areSeatsWanted, Func<Purchase, Task> played) =>
        Parallel.ForEachAsync(orders, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (events, _) =>
        {
            var purchase = await Begin();
            foreach (var happening in events)
            {
                await Happens(purchase, happening);
                if (areSeatsWanted && happening is "cancel" or "expiry")
                {
                    await purchase.Rival.Adds(purchase.House, purchase.Seat);
                }
            }

            await played(purchase with { Events = events });
        });

    private async Task<Purchase> Begin()
    {
        var buyers = await App.NewBuyers(2);
        var (from, seat) = await NextSeat();
        var bookingId = await buyers[0].Books(from, seat);
        var order = (await buyers[0].CreatesOrder(bookingId)).Succeeded()["orderId"].GetString()!;

        // An attempt that the gateway believes failed until the money arrives: legal, and common.
        var paymentId = buyers[0].Pays(order, "fail").RazorpayPaymentId;
        return new Purchase(buyers[0], buyers[1], from, seat, bookingId, order, paymentId);
    }

    private async Task<(NumberedSeats House, long Seat)> NextSeat()
    {
        lock (gate)
        {
            if (house is not null && nextSeat < house.Seats.Length)
            {
                return (house, house.Seats[nextSeat++]);
            }
        }

        var another = (await App.AnEvent(rows: 50, seatsPerRow: 100, standing: 0)).Numbered;
        lock (gate)
        {
            (house, nextSeat) = (another, 1);
            return (another, another.Seats[0]);
        }
    }

    private async Task Happens(Purchase purchase, string happening)
    {
        switch (happening)
        {
            case "failed" or "authorized":
                (await App.SendsWebhook($"payment.{happening}", purchase.OrderId, purchase.PaymentId, 50_000, happening)).Succeeded();
                break;

            case "captured" or "order.paid":
                App.Razorpay.Capture(purchase.PaymentId);
                (await App.SendsWebhook(happening == "captured" ? "payment.captured" : happening, purchase.OrderId, purchase.PaymentId, 50_000)).Succeeded();
                break;

            case "verify":
                await purchase.Buyer.Verifies(new SandboxCheckout
                {
                    RazorpayOrderId = purchase.OrderId,
                    RazorpayPaymentId = purchase.PaymentId,
                    RazorpaySignature = PaymentProvider.SignCheckout(purchase.OrderId, purchase.PaymentId),
                    Status = "",
                });
                break;

            case "cancel":
                await purchase.Buyer.Post($"/api/payments/booking/{purchase.BookingId}/cancel");
                break;

            case "expiry":
                await App.Execute("update booking set payment_due_at = created_at where id = @BookingId", new { purchase.BookingId });
                await App.RunTimer("BookingExpiry");
                break;
        }
    }

    /// <summary>Everything of the purchase that anything could depend on.</summary>
    private async Task<string> StateOf(Purchase purchase) =>
        await App.Value<string>(
            """
            select concat_ws(' | ', booking.status, booking.payment_status, booking.payment_due_at <= booking.created_at,
                   (select string_agg(payment.status || (payment.id = booking.paid_by)::text, ',') from payment where booking_id = booking.id),
                   (select string_agg(refund.status, ',') from refund join payment on payment.id = payment_id where booking_id = booking.id),
                   (select string_agg(template, ',' order by template) from mail where cause = any(array(select 'payment:' || id from payment where booking_id = booking.id) || ('booking:' || booking.id))),
                   (select concat(seat.booking_id = booking.id, seat.cart_id is not null) from seat where id = @Seat))
            from   booking
            where  id = @BookingId
            """,
            new { purchase.BookingId, purchase.Seat }) + $" | {App.Razorpay.Payment(purchase.PaymentId)!.Status}";

    /// <summary>What the timers do in the end: whoever has not paid is expired, and every order is asked after once more.</summary>
    private async Task Recover()
    {
        await App.Execute("update booking set payment_due_at = created_at where status = 'pending'");
        await App.RunTimer("BookingExpiry");
        await App.Execute("update gateway_order set next_look_at = created_at");
        while (await App.Value<long>("select count(*) from gateway_order where next_look_at <= created_at") > 0)
        {
            await App.RunTimer("PaymentReconcile");
        }
    }

    private async Task<Dictionary<long, End>> Ends(IEnumerable<Purchase> purchases) =>
        (await App.Rows<End>(
            """
            select booking.id,
                   booking.status,
                   booking.paid_by is not null as IsPaid,
                   coalesce((select string_agg(refund.amount || ' ' || refund.status, ', ') from refund join payment on payment.id = payment_id where booking_id = booking.id), '') as refunds,
                   coalesce((select string_agg(template, ' ' order by template) from mail
                             where  template in ('booking_confirmed', 'payment_confirmed', 'payment_returned')
                             and    cause = any(array(select 'payment:' || id from payment where booking_id = booking.id) || ('booking:' || booking.id))), '') as mails,
                   (select count(*) from seat where seat.id = played.seat_id and seat.booking_id = booking.id) as seats
            from   unnest(@ids, @seats) as played (id, seat_id)
            join   booking on booking.id = played.id
            """,
            new { ids = purchases.Select(purchase => purchase.BookingId).ToArray(), seats = purchases.Select(purchase => purchase.Seat).ToArray() })).ToDictionary(end => end.Id);

    private string? Objection(Purchase purchase, End end)
    {
        var isRight = App.Razorpay.Payment(purchase.PaymentId)!.Captured
            ? end is { Status: "confirmed", IsPaid: true, Refunds: "", Seats: 1, Mails: "booking_confirmed payment_confirmed" }
                or { Status: "expired" or "cancelled", IsPaid: false, Refunds: "50000 pending", Seats: 0, Mails: "payment_returned" }
            : end is { Status: "expired" or "cancelled", IsPaid: false, Refunds: "", Seats: 0, Mails: "" };
        return isRight ? null : $"{string.Join(", ", purchase.Events)} ends as {end}";
    }

    private sealed record Purchase(Person Buyer, Person Rival, NumberedSeats House, long Seat, long BookingId, string OrderId, string PaymentId)
    {
        public string[] Events { get; init; } = [];
    }

    private sealed record End
    {
        public long Id { get; init; }

        public string Status { get; init; } = "";

        public bool IsPaid { get; init; }

        public string Refunds { get; init; } = "";

        public string Mails { get; init; } = "";

        public long Seats { get; init; }
    }
}
