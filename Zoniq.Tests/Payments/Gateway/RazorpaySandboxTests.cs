using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.Payments.Gateway;

public sealed class RazorpaySandboxTests : IAsyncLifetime
{
    private readonly string journal = Path.Combine(Path.GetTempPath(), $"zoniq-{Guid.NewGuid():n}", "razorpay.jsonl");
    private GatewayStage stage = null!;

    private RazorpaySandbox Sandbox => stage.Sandbox;

    public async Task InitializeAsync() => stage = await GatewayStage.StartAsync(journal);

    public async Task DisposeAsync()
    {
        await stage.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(journal)!, recursive: true);
    }

    [Theory]
    [InlineData("""{"currency":"INR"}""", "amount")]
    [InlineData("""{"amount":99,"currency":"INR"}""", "amount")]
    [InlineData("""{"amount":435.0,"currency":"INR"}""", "amount")]
    [InlineData("""{"amount":"50000","currency":"INR"}""", "amount")]
    [InlineData("""{"amount":-50000,"currency":"INR"}""", "amount")]
    [InlineData("""{"amount":50000}""", "currency")]
    [InlineData("""{"amount":50000,"currency":"USD"}""", "currency")]
    [InlineData("""{"amount":50000,"currency":"INR","receipt":"12345678901234567890123456789012345678901"}""", "receipt")]
    [InlineData("""{"amount":50000,"currency":"INR","receipt":"taken"}""", "receipt")]
    [InlineData("""{"amount":50000,"currency":"INR","notes":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1}}""", "notes")]
    [InlineData("""{"amount":50000,"currency":"INR","notes":{"a":{}}}""", "notes")]
    [InlineData("""{"amount":50000,"currency":"INR","bookingId":7}""", "bookingId")]
    [InlineData("[]", null)]
    [InlineData("amount=50000", null)]
    public async Task An_order_that_the_provider_would_refuse_is_refused(string body, string? field)
    {
        Sandbox.CreateOrder(50_000, "taken", null);

        var (status, answer) = await Call(HttpMethod.Post, "orders", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("BAD_REQUEST_ERROR", answer.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(field, answer.GetProperty("error").GetProperty("field").GetString());
        Assert.Single(Sandbox.LatestOrders(0, 10));
    }

    [Fact]
    public async Task An_order_looks_as_the_provider_shows_it()
    {
        var (_, order) = await Call(HttpMethod.Post, "orders", """{"amount":50000,"currency":"INR","receipt":"ZNQ-1","notes":{"booking_id":"7"}}""");

        Assert.Matches("^order_[0-9A-Za-z]{14}$", order.GetProperty("id").GetString());
        Assert.Equal("created", order.GetProperty("status").GetString());
        Assert.Equal(50_000, order.GetProperty("amount_due").GetInt64());
        Assert.Equal("7", order.GetProperty("notes").GetProperty("booking_id").GetString());
        Assert.Equal(stage.Clock.GetUtcNow().ToUnixTimeSeconds(), order.GetProperty("created_at").GetInt64());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("rzp_test_stage:guessed", HttpStatusCode.Unauthorized)]
    [InlineData("rzp_test_stage:the key secret", HttpStatusCode.OK)]
    public async Task Only_the_right_key_opens_it(string? key, HttpStatusCode expected)
    {
        Assert.Equal(expected, (await Call(HttpMethod.Get, "orders", null, key)).Status);
    }

    [Fact]
    public async Task An_order_is_paid_once_however_many_pay_at_the_same_moment()
    {
        var order = Sandbox.CreateOrder(50_000, null, null).Value!;
        Sandbox.Pay(order.Id, "upi", "fail");

        var attempts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Sandbox.Pay(order.Id, "card", "success"))));

        Assert.Single(attempts, attempt => attempt.Error is null);
        Assert.Equal(("paid", 2), (Sandbox.Order(order.Id)!.Status, Sandbox.Order(order.Id)!.Attempts));
    }

    [Fact]
    public void A_second_capture_can_be_forced()
    {
        var order = Sandbox.CreateOrder(50_000, null, null).Value!;
        Sandbox.Pay(order.Id, "card", "success");
        Sandbox.ForceCapture(order.Id, amount: 100);

        Assert.Equal([100L, 50_000L], Sandbox.PaymentsOf(order.Id).Where(payment => payment.Captured).Select(payment => payment.Amount));
        Assert.Equal(50_000, Sandbox.Order(order.Id)!.AmountPaid);
    }

    [Fact]
    public void The_checkout_is_signed_so_that_the_app_believes_it()
    {
        var order = Sandbox.CreateOrder(50_000, null, null).Value!;
        var paid = Sandbox.Pay(order.Id, "card", "success").Value!;

        Assert.True(stage.Signatures.IsCheckoutValid(order.Id, paid.RazorpayPaymentId, paid.RazorpaySignature!));
        Assert.Null(Sandbox.Pay(Sandbox.CreateOrder(50_000, null, null).Value!.Id, "card", "fail").Value!.RazorpaySignature);
    }

    [Fact]
    public async Task Late_money_comes_when_the_clock_has_been_moved()
    {
        var order = Sandbox.CreateOrder(50_000, null, null).Value!;
        var late = Sandbox.Pay(order.Id, "upi", "late").Value!;
        Assert.Equal("created", Sandbox.Payment(late.RazorpayPaymentId)!.Status);

        stage.Clock.Advance(TimeSpan.FromMinutes(16));

        Assert.Equal(late.RazorpayPaymentId, (await stage.NextWebhook("payment.captured")).Envelope!.Payment!.Id);
        Assert.Equal("paid", Sandbox.Order(order.Id)!.Status);
    }

    [Fact]
    public async Task A_webhook_is_signed_and_sent_until_it_is_taken()
    {
        stage.WebhookAnswers.Enqueue(500);
        stage.WebhookAnswers.Enqueue(302);
        var order = Sandbox.CreateOrder(50_000, null, null).Value!;

        Sandbox.Pay(order.Id, "card", "fail");
        ReceivedWebhook[] tries = [await stage.NextWebhook(), await stage.NextWebhook(), await stage.NextWebhook()];

        Assert.Single(tries.Select(sent => sent.EventId).Distinct());
        Assert.All(tries, sent => Assert.True(stage.Signatures.IsWebhookValid(sent.Body, sent.Signature)));
        Assert.All(tries, sent => Assert.Equal("payment.failed", sent.Envelope!.Event));
        await Until(() => Sandbox.Webhooks[0] is { State: "delivered", Attempts: 3 });
        Assert.Equal(0, Sandbox.UntoldEvents);
    }

    [Fact]
    public async Task Webhooks_that_are_held_come_when_they_are_released()
    {
        await Dev("webhooks", """{"deliver":false}""");
        stage.Paid(50_000);
        await Until(() => Sandbox.Webhooks.All(webhook => webhook.State == "held"));

        await Dev("webhooks", """{"deliver":true}""");
        string[] names = [(await stage.NextWebhook()).Envelope!.Event, (await stage.NextWebhook()).Envelope!.Event, (await stage.NextWebhook()).Envelope!.Event];

        Assert.Equal(["order.paid", "payment.authorized", "payment.captured"], names.Order());
    }

    [Fact]
    public async Task Webhooks_can_be_doubled_dropped_and_forged()
    {
        Sandbox.Faults = new SandboxFaults
        {
            OnWebhook = send => send.Event.Name switch
            {
                "payment.captured" => new WebhookFault { Copies = 3 },
                "order.paid" => new WebhookFault { WrongSignature = true },
                _ => new WebhookFault { Drop = true },
            },
        };
        stage.Paid(50_000);

        var received = new List<ReceivedWebhook>();
        while (received.Count < 4)
        {
            received.Add(await stage.NextWebhook());
        }

        Assert.Equal(3, received.Count(webhook => webhook.Envelope!.Event == "payment.captured"));
        Assert.False(received.Where(webhook => webhook.Envelope!.Event == "order.paid").All(webhook => stage.Signatures.IsWebhookValid(webhook.Body, webhook.Signature)));
    }

    [Fact]
    public async Task A_refund_is_announced_when_it_is_made_and_when_it_is_done()
    {
        var (_, paymentId) = stage.Paid(50_000);
        var refund = Sandbox.CreateRefund(paymentId, null, "normal", null, null, null, "").Value!;

        Assert.Equal(refund.Id, (await stage.NextWebhook("refund.created")).Envelope!.Refund!.Id);
        var done = (await stage.NextWebhook("refund.processed")).Envelope!;

        Assert.True(done.Refund!.IsProcessed);
        Assert.Equal(("refunded", "full", 50_000L), (done.Payment!.Status, done.Payment.RefundStatus, done.Payment.AmountRefunded.Paise));
    }

    [Fact]
    public async Task A_refund_that_fails_can_be_made_again()
    {
        await using var slow = new RazorpaySandbox(Sandbox.Options with { JournalFile = null, RefundTakes = TimeSpan.FromHours(1) }, stage.Clock);
        var order = slow.CreateOrder(50_000, null, null).Value!;
        var paymentId = slow.Pay(order.Id, "card", "success").Value!.RazorpayPaymentId;
        var refund = slow.CreateRefund(paymentId, null, "normal", null, null, null, "").Value!;
        Assert.NotNull(slow.CreateRefund(paymentId, null, "normal", null, null, null, "").Error);

        slow.FailRefund(refund.Id);

        Assert.Equal("captured", slow.Payment(paymentId)!.Status);
        Assert.Null(slow.CreateRefund(paymentId, 50_000, "normal", null, null, null, "").Error);
    }

    [Fact]
    public async Task Everything_is_still_there_after_a_kill()
    {
        Sandbox.DeliversWebhooks = false;
        var order = Sandbox.CreateOrder(50_000, "ZNQ-1", new Dictionary<string, string> { ["booking_id"] = "7" }).Value!;
        var paymentId = Sandbox.Pay(order.Id, "card", "success").Value!.RazorpayPaymentId;
        var refund = Sandbox.CreateRefund(paymentId, 20_000, "normal", null, null, "refund-key-1", "request").Value!;
        var late = Sandbox.Pay(Sandbox.CreateOrder(700, "ZNQ-2", null).Value!.Id, "upi", "late").Value!;
        await Until(() => Sandbox.Refund(refund.Id)!.Status == "processed");

        // What a killed process leaves: all that was written, and half of what was being written.
        var left = journal + ".left";
        await using (var file = new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            await using var copy = File.Create(left);
            await file.CopyToAsync(copy);
        }

        await File.AppendAllTextAsync(left, """{"order":{"id":"order_half""");
        await using (var torn = new RazorpaySandbox(Sandbox.Options with { JournalFile = left, WebhookUrl = () => null }, stage.Clock))
        {
            Assert.Equal(5, torn.UntoldEvents);
            torn.CreateOrder(900, "ZNQ-3", null);
        }

        await using var after = await GatewayStage.StartAsync(left);

        Assert.Equal(Sandbox.Order(order.Id)! with { Notes = null }, after.Sandbox.OrderOfReceipt("ZNQ-1")! with { Notes = null });
        Assert.Equal("7", after.Sandbox.OrderOfReceipt("ZNQ-1")!.Notes!["booking_id"]);
        Assert.Equal((20_000L, "partial", true), (after.Sandbox.Payment(paymentId)!.AmountRefunded, after.Sandbox.Payment(paymentId)!.RefundStatus, after.Sandbox.Payment(paymentId)!.Captured));
        Assert.Equal(refund.Id, after.Sandbox.CreateRefund(paymentId, 20_000, "normal", null, null, "refund-key-1", "request").Value!.Id);
        Assert.NotNull(after.Sandbox.CreateOrder(50_000, "ZNQ-1", null).Error);
        Assert.NotNull(after.Sandbox.OrderOfReceipt("ZNQ-3"));
        Assert.Equal(late.CapturedAfter, after.Sandbox.LateUntil(late.RazorpayPaymentId));
        Assert.Equal(refund.Id, (await after.NextWebhook("refund.processed")).Envelope!.Refund!.Id);
    }

    [Fact]
    public async Task The_checkout_page_shows_the_amount_and_cannot_be_broken_out_of()
    {
        var order = Sandbox.CreateOrder(123_456_789, "</script><b>", null).Value!;

        using var browser = new HttpClient { BaseAddress = stage.Address };
        var page = await browser.GetStringAsync(new Uri($"/dev/razorpay/checkout/{order.Id}?return_url=javascript:alert(1)", UriKind.Relative));

        Assert.Contains("12,34,567.89", page, StringComparison.Ordinal);
        Assert.DoesNotContain("</script><b>", page, StringComparison.Ordinal);
        Assert.Contains("\"return_url\":null", page, StringComparison.Ordinal);
    }

    private static async Task Until(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private async Task Dev(string path, string body)
    {
        using var http = new HttpClient { BaseAddress = stage.Address };
        using var answer = await http.PostAsync(new Uri($"/dev/razorpay/{path}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> Call(HttpMethod method, string path, string? body, string? key = $"{GatewayStage.KeyId}:{GatewayStage.KeySecret}")
    {
        using var http = new HttpClient { BaseAddress = stage.Address };
        using var request = new HttpRequestMessage(method, $"/razorpay/v1/{path}");
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(key)));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }
}
