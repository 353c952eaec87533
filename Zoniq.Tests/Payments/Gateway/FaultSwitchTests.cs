using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.Payments.Gateway;

/// <summary>What can be switched on by hand, and by a storm, at <c>/dev/razorpay/faults</c>.</summary>
public sealed class FaultSwitchTests : IAsyncLifetime
{
    private const string NewOrder = """{"amount":50000,"currency":"INR","receipt":"ZNQ-1"}""";

    private GatewayStage stage = null!;

    private RazorpaySandbox Sandbox => stage.Sandbox;

    public async Task InitializeAsync() => stage = await GatewayStage.StartAsync();

    public async Task DisposeAsync() => await stage.DisposeAsync();

    [Fact]
    public async Task What_is_switched_on_is_shown_beside_what_could_be_and_is_switched_off_again()
    {
        await Switch("""{"seed":7,"faults":[{"fault":"fail","path":"orders","status":502,"every":2},{"fault":"drop","event":"refund","probability":0.5}]}""");

        var shown = await Dev(HttpMethod.Get, "faults");
        Assert.Equal(7, shown.GetProperty("seed").GetInt32());
        Assert.Equal(["fail", "drop"], shown.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("fault").GetString()));
        Assert.Equal(502, shown.GetProperty("faults")[0].GetProperty("status").GetInt32());
        Assert.Equal(
            ["answer_slowly", "answer_never", "fail", "lose_answer", "drop", "copy", "delay", "reorder", "wrong_amount", "other_order", "not_json", "wrong_signature", "hold_refunds"],
            shown.GetProperty("switches").EnumerateArray().Select(known => known.GetProperty("fault").GetString()));

