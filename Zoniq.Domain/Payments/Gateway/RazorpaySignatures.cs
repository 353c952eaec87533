using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Zoniq.Domain.Payments.Gateway;

/// <summary>
/// Whether something really comes from the provider: hex HMAC-SHA256, compared in constant time. What is not hex is simply wrong.
/// https://razorpay.com/docs/webhooks/validate-test/
/// </summary>
public sealed class RazorpaySignatures(RazorpayOptions options)
{
    private readonly byte[]? keySecret = Bytes(options.KeySecret);
    private readonly byte[]? webhookSecret = Bytes(options.WebhookSecret);
    private readonly byte[]? previousWebhookSecret = Bytes(options.WebhookSecretPrevious);

    /// <summary>Whether webhooks can be checked at all.</summary>
    public bool CanVerifyWebhooks => webhookSecret is not null;

    /// <summary>What the checkout hands to the browser after a payment; take the order id from our own record, not from the browser.</summary>
    public bool IsCheckoutValid(string orderId, string paymentId, string signature) =>
        keySecret is not null && Matches(keySecret, Encoding.UTF8.GetBytes($"{orderId}|{paymentId}"), signature);

    /// <summary>The raw bytes of a webhook, before anything is parsed; the previous secret counts too.</summary>
    public bool IsWebhookValid(ReadOnlySpan<byte> body, string? signature) =>
        (webhookSecret is not null && Matches(webhookSecret, body, signature))
        || (previousWebhookSecret is not null && Matches(previousWebhookSecret, body, signature));

    private static bool Matches(byte[] secret, ReadOnlySpan<byte> message, string? signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature is not { Length: 2 * HMACSHA256.HashSizeInBytes }
            || Convert.FromHexString(signature, given, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, message, expected);
        return CryptographicOperations.FixedTimeEquals(expected, given);
    }

    private static byte[]? Bytes(string? secret) => secret is null ? null : Encoding.UTF8.GetBytes(secret);
}
