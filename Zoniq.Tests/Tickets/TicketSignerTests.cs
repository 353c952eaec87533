using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zoniq.Domain;
using Zoniq.Domain.Tickets;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

public sealed class TicketSignerTests
{
    private static readonly ECParameters Key = NewKey(ECCurve.NamedCurves.nistP256);

    private readonly TicketSigner _signer = SignerWith(Key);

    [Fact]
    public void A_code_says_which_ticket_it_is_for()
    {
        var payload = _signer.Sign(ticketId: 812_345, eventId: 4_021, generation: 2);

        Assert.StartsWith($"ZQ1.{_signer.Keys[0].Kid}.812345.4021.2.", payload);
        Assert.True(_signer.Verify(payload, out var ticket));
        Assert.Equal(new SignedTicket(812_345, 4_021, 2), ticket);
    }

    [Fact]
    public void The_largest_numbers_there_are_can_be_signed()
    {
        var payload = _signer.Sign(long.MaxValue, long.MaxValue, int.MaxValue);

        Assert.True(_signer.Verify(payload, out var ticket));
        Assert.Equal(new SignedTicket(long.MaxValue, long.MaxValue, int.MaxValue), ticket);
    }

    [Fact]
    public void The_same_ticket_always_gets_the_same_code_and_another_one_never()
    {
        Assert.Equal(_signer.Sign(1, 2, 3), SignerWith(Key).Sign(1, 2, 3));
        Assert.NotEqual(_signer.Sign(1, 2, 3), _signer.Sign(1, 2, 4));
    }

