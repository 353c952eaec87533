using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;
using Zoniq.Domain.Tickets;

namespace Zoniq.Tests.Tickets;

/// <summary>Codes: the picture, the keys, and what is none of ours.</summary>
public sealed class TicketCodeTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_holder_gets_the_code_as_a_picture_of_the_size_they_want()
    {
        var staged = await App.AnEvent(rows: 0);
        var ticket = await App.Ticket(staged);
        var path = $"/api/tickets/{ticket.Id}/qr";

        foreach (var (query, size) in new[] { ("", 384), ("?size=128", 128), ("?size=1024", 1024) })
        {
            var picture = (await ticket.Holder.Get(path + query)).Succeeded(200);
            Assert.Equal("image/png", picture.ContentHeaders.ContentType?.MediaType);
            using var bitmap = SKBitmap.Decode(picture.Bytes);
            Assert.Equal((size, size), (bitmap.Width, bitmap.Height));
        }

        (await ticket.Holder.Get(path + "?size=127")).RefusedField("size");
        (await ticket.Holder.Get(path + "?size=1025")).RefusedField("size");
        (await (await App.NewBuyer()).Get(path)).Refused(404, "ticket.not_found");
        (await (await App.Administrator()).Get(path)).Refused(404, "ticket.not_found");
        var unpaid = await ticket.Holder.Books(staged.Standing);
        var waiting = await App.Value<long>("select id from ticket where booking_id = @unpaid", new { unpaid });
        (await ticket.Holder.Get($"/api/tickets/{waiting}/qr")).Refused(409, "ticket.not_confirmed");
    }

    [Fact]
    public async Task A_new_key_signs_and_tickets_of_the_old_one_still_enter()
    {
        using var old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var before = await App.StartAnother(("TICKET_SIGNING_KEY", Convert.ToBase64String(old.ExportPkcs8PrivateKey())));
        await using var after = await App.StartAnother(
            ("TICKET_SIGNING_KEY", Convert.ToBase64String(next.ExportPkcs8PrivateKey())), ("TICKET_SIGNING_KEYS_OLD", Convert.ToBase64String(old.ExportSubjectPublicKeyInfo())));
        await using var without = await App.StartAnother(("TICKET_SIGNING_KEY", Convert.ToBase64String(next.ExportPkcs8PrivateKey())));
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        var office = await App.Administrator();

        var printed = (await ticket.Holder.At(before).Get($"/api/tickets/{ticket.Id}")).Succeeded()["qrPayload"].GetString()!;
        var renewed = (await ticket.Holder.At(after).Get($"/api/tickets/{ticket.Id}")).Succeeded()["qrPayload"].GetString()!;
        var keys = (await after.Nobody.Get("/api/tickets/keys")).Succeeded(200);

        Assert.Equal([renewed.Split('.')[1], printed.Split('.')[1]], keys["keys"].EnumerateArray().Select(key => key.GetProperty("kid").GetString()));
        Assert.All(keys["keys"].EnumerateArray(), key => Assert.Equal(("EC", "P-256", false), (key.GetProperty("kty").GetString(), key.GetProperty("crv").GetString(), key.TryGetProperty("d", out _))));
        (await office.At(without).Post("/api/tickets/mark-used", new { qrPayload = printed })).Refused(422, "ticket.qr_invalid");
        (await office.At(after).Post("/api/tickets/mark-used", new { qrPayload = printed })).Succeeded(200);
        (await office.At(after).Post("/api/tickets/mark-used", new { qrPayload = renewed })).Refused(409, "ticket.already_used");
    }

    /// <summary>All by the signer, a hundred of them at the gate; the dice are always the same.</summary>
    [Fact]
    public async Task Of_ten_thousand_codes_that_differ_a_little_from_a_real_one_none_opens_the_gate()
    {
        var tickets = await App.Tickets(await App.AnEvent(rows: 0), 2);
        var signer = App.Services.GetRequiredService<TicketSigner>();
        var dice = new Random(812_345);
        Assert.True(signer.Verify(tickets[0].Qr, out _));

        var forged = Enumerable.Range(0, 10_000).Select(_ => Mutated(tickets[0].Qr, tickets[1].Qr, dice)).ToArray();

        Assert.DoesNotContain(forged, code => signer.Verify(code, out _));
        foreach (var code in forged.Where((_, at) => at % 100 == 0 && forged[at].Trim().Length > 0 && forged[at].Trim() == forged[at]))
        {
            (await App.Scans(new { qrPayload = code })).Refused(422, "ticket.qr_invalid");
        }

        Assert.Equal("valid", (await tickets[0].Sees()).Status);
    }

    /// <summary>Characters changed, left out, doubled or exchanged; numbers raised; parts of another code put in.</summary>
    private static string Mutated(string code, string other, Random dice)
    {
        const string Characters = "ABCXYZabcxyz0189-_.=+/ é\n";
        string mutated;
        do
        {
            mutated = code;
            for (var times = dice.Next(1, 4); times > 0; times--)
            {
                var at = dice.Next(mutated.Length - 1);
                var parts = mutated.Split('.');
                mutated = dice.Next(6) switch
                {
                    0 => mutated[..at] + Characters[dice.Next(Characters.Length)] + mutated[(at + 1)..],
                    1 => mutated.Remove(at, 1),
                    2 => mutated.Insert(at, mutated[at].ToString()),
                    3 => mutated[..at] + mutated[at + 1] + mutated[at] + mutated[(at + 2)..],
                    4 when parts.Length == 6 => string.Join('.', parts.Select((part, place) => place is >= 2 and <= 4 && dice.Next(2) == 0 ? $"{dice.Next(1, 1000)}" : part)),
                    _ when parts.Length == 6 => string.Join('.', parts.Select((part, place) => place == 5 ? other.Split('.')[5] : part)),
                    _ => mutated[..^1],
                };
            }
        }
        while (mutated == code || mutated == other);
        return mutated;
    }
}
