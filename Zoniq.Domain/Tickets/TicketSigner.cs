using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// Writes and checks what stands in a ticket's QR code: <c>ZQ1.kid.ticketId.eventId.generation.signature</c>, signed with ES256.
/// The same ticket always gets the same code (RFC 6979), and no two codes mean the same ticket: of the two signatures that
/// ECDSA allows for each nonce only the one with the smaller s is written and accepted.
/// </summary>
public sealed partial class TicketSigner
{
    private const string Version = "ZQ1";
    private const int SignatureLength = 64;

    // "ZQ1", an 8-character kid, two longs, an int and 86 characters of signature, with their dots.
    private const int LongestPayload = 3 + 8 + 19 + 19 + 10 + 86 + 5;

    private static readonly ECDomainParameters Curve = new(CustomNamedCurves.GetByOid(SecObjectIdentifiers.SecP256r1));

    private static readonly BigInteger HalfOrder = Curve.N.ShiftRight(1);

    private readonly ECPrivateKeyParameters _privateKey;
    private readonly string _keyId;
    private readonly Dictionary<string, ECParameters> _publicKeys;

    public TicketSigner(TicketSigningOptions options, ILogger<TicketSigner> logger)
    {
        var publicKeys = options.OldKeys.Prepend(options.PublicKey).Select(key => (Key: key, Jwk: TicketKey.Of(key))).DistinctBy(pair => pair.Jwk.Kid).ToArray();

        _privateKey = new ECPrivateKeyParameters(new BigInteger(1, options.SigningKey.D), Curve);
        _keyId = publicKeys[0].Jwk.Kid;
        _publicKeys = publicKeys.ToDictionary(pair => pair.Jwk.Kid, pair => pair.Key, StringComparer.Ordinal);
        Keys = [.. publicKeys.Select(pair => pair.Jwk)];

        if (options.IsTemporary)
        {
            LogTemporaryKey(logger, _keyId);
        }
    }

    /// <summary>The public halves of all keys whose tickets are still accepted; the one that signs comes first.</summary>
    public IReadOnlyList<TicketKey> Keys { get; }

    /// <summary>The payload for a ticket; the same arguments always give the same payload.</summary>
    public string Sign(long ticketId, long eventId, int generation)
    {
        var message = Message(_keyId, new SignedTicket(ticketId, eventId, generation));

        return $"{message}.{Signature(message)}";
    }

    /// <summary>Signs content as a compact JWS (RFC 7515), for whoever has the public keys.</summary>
    public string SignJws(ReadOnlySpan<byte> payload)
    {
        var header = Encoding.ASCII.GetBytes($$"""{"alg":"ES256","kid":"{{_keyId}}"}""");
        var message = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{message}.{Signature(message)}";
    }

    /// <summary>Whether the payload was signed by us, character for character; says nothing about whether the ticket may still enter.</summary>
    public bool Verify(string payload, out SignedTicket ticket)
    {
        ticket = default;
        if (payload.Length > LongestPayload
            || payload.Split('.') is not [Version, var keyId, var ticketId, var eventId, var generation, var signatureText]
            || !_publicKeys.TryGetValue(keyId, out var publicKey)
            || !TryReadNumber(ticketId, out var ticketNumber)
            || !TryReadNumber(eventId, out var eventNumber)
            || !TryReadNumber(generation, out var generationNumber)
            || generationNumber > int.MaxValue
            || !TryReadSignature(signatureText, out var signature))
        {
            return false;
        }

        var read = new SignedTicket(ticketNumber, eventNumber, (int)generationNumber);
        var message = Message(keyId, read);

        // Written out again it must be the same text: leading zeros and the spare bits of base64url are not another spelling.
        if (!string.Equals(payload, $"{message}.{Base64Url.EncodeToString(signature)}", StringComparison.Ordinal)
            || new BigInteger(1, signature, SignatureLength / 2, SignatureLength / 2).CompareTo(HalfOrder) > 0)
        {
            return false;
        }

        // An ECDsa instance is not for several threads at once, so each check has its own.
        using var key = ECDsa.Create(publicKey);
        if (!key.VerifyData(Encoding.ASCII.GetBytes(message), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            return false;
        }

        ticket = read;
        return true;
    }

    private string Signature(string message)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, _privateKey);
        var parts = signer.GenerateSignature(SHA256.HashData(Encoding.ASCII.GetBytes(message)));
        var (r, s) = (parts[0], parts[1]);

        var signature = new byte[SignatureLength];
        WriteFixed(r, signature.AsSpan(0, SignatureLength / 2));
        WriteFixed(s.CompareTo(HalfOrder) > 0 ? Curve.N.Subtract(s) : s, signature.AsSpan(SignatureLength / 2));

        return Base64Url.EncodeToString(signature);
    }

    private static string Message(string keyId, SignedTicket ticket) =>
        string.Create(CultureInfo.InvariantCulture, $"{Version}.{keyId}.{ticket.TicketId}.{ticket.EventId}.{ticket.Generation}");

    private static bool TryReadNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;

    private static bool TryReadSignature(string text, out byte[] signature)
    {
        signature = new byte[SignatureLength];
        return text.Length == Base64Url.GetEncodedLength(SignatureLength)
            && Base64Url.DecodeFromChars(text, signature, out _, out var length) == OperationStatus.Done      // the Try… method throws
            && length == SignatureLength;
    }

    /// <summary>Big-endian, filled up with zeros in front.</summary>
    private static void WriteFixed(BigInteger number, Span<byte> field)
    {
        var bytes = number.ToByteArrayUnsigned();
        bytes.CopyTo(field[(field.Length - bytes.Length)..]);
    }

    [LoggerMessage(LogLevel.Warning, "TICKET_SIGNING_KEY is not set: tickets are signed with key {KeyId}, which is lost when this process ends.")]
    private static partial void LogTemporaryKey(ILogger logger, string keyId);
}

/// <summary>What a QR code says.</summary>
/// <param name="TicketId">Of the ticket.</param>
/// <param name="EventId">Of the event it is for.</param>
/// <param name="Generation">Raised by each transfer; an older one no longer opens the gate.</param>
public readonly record struct SignedTicket(long TicketId, long EventId, int Generation);
