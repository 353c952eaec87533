using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.Payments.Gateway;

public sealed class RazorpayGatewayTests : IAsyncLifetime
{
    private static readonly CancellationToken Uncancelled = CancellationToken.None;

    private GatewayStage stage = null!;

    private IPaymentGateway Gateway => stage.Gateway;

    public async Task InitializeAsync() => stage = await GatewayStage.StartAsync();

    public async Task DisposeAsync() => await stage.DisposeAsync();

    [Theory]
    [InlineData("4.35")]
    [InlineData("1.15")]
    [InlineData("19.99")]
    [InlineData("0.29")]
    [InlineData("1234567.89")]
    public async Task Amounts_are_exact_there_and_back(string rupees)
    {
        var price = Money.FromRupees(decimal.Parse(rupees, CultureInfo.InvariantCulture))!.Value;

        foreach (var tickets in Enumerable.Range(1, 7).Where(tickets => (price * tickets).Paise >= 100))
        {
            var order = (await Gateway.CreateOrderAsync(Order($"R{tickets}", price * tickets), Uncancelled)).Value;
            var paid = stage.Sandbox.Pay(order.Id, "upi", "success").Value!;
            var payment = (await Gateway.GetPaymentAsync(paid.RazorpayPaymentId, Uncancelled)).Value!;

            Assert.Equal(price * tickets, order.Amount);
            Assert.Equal(order.Amount, payment.Amount);
            Assert.Equal(order.Amount, (await Gateway.FindOrderByReceiptAsync($"R{tickets}", Uncancelled)).Value!.AmountPaid);
        }
    }

