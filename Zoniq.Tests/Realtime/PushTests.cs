using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Payments;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Realtime;

/// <summary>What happened to somebody is told to their open pages, by whichever way it happened.</summary>
public sealed class PushTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return App.Execute("delete from push");
    }

    [Fact]
    public async Task A_booking_verified_by_the_browser_is_confirmed_to_its_buyer_once_and_to_nobody_else()
    {
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await using var page = await OpenPage.Of(asha, App);
        await using var other = await OpenPage.Of(ravi, App);
        var bookingId = await asha.Books((await App.AnEvent(rows: 0)).Standing, 2);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));
        Assert.Empty(await PushedTo(page));

        await Task.WhenAll(asha.Verifies(paid), asha.Verifies(paid), App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 100_000));

        Assert.Equal([await ConfirmationOf(bookingId)], await PushedTo(page));
        (await asha.Verifies(paid)).Succeeded();
        Assert.Empty(await PushedTo(page));
        Assert.Empty(await PushedTo(other));
    }

    [Fact]
    public async Task A_booking_confirmed_by_a_webhook_is_told()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        var bookingId = await asha.Books((await App.AnEvent(rows: 0)).Standing, 1);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));

        (await App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000)).Succeeded();
        (await App.SendsWebhook("order.paid", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000)).Succeeded();
        await App.RunTimer("WebhookInbox");

        Assert.Equal([await ConfirmationOf(bookingId)], await PushedTo(page));
    }

    [Fact]
    public async Task A_booking_confirmed_by_the_reconciler_is_told()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        var bookingId = await asha.Books((await App.AnEvent(rows: 0)).Standing, 1);
        asha.Pays(await asha.CreatesOrder(bookingId));
        await App.Advance(TimeSpan.FromMinutes(3));

        await App.RunTimer("PaymentReconcile");

        Assert.Equal([await ConfirmationOf(bookingId)], await PushedTo(page));
    }

    [Fact]
    public async Task A_booking_paid_after_it_expired_is_told_when_it_gets_its_places_again()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        var bookingId = await asha.Books((await App.AnEvent(rows: 0)).Standing, 1);
        var orderId = (await asha.CreatesOrder(bookingId)).Succeeded()["orderId"].GetString()!;
        await App.Advance(TimeSpan.FromMinutes(16));
        await App.RunTimer("BookingExpiry");
        var paid = asha.Pays(orderId);

        (await asha.Verifies(paid)).Succeeded(200);

        Assert.Equal([await ConfirmationOf(bookingId)], await PushedTo(page));
    }

    [Fact]
    public async Task A_free_booking_is_told_at_checkout()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);

        var bookingId = await asha.Books((await App.AnEvent(rows: 0, price: 0)).Standing, 1);

        Assert.Equal([await ConfirmationOf(bookingId)], await PushedTo(page));
    }

    [Fact]
    public async Task What_was_not_committed_is_never_told()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        await using (var db = await App.Services.GetRequiredService<Database>().BeginAsync(CancellationToken.None))
        {
            await PushOutbox.AddAsync(db, asha.Id, "plain", new { Taken = false }, App.Now);
            Assert.Empty(await PushedTo(page));
        }

        Assert.Empty(await PushedTo(page));
    }

    [Fact]
    public async Task Pushes_are_told_in_order_with_their_names_in_camel_case_and_their_times_in_UTC()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        await Leave(asha, new { EventId = 7, ExpiresAt = new DateTimeOffset(2026, 1, 31, 18, 30, 0, TimeSpan.FromHours(5.5)), Kind = DayOfWeek.Friday, None = (string?)null }, 1, "दो");

        Assert.Equal(["""plain {"kind":"friday","none":null,"eventId":7,"expiresAt":"2026-01-31T13:00:00Z"}""", "plain 1", "plain \"दो\""], await PushedTo(page));
    }

    [Fact]
    public async Task Two_instances_that_tell_at_once_tell_each_push_once()
    {
        await using var another = await App.StartAnother();
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        await page.HearsCallsOf(another);
        await App.Execute(
            "insert into push (account_id, target, payload, created_at) select @Id, 'plain', to_jsonb(n), zoniq_now() from generate_series(1, 5000) n",
            new { asha.Id });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(at => (at % 2 == 0 ? App : another).RunTimer("LiveUpdates")));
        await App.RunTimer("LiveUpdates");
        await App.RunTimer("LiveUpdates");
        await App.RunTimer("LiveUpdates");

        var heard = (await page.HasHeard()).Concat(await page.HasHeard(another)).Select(message => message.Payload.GetInt32()).ToArray();
        Assert.Equal(Enumerable.Range(1, 5000), heard.Order());
    }

    /// <summary>Whoever began first has not told them yet: what came later must not be told before.</summary>
    [Fact]
    public async Task While_one_instance_takes_pushes_another_takes_none()
    {
        var asha = await App.NewBuyer();
        await Leave(asha, 1);
        var outbox = App.Services.GetRequiredService<PushOutbox>();
        await using var slow = await InTheMiddle.Of(App, "select from push where account_id = @Id for update", new { asha.Id });

        var first = outbox.TakeAsync(CancellationToken.None);
        await slow.IsWaitedFor();
        await Leave(asha, 2);
        var second = await outbox.TakeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5));
        await slow.GivesUp();

        Assert.Empty(second);
        Assert.Equal(1, Assert.Single(await first).Payload.GetInt32());
        Assert.Equal(2, Assert.Single(await outbox.TakeAsync(CancellationToken.None)).Payload.GetInt32());
    }

    [Fact]
    public async Task What_is_older_than_a_minute_is_thrown_away_untold()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        await Leave(asha, "old");
        await App.Advance(TimeSpan.FromSeconds(61));
        await Leave(asha, "new");

        Assert.Equal(["plain \"new\""], await PushedTo(page));
        Assert.Equal(0, await App.Value<long>("select count(*) from push"));
    }

    [Fact]
    public async Task A_second_in_which_nothing_happened_costs_one_statement()
    {
        await App.RunTimer("LiveUpdates");

        Assert.Contains("delete from push", Assert.Single(await App.StatementsOf(() => App.RunTimer("LiveUpdates"))), StringComparison.Ordinal);
    }

    private async Task<string> ConfirmationOf(long bookingId) =>
        $$"""bookingConfirmed {"bookingId":{{bookingId}},"bookingNumber":"{{await App.Value<string>("select booking_number from booking where id = @bookingId", new { bookingId })}}"}""";

    private async Task<IEnumerable<string>> PushedTo(OpenPage page)
    {
        await App.RunTimer("LiveUpdates");
        return (await page.HasHeard()).Select(heard => $"{heard}");
    }

    private async Task Leave(Person person, params object[] payloads)
    {
        await using var db = await App.Services.GetRequiredService<Database>().BeginAsync(CancellationToken.None);
        foreach (var payload in payloads)
        {
            await PushOutbox.AddAsync(db, person.Id, "plain", payload, App.Now);
        }

        await db.CommitAsync();
    }
}