        Assert.Empty((await Dev(HttpMethod.Delete, "faults")).GetProperty("faults").EnumerateArray());
        await Switch("""{"faults":[{"fault":"drop"}]}""");
        Assert.Single(Sandbox.Faults.Switches.Faults);
        Assert.Empty((await Switch("{}")).GetProperty("faults").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, (await Order()).StatusCode);
    }

    [Theory]
    [InlineData("""{"faults":[{"fault":"explode"}]}""", "fault")]
    [InlineData("""{"faults":[null]}""", "fault")]
    [InlineData("""{"faults":[{"fault":"drop","path":"orders"}]}""", "path")]
    [InlineData("""{"faults":[{"fault":"fail","event":"refund"}]}""", "event")]
    [InlineData("""{"faults":[{"fault":"fail","status":200}]}""", "status")]
    [InlineData("""{"faults":[{"fault":"drop","copies":2}]}""", "copies")]
    [InlineData("""{"faults":[{"fault":"copy","copies":1}]}""", "copies")]
    [InlineData("""{"faults":[{"fault":"delay","seconds":-1}]}""", "seconds")]
    [InlineData("""{"faults":[{"fault":"drop","probability":0}]}""", "probability")]
    [InlineData("""{"faults":[{"fault":"drop","every":0}]}""", "every")]
    [InlineData("""{"faults":[{"fault":"drop","times":0}]}""", "times")]
    [InlineData("""{"faults":[{"fault":"drop","often":true}]}""", "$.faults[0].often")]
    [InlineData("""{"faults":null}""", "$.faults")]
    [InlineData("drop", "$")]
    public async Task What_is_not_understood_changes_nothing(string body, string field)
    {
        await Switch("""{"faults":[{"fault":"fail"}]}""");

        using var answer = await Send(HttpMethod.Post, "/dev/razorpay/faults", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("field").GetString());
        Assert.Equal("fail", Assert.Single(Sandbox.Faults.Switches.Faults).Fault);
    }

    [Theory]
    [InlineData(429, "BAD_REQUEST_ERROR")]
    [InlineData(500, "SERVER_ERROR")]
    [InlineData(502, "GATEWAY_ERROR")]
    public async Task Every_second_call_of_a_path_can_fail_and_then_no_more(int status, string code)
    {
        await Switch($$"""{"faults":[{"fault":"fail","path":"POST orders","status":{{status}},"every":2,"times":2}]}""");

        var answers = new List<HttpResponseMessage>();
        for (var call = 0; call < 6; call++)
        {
            answers.Add(await Order($$"""{"amount":50000,"currency":"INR","receipt":"ZNQ-{{call}}"}"""));
            Assert.Equal(HttpStatusCode.OK, (await Api(HttpMethod.Get, "orders")).StatusCode);
        }

        Assert.Equal([200, status, 200, status, 200, 200], answers.Select(answer => (int)answer.StatusCode));
        Assert.Contains(code, await answers[1].Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(Sandbox.OrderOfReceipt("ZNQ-1"));
    }

    [Fact]
    public async Task An_order_can_be_made_whose_answer_is_lost()
    {
        await Switch("""{"faults":[{"fault":"lose_answer","path":"POST orders"}]}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => Order());

        Assert.Equal(HttpStatusCode.OK, (await Api(HttpMethod.Get, $"orders/{Sandbox.OrderOfReceipt("ZNQ-1")!.Id}")).StatusCode);
    }

    [Theory]
    [InlineData("""{"fault":"answer_slowly","seconds":0.3}""", true)]
    [InlineData("""{"fault":"answer_never"}""", false)]
    public async Task A_call_can_take_long_or_for_ever(string fault, bool isAnswered)
    {
        await Switch($$"""{"faults":[{{fault}}]}""");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(isAnswered ? 20 : 0.5));

        var call = Order(cancellationToken: patience.Token);
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        Assert.False(call.IsCompleted);

        if (isAnswered)
        {
            Assert.Equal(HttpStatusCode.OK, (await call).StatusCode);
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            Assert.Null(Sandbox.OrderOfReceipt("ZNQ-1"));
        }
    }

    [Fact]
    public async Task A_webhook_can_be_sent_ten_times_while_others_are_dropped()
    {
        await Switch("""{"faults":[{"fault":"copy","copies":10,"event":"payment.captured"},{"fault":"drop","event":"order.paid"},{"fault":"drop","event":"authorized"}]}""");
        stage.Paid(50_000);

        var sent = await Webhooks(10);

        Assert.All(sent, webhook => Assert.Equal("payment.captured", webhook.Envelope!.Event));
        Assert.Single(sent.Select(webhook => webhook.EventId).Distinct());
        await Until(() => Sandbox.Webhooks.Count(webhook => webhook.State == "dropped") == 2);
    }

    [Fact]
    public async Task A_webhook_can_be_signed_by_somebody_else()
    {
        await Switch("""{"faults":[{"fault":"wrong_signature","event":"payment.captured","times":1}]}""");
        stage.WebhookAnswers.Enqueue(400);
        stage.Paid(50_000);

        Assert.Single(await Webhooks(3), webhook => !stage.Signatures.IsWebhookValid(webhook.Body, webhook.Signature));
    }

    [Fact]
    public async Task A_webhook_can_tell_of_another_amount_and_of_another_order()
    {
        var other = Sandbox.CreateOrder(70_000, null, null).Value!;
        await Switch("""{"faults":[{"fault":"wrong_amount","event":"captured"},{"fault":"other_order","event":"captured"}]}""");
        var paid = stage.Paid(50_000);

        var captured = await stage.NextWebhook("payment.captured");

        Assert.True(stage.Signatures.IsWebhookValid(captured.Body, captured.Signature));
        Assert.Equal((49_999L, other.Id, paid.PaymentId), (captured.Envelope!.Payment!.Amount.Paise, captured.Envelope.Payment.OrderId, captured.Envelope.Payment.Id));
        Assert.Equal(50_000, Sandbox.Payment(paid.PaymentId)!.Amount);
    }

    [Fact]
    public async Task A_webhook_can_break_off_and_still_be_signed()
    {
        await Switch("""{"faults":[{"fault":"not_json"},{"fault":"wrong_amount"}]}""");
        stage.Paid(50_000);

        var broken = await stage.NextWebhook();

        Assert.Null(broken.Envelope);
        Assert.True(stage.Signatures.IsWebhookValid(broken.Body, broken.Signature));
    }

    [Fact]
    public async Task Webhooks_can_be_kept_back_until_others_have_overtaken_them()
    {
        await Switch("""{"faults":[{"fault":"delay","seconds":1,"event":"payment.captured"}]}""");
        stage.Paid(50_000);

        Assert.Equal("payment.captured", (await Webhooks(3))[^1].Envelope!.Event);
    }

    [Fact]
    public void The_same_seed_brings_the_same_faults_in_the_same_order()
    {
        var switches = new FaultSwitches
        {
            Seed = 11,
            Faults = [new FaultSwitch { Fault = "reorder", Seconds = 10 }, new FaultSwitch { Fault = "drop", Probability = 0.3 }, new FaultSwitch { Fault = "fail", Probability = 0.3 }],
        };

        var (one, again, other) = (Drawn(switches), Drawn(switches), Drawn(switches with { Seed = 12 }));

        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        Assert.InRange(one.Count(drawn => drawn.Webhook.Drop), 40, 80);
        Assert.InRange(one.Count(drawn => drawn.Call.FailWith == 500), 40, 80);
        Assert.Equal(200, one.Select(drawn => drawn.Webhook.Delay).Distinct().Count());
        Assert.All(one, drawn => Assert.InRange(drawn.Webhook.Delay, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        Assert.NotNull(Sandbox.Switch(new FaultSwitches { Faults = [new FaultSwitch()] }));
    }

    [Fact]
    public async Task Money_can_be_given_back_in_the_dashboard()
    {
        var paid = stage.Paid(50_000);

        var part = await Dev(HttpMethod.Post, $"payments/{paid.PaymentId}/refund", """{"amount":20000}""");
        var rest = await Dev(HttpMethod.Post, $"payments/{paid.PaymentId}/refund");

        Assert.Equal((20_000, 30_000), (part.GetProperty("amount").GetInt32(), rest.GetProperty("amount").GetInt32()));
        Assert.Equal(part.GetProperty("id").GetString(), (await stage.NextWebhook("refund.created")).Envelope!.Refund!.Id);
        await Until(() => Sandbox.Payment(paid.PaymentId)!.Status == "refunded" && Sandbox.RefundsOf(paid.PaymentId).All(refund => refund.Status == "processed"));
        using var more = await Send(HttpMethod.Post, $"/dev/razorpay/payments/{paid.PaymentId}/refund", "");
        Assert.Equal(HttpStatusCode.BadRequest, more.StatusCode);
    }

    [Fact]
    public async Task A_refund_that_waits_can_be_refused_by_the_bank()
    {
        await Switch("""{"faults":[{"fault":"hold_refunds"}]}""");
        var paid = stage.Paid(50_000);
        var refund = (await Dev(HttpMethod.Post, $"payments/{paid.PaymentId}/refund")).GetProperty("id").GetString()!;
        var kept = (await Dev(HttpMethod.Post, $"payments/{stage.Paid(60_000).PaymentId}/refund")).GetProperty("id").GetString()!;
        await Task.Delay(TimeSpan.FromMilliseconds(300));

        Assert.Equal("failed", (await Dev(HttpMethod.Post, $"refunds/{refund}/fail")).GetProperty("status").GetString());

        Assert.Equal(refund, (await stage.NextWebhook("refund.failed")).Envelope!.Refund!.Id);
        Assert.Equal("captured", Sandbox.Payment(paid.PaymentId)!.Status);
        Assert.Equal("pending", Sandbox.Refund(kept)!.Status);
        await Switch("{}");
        await Until(() => Sandbox.Refund(kept)!.Status == "processed");
        using var late = await Send(HttpMethod.Post, $"/dev/razorpay/refunds/{kept}/fail", "");
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
    }

    private List<(ApiFault Call, WebhookFault Webhook)> Drawn(FaultSwitches switches)
    {
        var faults = switches.ToFaults(id => id);
        var happened = new SandboxEvent { Id = "evt_1", Name = "payment.captured", Body = "{}", CreatedAt = 0 };
        return [.. Enumerable.Range(0, 200).Select(_ => (faults.OnApiCall(new ApiCall("POST", "orders")), faults.OnWebhook(new WebhookSend(happened, 1))))];
    }

    private async Task<List<ReceivedWebhook>> Webhooks(int count)
    {
        var received = new List<ReceivedWebhook>();
        while (received.Count < count)
        {
            received.Add(await stage.NextWebhook());
        }

        return received;
    }

    private Task<JsonElement> Switch(string body) => Dev(HttpMethod.Post, "faults", body);

    private async Task<JsonElement> Dev(HttpMethod method, string path, string? body = null)
    {
        using var answer = await Send(method, $"/dev/razorpay/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private Task<HttpResponseMessage> Order(string body = NewOrder, CancellationToken cancellationToken = default) => Api(HttpMethod.Post, "orders", body, cancellationToken);

    private Task<HttpResponseMessage> Api(HttpMethod method, string path, string? body = null, CancellationToken cancellationToken = default) =>
        Send(method, $"/razorpay/v1/{path}", body, cancellationToken);

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string? body, CancellationToken cancellationToken = default)
    {
        using var http = new HttpClient { BaseAddress = stage.Address };
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{GatewayStage.KeyId}:{GatewayStage.KeySecret}"))) },
        };
        return await http.SendAsync(request, cancellationToken);
    }

    private static async Task Until(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
