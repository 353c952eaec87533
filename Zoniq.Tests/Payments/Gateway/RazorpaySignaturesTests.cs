using System.Text;
using Zoniq.Domain.Payments.Gateway;

namespace Zoniq.Tests.Payments.Gateway;

public sealed class RazorpaySignaturesTests
{
    private const string Signature = "0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f";
    private const string Rfc4231Case2 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("what do ya want for nothing?");

    private readonly RazorpaySignatures signatures = new(new RazorpayOptions { KeyId = "rzp", KeySecret = "EnLs21M47BllR3X8PSFtjtbd", WebhookSecret = "Jefe" });

    [Fact]
    public void The_providers_own_example_is_accepted()
    {
        Assert.True(signatures.IsCheckoutValid("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", Signature));
        Assert.True(signatures.IsCheckoutValid("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", Signature.ToUpperInvariant()));
    }

    [Theory]
    [InlineData("order_IEIaMR65cu6nz4", "pay_IH4NVgf4Dreq1l", Signature)]
    [InlineData("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1m", Signature)]
    [InlineData("pay_IH4NVgf4Dreq1l", "order_IEIaMR65cu6nz3", Signature)]
    [InlineData("order_IEIaMR65cu6nz3|pay_IH4NVgf4Dreq1l", "", Signature)]
    [InlineData("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", "")]
    [InlineData("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", "0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50")]
    [InlineData("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", "0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50e")]
    [InlineData("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", "zz4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f")]
    [InlineData("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", "कd4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f")]
    [InlineData("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", Signature + Signature)]
    public void Anything_else_is_not(string orderId, string paymentId, string signature) =>
        Assert.False(signatures.IsCheckoutValid(orderId, paymentId, signature));

    [Fact]
    public void A_webhook_is_believed_with_the_current_and_with_the_previous_secret()
    {
        var rotated = new RazorpaySignatures(new RazorpayOptions { WebhookSecret = "new", WebhookSecretPrevious = "Jefe" });
        var later = new RazorpaySignatures(new RazorpayOptions { WebhookSecret = "new" });

        Assert.True(signatures.IsWebhookValid(Body, Rfc4231Case2));
        Assert.True(rotated.IsWebhookValid(Body, Rfc4231Case2));
        Assert.False(later.IsWebhookValid(Body, Rfc4231Case2));
        Assert.False(signatures.IsWebhookValid([.. Body, (byte)' '], Rfc4231Case2));
        Assert.False(signatures.IsWebhookValid(Body, null));
    }

    [Fact]
    public void Without_secrets_nothing_is_believed()
    {
        var none = new RazorpaySignatures(new RazorpayOptions());

        Assert.False(none.CanVerifyWebhooks);
        Assert.False(none.IsWebhookValid(Body, Rfc4231Case2));
        Assert.False(none.IsCheckoutValid("order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", Signature));
    }
}