    [Fact]
    public void Anyone_with_the_published_key_can_check_a_code()
    {
        var jwk = Assert.Single(_signer.Keys);
        var payload = _signer.Sign(5, 6, 1);
        var lastDot = payload.LastIndexOf('.');

        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.X), Y = Base64Url.DecodeFromChars(jwk.Y) },
        });
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes(payload[..lastDot]), Base64Url.DecodeFromChars(payload.AsSpan(lastDot + 1)), HashAlgorithmName.SHA256));

        var thumbprint = SHA256.HashData(Encoding.ASCII.GetBytes($"{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{jwk.X}\",\"y\":\"{jwk.Y}\"}}"));
        Assert.Equal(Base64Url.EncodeToString(thumbprint)[..8], jwk.Kid);
    }

    [Fact]
    public void Of_ten_thousand_altered_codes_none_is_accepted()
    {
        const string Symbols = "ABCXYZabcxyz0123456789-_. +/=\n٣é";
        var random = new Random(20_261_212);
        var accepted = new List<string>();

        for (var i = 0; i < 10_000; i++)
        {
            var payload = _signer.Sign(1 + (i % 7), 4_021, 1);
            var at = random.Next(payload.Length);
            var symbol = Symbols[random.Next(Symbols.Length)];
            var altered = random.Next(5) switch
            {
                0 => payload.Remove(at, 1),
                1 => payload.Insert(at, symbol.ToString()),
                2 => payload[..at] + (char.IsLower(payload[at]) ? char.ToUpperInvariant(payload[at]) : char.ToLowerInvariant(payload[at])) + payload[(at + 1)..],
                3 => payload[..at] + payload[random.Next(payload.Length)..],
                _ => payload[..at] + symbol + payload[(at + 1)..],
            };
            if (altered != payload && _signer.Verify(altered, out _))
            {
                accepted.Add(altered);
            }
        }

        Assert.Empty(accepted);
    }

    [Fact]
    public void A_code_has_one_spelling()
    {
        var payload = _signer.Sign(1, 2, 3);
        var fields = payload.Split('.');
        string With(int field, string text) => string.Join('.', [.. fields[..field], text, .. fields[(field + 1)..]]);
        string[] spellings =
        [
            "", ".", ".....", payload + ".", " " + payload, payload + "\n", payload + "=", payload.ToUpperInvariant(),
            With(0, "ZQ2"), With(0, "zq1"), With(1, ""), With(2, "01"), With(2, "+1"), With(2, " 1"), With(2, "1 "), With(2, "-1"), With(2, "0"),
            With(2, "１"), With(2, "99999999999999999999"), With(2, new string('9', 100_000)), With(4, "4294967299"), With(4, "3.0"), With(5, ""),
            With(5, fields[5][..^1] + LastWithSpareBits(fields[5][^1])), With(5, new string('A', 86)), With(5, fields[5] + "AA"),
        ];

        Assert.All(spellings, spelling => Assert.False(_signer.Verify(spelling, out _), spelling));
    }

    /// <summary>Not even with our own signature.</summary>
    [Fact]
    public void Nothing_has_the_number_zero() =>
        Assert.All([_signer.Sign(0, 2, 3), _signer.Sign(1, 0, 3), _signer.Sign(1, 2, 0)], payload => Assert.False(_signer.Verify(payload, out _), payload));

    [Fact]
    public void The_second_signature_that_ecdsa_would_allow_is_refused()
    {
        var order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber);
        var payload = _signer.Sign(1, 2, 3);
        var lastDot = payload.LastIndexOf('.');
        var signature = Base64Url.DecodeFromChars(payload.AsSpan(lastDot + 1));
        var mirrored = (order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] second = [.. signature[..32], .. new byte[32 - mirrored.Length], .. mirrored];

        using var key = ECDsa.Create(Key);
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes(payload[..lastDot]), second, HashAlgorithmName.SHA256));
        Assert.False(_signer.Verify($"{payload[..lastDot]}.{Base64Url.EncodeToString(second)}", out _));
    }

    [Fact]
    public void A_replaced_key_keeps_verifying_and_a_strange_one_never_does()
    {
        var old = NewKey(ECCurve.NamedCurves.nistP256);
        var today = SignerWith(Key, old with { D = null });

        Assert.True(today.Verify(SignerWith(old).Sign(1, 2, 3), out _));
        Assert.False(today.Verify(SignerWith(NewKey(ECCurve.NamedCurves.nistP256)).Sign(1, 2, 3), out _));
        Assert.Equal(2, today.Keys.Count);
    }

    [Fact]
    public void Many_gates_check_at_once()
    {
        var payloads = Enumerable.Range(1, 64).Select(id => _signer.Sign(id, 2, 3)).ToArray();

        var checkedIds = payloads.AsParallel().AsOrdered().WithDegreeOfParallelism(32)
            .Select(payload => _signer.Verify(payload, out var ticket) && _signer.Sign(ticket.TicketId, 2, 3) == payload ? ticket.TicketId : 0);

        Assert.Equal(Enumerable.Range(1, 64).Select(id => (long)id), checkedIds);
    }

    [Fact]
    public void Keys_are_read_in_every_way_an_operator_may_write_them()
    {
        using var key = ECDsa.Create(Key);
        using var old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var older = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] signingKeys = [key.ExportPkcs8PrivateKeyPem(), key.ExportECPrivateKeyPem(), Convert.ToBase64String(key.ExportPkcs8PrivateKey()), key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n")];
        string[] oldKeys = [$"{old.ExportSubjectPublicKeyInfoPem()}\n{older.ExportSubjectPublicKeyInfoPem()}", $"{Convert.ToBase64String(old.ExportSubjectPublicKeyInfo())}, {Convert.ToBase64String(older.ExportSubjectPublicKeyInfo())}"];

        var expected = SignerWith(Key, old.ExportParameters(false), older.ExportParameters(false)).Keys;

        Assert.All(signingKeys, signingKey => Assert.All(oldKeys, keys =>
            Assert.Equal(expected, new TicketSigner(Options(("TICKET_SIGNING_KEY", signingKey), ("TICKET_SIGNING_KEYS_OLD", keys)), NullLogger<TicketSigner>.Instance).Keys)));
    }

    [Fact]
    public void A_key_that_cannot_sign_tickets_stops_the_app_without_being_shown()
    {
        using var publicOnly = ECDsa.Create(Key with { D = null });
        using var otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string[] wrong = ["secret-nonsense", publicOnly.ExportSubjectPublicKeyInfoPem(), otherCurve.ExportPkcs8PrivateKeyPem(), "-----BEGIN PRIVATE KEY-----"];

        Assert.All(wrong, text =>
        {
            var refusal = Assert.Throws<SettingsException>(() => Options(("TICKET_SIGNING_KEY", text)));
            Assert.Contains("TICKET_SIGNING_KEY", refusal.Message);
            Assert.DoesNotContain(text, refusal.Message);
        });
        Assert.Throws<SettingsException>(() => Options(("TICKET_SIGNING_KEYS_OLD", otherCurve.ExportSubjectPublicKeyInfoPem())));
        Assert.Throws<SettingsException>(() => Options(("TICKET_SIGNING_KEYS_OLD", otherCurve.ExportPkcs8PrivateKeyPem())));
    }

    [Fact]
    public void Production_needs_a_key_of_its_own_and_development_makes_one_up()
    {
        Assert.Throws<SettingsException>(() => Options(("ENVIRONMENT", "PROD")));
        Assert.True(Options().IsTemporary);
    }

    [Fact]
    public void That_a_key_was_made_up_is_said_and_of_one_that_was_given_there_is_nothing_to_say()
    {
        using var key = ECDsa.Create(Key);
        using var log = new LogCapture();
        using var loggers = new LoggerFactory([log]);

        _ = new TicketSigner(Options(("TICKET_SIGNING_KEY", key.ExportPkcs8PrivateKeyPem())), loggers.CreateLogger<TicketSigner>());
        Assert.Empty(log.Lines);
        var madeUp = new TicketSigner(Options(), loggers.CreateLogger<TicketSigner>());

        Assert.Contains(madeUp.Keys[0].Kid, Assert.Single(log.Lines).Text);
    }

    private static TicketSigner SignerWith(ECParameters key, params ECParameters[] oldKeys) =>
        new(new TicketSigningOptions { SigningKey = key, OldKeys = oldKeys }, NullLogger<TicketSigner>.Instance);

    private static TicketSigningOptions Options(params (string Key, string Value)[] settings) =>
        TicketSigningOptions.From(new Settings(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value))
            .Build()));

    private static ECParameters NewKey(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportParameters(includePrivateParameters: true);
    }

    /// <summary>The last of 86 characters carries two bits of the signature and four that must be zero.</summary>
    private static char LastWithSpareBits(char last) => (char)(last + 1);
}
