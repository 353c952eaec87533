using System.Text;
using Zoniq.Domain;
using Zoniq.Domain.Payments.Gateway;

namespace Zoniq.Tests.Payments.Gateway;

public sealed class WebhookEnvelopeTests
{
    [Fact]
    public void What_matters_is_read_and_the_rest_is_passed_over()
    {
        var envelope = Parse(
            """
            {"entity":"event","account_id":"acc_1","event":"payment.captured","contains":["payment"],"novelty":{"a":[1]},
             "payload":{"payment":{"entity":{"id":"pay_1","order_id":"order_1","amount":123456789,"currency":"INR","status":"captured","method":"upi",
               "amount_refunded":null,"error_code":null,"card":{"id":null},"created_at":1700000000}}},"created_at":1700000001}
            """);

        Assert.Equal("payment.captured", envelope!.Event);
        Assert.Equal(new Money(123456789), envelope.Payment!.Amount);
        Assert.Equal(Money.Zero, envelope.Payment.AmountRefunded);
        Assert.True(envelope.Payment.WasCaptured);
        Assert.Null(envelope.Order);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000001), envelope.CreatedAt);
    }

    [Theory]
    [InlineData("""{"event":"payment.downtime.started","payload":{"payment.downtime":{"entity":{"id":"down_1"}}}}""")]
    [InlineData("""{"event":"payment.captured","payload":{"payment":{"entity":{"id":"pay_1"}}}}""")]
    [InlineData("""{"event":"payment.captured","payload":{"payment":null}}""")]
    [InlineData("""{"event":"payment.captured","payload":{"payment":{"entity":{"id":null,"amount":1,"currency":"INR","status":"captured"}}}}""")]
    [InlineData("""{"event":"payment.captured","payload":{"payment":{"entity":{"id":"pay_1","amount":4.35,"currency":"INR","status":"captured"}}}}""")]
    public void An_event_without_a_payment_that_can_be_read_is_still_an_event(string body)
    {
        var envelope = Parse(body);

        Assert.NotNull(envelope);
        Assert.Null(envelope.Payment);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"event":"payment.captured"}""")]
    [InlineData("""{"event":null,"payload":{}}""")]
    [InlineData("""{"event":"payment.captured","payload":[]}""")]
    [InlineData("""{"event":{"x":1},"payload":{}}""")]
    public void Anything_else_is_no_envelope(string body) => Assert.Null(Parse(body));

    [Fact]
    public void Nesting_without_end_is_no_envelope() =>
        Assert.Null(Parse($$"""{"event":"x","payload":{{string.Concat(Enumerable.Repeat("""{"a":""", 1000))}}1{{new string('}', 1000)}}}"""));

    private static WebhookEnvelope? Parse(string body) => WebhookEnvelope.TryParse(Encoding.UTF8.GetBytes(body));
}