    [Fact]
    public async Task A_receipt_has_one_order_however_often_and_by_however_many_it_is_asked_for()
    {
        var orders = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Gateway.CreateOrderAsync(Order("ZNQ-1"), Uncancelled)));

        Assert.Single(orders.Select(order => order.Value.Id).Distinct());
        Assert.Single(stage.Sandbox.LatestOrders(0, 100));
    }

    [Fact]
    public async Task When_the_answer_is_lost_there_is_still_one_order()
    {
        Fault(call => call.CreatesOrder ? new ApiFault { LoseAnswer = true } : ApiFault.None);

        var order = await Gateway.CreateOrderAsync(Order("ZNQ-1"), Uncancelled);

        Assert.Equal(Assert.Single(stage.Sandbox.LatestOrders(0, 100)).Id, order.Value.Id);
    }

    [Fact]
    public async Task When_the_answer_does_not_come_the_order_is_looked_for_before_another_is_created()
    {
        var calls = Count(call => call.CreatesOrder, first: new ApiFault { Delay = TimeSpan.FromMinutes(1) });

        var order = await Gateway.CreateOrderAsync(Order("ZNQ-1"), Uncancelled);

        Assert.Equal(["POST orders", "GET orders", "POST orders"], calls);
        Assert.Equal(Assert.Single(stage.Sandbox.LatestOrders(0, 100)).Id, order.Value.Id);
    }

    [Fact]
    public async Task An_order_is_never_asked_for_more_than_twice()
    {
        var calls = Count(call => call.CreatesOrder, always: new ApiFault { FailWith = 500 });

        var order = await Gateway.CreateOrderAsync(Order("ZNQ-1"), Uncancelled);

        Assert.Same(GatewayProblems.Unavailable, order.Problem);
        Assert.Equal(2, calls.Count(call => call == "POST orders"));
    }

    [Fact]
    public async Task An_order_over_another_amount_is_not_handed_out()
    {
        stage.Sandbox.CreateOrder(99_900, "ZNQ-1", null);

        Assert.Equal("payment.gateway_unavailable", (await Gateway.CreateOrderAsync(Order("ZNQ-1"), Uncancelled)).Problem?.Code);
    }

    [Fact]
    public async Task What_the_provider_does_not_accept_is_a_refusal() =>
        Assert.Equal("payment.gateway_refused", (await Gateway.CreateOrderAsync(Order("ZNQ-1", new Money(99)), Uncancelled)).Problem?.Code);

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    public async Task A_read_is_tried_again_when_the_provider_fails(int status)
    {
        var (orderId, paymentId) = stage.Paid(50_000);
        var calls = Count(_ => true, first: new ApiFault { FailWith = status });

        Assert.Equal(paymentId, (await Gateway.GetPaymentAsync(paymentId, Uncancelled)).Value!.Id);
        Assert.Equal(paymentId, Assert.Single((await Gateway.GetOrderPaymentsAsync(orderId, Uncancelled)).Value).Id);
        Assert.Equal(3, calls.Count);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("a cut connection")]
    [InlineData("<html>bad gateway</html>")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"id":"pay_1","amount":"many","currency":"INR","status":"captured","items":"none"}""")]
    [InlineData("""{"id":null,"amount":null,"currency":null,"status":null,"payment_id":null,"items":null}""")]
    [InlineData("""{"id":"pay_1","amount":4.35,"currency":"INR","status":"captured","payment_id":"pay_1","items":[null]}""")]
    public async Task Whatever_the_provider_gets_wrong_callers_hear_that_it_is_unavailable(string answer)
    {
        var (orderId, paymentId) = stage.Paid(50_000);
        var refund = stage.Sandbox.CreateRefund(paymentId, 100, "normal", null, null, null, "").Value!;
        Fault(_ => answer switch
        {
            "500" => new ApiFault { FailWith = 500 },
            "a cut connection" => new ApiFault { LoseAnswer = true },
            _ => new ApiFault { ChangeAnswer = _ => answer },
        });

        Problem?[] problems =
        [
            (await Gateway.CreateOrderAsync(Order("ZNQ-1"), Uncancelled)).Problem,
            (await Gateway.FindOrderByReceiptAsync("ZNQ-1", Uncancelled)).Problem,
            (await Gateway.GetPaymentAsync(paymentId, Uncancelled)).Problem,
            (await Gateway.GetOrderPaymentsAsync(orderId, Uncancelled)).Problem,
            (await Gateway.RefundAsync(Refund(paymentId, 100), Uncancelled)).Problem,
            (await Gateway.GetRefundAsync(refund.Id, Uncancelled)).Problem,
            (await Gateway.GetPaymentRefundsAsync(paymentId, Uncancelled)).Problem,
        ];

        Assert.All(problems, problem => Assert.Equal("payment.gateway_unavailable", problem?.Code));
        Assert.All(problems, problem => Assert.NotNull(problem!.RetryAfter));
    }

    [Fact]
    public async Task Without_keys_with_wrong_keys_and_with_nobody_listening_it_is_unavailable()
    {
        await using var withoutKeys = GatewayStage.Client(null, stage.Address);
        await using var wrongKeys = GatewayStage.Client("guessed", stage.Address);
        await using var nobody = GatewayStage.Client(GatewayStage.KeySecret, new Uri("http://127.0.0.1:1"));

        foreach (var client in new[] { withoutKeys, wrongKeys, nobody })
        {
            var order = await client.GetRequiredService<IPaymentGateway>().CreateOrderAsync(Order("ZNQ-1"), Uncancelled);
            Assert.Equal("payment.gateway_unavailable", order.Problem?.Code);
        }

        Assert.Empty(stage.Sandbox.LatestOrders(0, 100));
    }

    [Fact]
    public async Task A_provider_that_keeps_failing_is_left_alone_for_a_while()
    {
        var calls = Count(_ => true, always: new ApiFault { FailWith = 500 });

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Gateway.GetPaymentAsync("pay_1", Uncancelled)));
        calls.Clear();
        var refused = await Gateway.GetPaymentAsync("pay_1", Uncancelled);

        Assert.Empty(calls);
        Assert.InRange(refused.Problem!.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("pay_unknown0000000")]
    [InlineData("")]
    [InlineData("../orders")]
    [InlineData("pay_1/refunds")]
    [InlineData("pay_1?expand[]=card")]
    public async Task An_id_nobody_knows_has_no_payment_and_no_refunds(string id)
    {
        Assert.Null((await Gateway.GetPaymentAsync(id, Uncancelled)).Value);
        Assert.Null((await Gateway.GetRefundAsync(id, Uncancelled)).Value);
        Assert.Empty((await Gateway.GetOrderPaymentsAsync(id, Uncancelled)).Value);
        Assert.Empty((await Gateway.GetPaymentRefundsAsync(id, Uncancelled)).Value);
        Assert.Null((await Gateway.FindOrderByReceiptAsync(id, Uncancelled)).Value);
        Assert.Equal("payment.gateway_refused", (await Gateway.RefundAsync(Refund(id, 100), Uncancelled)).Problem?.Code);
    }

    [Fact]
    public async Task A_refund_sent_many_times_with_its_key_is_one_refund()
    {
        var (_, paymentId) = stage.Paid(50_000);
        var calls = Count(_ => true, first: new ApiFault { LoseAnswer = true });

        var refunds = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Gateway.RefundAsync(Refund(paymentId, 20_000), Uncancelled)));
        var again = await Gateway.RefundAsync(Refund(paymentId, 20_000), Uncancelled);

        var refund = Assert.Single(stage.Sandbox.RefundsOf(paymentId));
        Assert.All(refunds.Where(answer => answer.Problem is null), answer => Assert.Equal(refund.Id, answer.Value.Id));
        Assert.All(refunds.Where(answer => answer.Problem is not null), answer => Assert.Equal("payment.gateway_unavailable", answer.Problem!.Code));
        Assert.Equal(refund.Id, again.Value.Id);
        Assert.Equal(new Money(20_000), (await Gateway.GetPaymentAsync(paymentId, Uncancelled)).Value!.AmountRefunded);
        Assert.True(calls.Count >= 3, "the first was sent again");
    }

    [Fact]
    public async Task No_more_is_given_back_than_was_paid()
    {
        var (_, paymentId) = stage.Paid(50_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => Gateway.RefundAsync(Refund(paymentId, 20_000, $"refund-key-{n}"), Uncancelled)));
        var payment = (await Gateway.GetPaymentAsync(paymentId, Uncancelled)).Value!;

        Assert.Equal(2, answers.Count(answer => answer.Problem is null));
        Assert.All(answers.Where(answer => answer.Problem is not null), answer =>
        {
            Assert.Equal("payment.gateway_refused", answer.Problem!.Code);
            Assert.Equal("refund_amount_exceeds_payment", answer.Problem.Members["reason"]);
        });
        Assert.Equal((new Money(40_000), "captured", "partial"), (payment.AmountRefunded, payment.Status, payment.RefundStatus));
    }

    [Fact]
    public async Task Only_captured_money_is_given_back()
    {
        var order = stage.Sandbox.CreateOrder(50_000, null, null).Value!;
        var authorised = stage.Sandbox.Pay(order.Id, "card", "authorized").Value!.RazorpayPaymentId;

        Assert.Equal("payment_not_captured", (await Gateway.RefundAsync(Refund(authorised, 100), Uncancelled)).Problem!.Members["reason"]);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_kept()
    {
        using var caller = new CancellationTokenSource();
        Fault(_ =>
        {
            caller.Cancel();
            return new ApiFault { Delay = TimeSpan.FromMinutes(1) };
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gateway.CreateOrderAsync(Order("ZNQ-1"), caller.Token));
    }

    private static NewGatewayOrder Order(string receipt, Money? amount = null) => new()
    {
        Receipt = receipt,
        Amount = amount ?? new Money(50_000),
        Notes = new Dictionary<string, string> { ["booking_number"] = receipt },
    };

    private static NewGatewayRefund Refund(string paymentId, long paise, string key = "refund-key-1") => new()
    {
        PaymentId = paymentId,
        Amount = new Money(paise),
        IdempotencyKey = key,
    };

    private void Fault(Func<ApiCall, ApiFault> fault) => stage.Sandbox.Faults = new SandboxFaults { OnApiCall = fault };

    /// <summary>The calls that arrive, with a fault for the first or for each of some of them.</summary>
    private ConcurrentQueue<string> Count(Func<ApiCall, bool> some, ApiFault? first = null, ApiFault? always = null)
    {
        var calls = new ConcurrentQueue<string>();
        var met = 0;
        Fault(call =>
        {
            calls.Enqueue($"{call.Method} {call.Path}");
            return some(call) && Interlocked.Increment(ref met) == 1 ? first ?? always! : some(call) && always is not null ? always : ApiFault.None;
        });
        return calls;
    }
}
