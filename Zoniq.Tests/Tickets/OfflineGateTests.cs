using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>Gates without a network: what they are given, and what becomes of what they did.</summary>
public sealed class OfflineGateTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_scan_id_of_another_ticket_is_told_apart_from_a_repetition()
    {
        var tickets = await App.Tickets(await App.AnEvent(rows: 0), 3);
        object Scan(int ticket, string scanId) => new { scanId, qrPayload = tickets[ticket].Qr, scannedAt = App.Now };
        string[] Told(Answer answer) => [.. answer["results"].EnumerateArray().Select(one => one.GetProperty("result").GetString()!)];

        Assert.Equal(["accepted", "invalid"], Told((await App.Syncs(Scan(0, "shared"), Scan(1, "shared"))).Succeeded(200)));
        Assert.Equal(["duplicate", "invalid", "accepted"], Told((await App.Syncs(Scan(0, "shared"), Scan(1, "shared"), Scan(2, "own"))).Succeeded(200)));
        (await App.Scans(new { qrPayload = tickets[1].Qr, scanId = "shared" })).RefusedField("scanId");
        (await App.Scans(new { qrPayload = tickets[0].Qr, scanId = "shared" })).Succeeded(200);

        Assert.Equal("valid", (await tickets[1].Sees()).Status);
        Assert.Equal(2, await App.Value<long>("select count(*) from ticket_scan where ticket_id = any(@ids)", new { ids = tickets.Select(ticket => ticket.Id).ToArray() }));
    }

    [Fact]
    public async Task What_a_gate_did_is_taken_in_and_answered_in_the_order_sent()
    {
        var staged = await App.AnEvent(rows: 0);
        var tickets = await App.Tickets(staged, 4);
        var unpaid = await tickets[0].Holder.Books(staged.Standing);
        var unpaidNumber = await App.Value<string>("select ticket_number from ticket where booking_id = @unpaid", new { unpaid });
        var cancelled = await App.Ticket(staged);
        (await cancelled.Holder.Post($"/api/bookings/{cancelled.BookingId}/cancel")).Succeeded();
        await tickets[3].Holder.Gives(tickets[3].Id, await App.NewBuyer());
        (await App.Scans(new { qrPayload = tickets[2].Qr, gate = "Online" })).Succeeded();
        var at = App.Now.AddMinutes(-20);

        var answer = (await App.Syncs(
            new { scanId = "o-1", qrPayload = tickets[0].Qr, gate = "North", scannedAt = at.AddMinutes(2) },
            new { scanId = "o-2", qrPayload = tickets[0].Qr, gate = "South", scannedAt = at },
            new { scanId = "o-2", qrPayload = tickets[0].Qr, gate = "South", scannedAt = at },
            new { scanId = "o-3", ticketNumber = tickets[1].Number, scannedAt = at },
            new { scanId = "o-4", qrPayload = tickets[2].Qr, gate = "West", scannedAt = at },
            new { scanId = "o-5", qrPayload = "nonsense", scannedAt = at },
            new { scanId = "o-6", ticketNumber = "TKT-00000000", scannedAt = at },
            new { scanId = "o-7", ticketNumber = unpaidNumber, scannedAt = at },
            new { scanId = "o-8", qrPayload = cancelled.Qr, scannedAt = at },
            new { scanId = "o-9", qrPayload = tickets[3].Qr, scannedAt = at })).Succeeded(200);

        Assert.Equal(
            ["conflict", "accepted", "duplicate", "accepted", "conflict", "invalid", "invalid", "invalid", "revoked", "revoked"],
            answer["results"].EnumerateArray().Select(one => one.GetProperty("result").GetString()));
        Assert.Equal([2, 1, 2, 3, 2], new[] { "accepted", "duplicate", "conflict", "invalid", "revoked" }.Select(name => answer[name].GetInt32()));
        Assert.All(new[] { 0, 1, 2 }, place => Assert.Equal("South", answer["results"][place].GetProperty("gate").GetString()));
        Assert.Equal(("West", at), (answer["results"][4].GetProperty("gate").GetString(), Rounded(answer["results"][4].GetProperty("usedAt").GetDateTimeOffset(), at)));
        Assert.Equal("West", (await App.Scans(new { qrPayload = tickets[2].Qr })).Refused(409, "ticket.already_used")["gate"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'check_in_sync' and details->>'deviceId' = 'handheld-7' and details->>'accepted' = '2' and details->>'invalid' = '3'"));
    }

    /// <summary>Eight scans of four tickets, in every kind of order and in parcels of every size; the dice are always the same.</summary>
    [Fact]
    public async Task Whatever_the_order_of_the_uploads_and_however_often_they_come_the_outcome_is_the_same()
    {
        var staged = await App.AnEvent(rows: 0, price: 0m, standing: 200);
        var dice = new Random(20261125);
        var start = App.Now.AddHours(-1);

        for (var round = 0; round < 12; round++)
        {
            var holder = await App.NewBuyer();
            (await holder.Adds(staged.Standing, 4)).Succeeded();
            (await holder.ChecksOut(staged.Id)).Succeeded(201);
            var codes = (await holder.Tickets()).OrderBy(ticket => ticket.GetProperty("id").GetInt64()).Select(ticket => ticket.GetProperty("qrPayload").GetString()!).ToArray();
            object Scan(int number, int ticket, int minute) =>
                new { scanId = $"r{round}-{number}", qrPayload = codes[ticket], gate = $"G{number}", scannedAt = start.AddMinutes(minute) };
            object[] scans = [Scan(1, 0, 9), Scan(2, 0, 3), Scan(3, 0, 5), Scan(4, 1, 1), Scan(5, 1, 1), Scan(6, 2, 8), Scan(7, 2, 2), Scan(8, 0, 4)];

            dice.Shuffle(scans);
            var (accepted, conflict) = (0, 0);
            for (var sent = 0; sent < scans.Length;)
            {
                var parcel = scans.Skip(sent).Take(dice.Next(1, 5)).ToArray();
                sent += parcel.Length;
                var answer = (await App.Syncs(parcel)).Succeeded(200);
                (accepted, conflict) = (accepted + answer["accepted"].GetInt32(), conflict + answer["conflict"].GetInt32());
                Assert.Equal(parcel.Length, (await App.Syncs(parcel)).Succeeded(200)["duplicate"].GetInt32());
            }

            Assert.Equal((3, 5), (accepted, conflict));
            var entries = await App.Rows<string>(
                """
                select   coalesce(extract(epoch from used_at - @start)::integer / 60 || '', 'none')
                from     ticket
                where    holder_id = @Id
                order by id
                """,
                new { holder.Id, start = start.UtcDateTime });
            Assert.Equal(["3", "1", "2", "none"], entries);
        }
    }

    [Fact]
    public async Task What_was_scanned_before_an_entry_was_taken_back_does_not_enter_again()
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        (await App.Scans(new { qrPayload = ticket.Qr, gate = "North" })).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(1));
        (await App.TakesBack(ticket.Number)).Succeeded();

        var late = (await App.Syncs(new { scanId = "late", qrPayload = ticket.Qr, gate = "South", scannedAt = App.Now.AddMinutes(-10) })).Succeeded();
        Assert.Equal("conflict", late["results"][0].GetProperty("result").GetString());
        Assert.Equal("valid", (await ticket.Sees()).Status);
        await App.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await App.Syncs(new { scanId = "after", qrPayload = ticket.Qr, gate = "South", scannedAt = App.Now })).Succeeded()["accepted"].GetInt32());
        Assert.Equal("used", (await ticket.Sees()).Status);
    }

    [Fact]
    public async Task An_upload_of_five_hundred_scans_takes_as_many_statements_as_one()
    {
        App.Razorpay.DeliversWebhooks = false;    // they come when they come, and would be counted
        var tickets = await App.Tickets(await App.AnEvent(rows: 0), 2);
        object[] many = [new { scanId = "m-0", qrPayload = tickets[1].Qr, scannedAt = App.Now }, .. Enumerable.Range(1, 499).Select(number => new { scanId = $"m-{number}", ticketNumber = $"TKT-{number:00000000}", scannedAt = App.Now })];
        await App.Syncs(new { scanId = "warm", qrPayload = "nonsense", scannedAt = App.Now });

        var one = await Statements(() => App.Syncs(new { scanId = "single", qrPayload = tickets[0].Qr, scannedAt = App.Now }));
        var answer = default(Answer)!;
        var all = await Statements(async () => answer = await App.Syncs(many));

        Assert.Equal((1, 499), (answer.Succeeded()["accepted"].GetInt32(), answer["invalid"].GetInt32()));
        Assert.Equal(one, all);
        (await App.Syncs([.. many, new { scanId = "too many", qrPayload = "nonsense", scannedAt = App.Now }])).RefusedField("scans");
        (await App.Syncs(new { scanId = "", qrPayload = "x", scannedAt = App.Now })).RefusedField("scans[0].scanId");
        (await App.Syncs(new { scanId = "s", scannedAt = App.Now })).RefusedField("scans[0].qrPayload");
        (await App.Syncs(new { scanId = "s", qrPayload = "x" })).RefusedField("scans[0].scannedAt");
    }

    [Fact]
    public async Task Of_an_event_that_was_called_off_nobody_is_let_in_though_its_bookings_are_called_off_later()
    {
        var staged = await App.AnEvent(rows: 0);
        var tickets = await App.Tickets(staged, 2);
        Assert.Equal(2, (await Manifest(staged))["tickets"].GetArrayLength());

        (await (await App.Administrator()).Post($"/api/admin/events/{staged.Id}/cancel")).Succeeded();
        var manifest = await Manifest(staged);

        Assert.Empty(manifest["tickets"].EnumerateArray());
        Assert.Equal(tickets.Select(ticket => (ticket.Id, 0)), RevokedIn(manifest));
        Assert.Equal("valid", await App.Value<string>("select status from ticket where id = @Id", new { tickets[0].Id }));
    }

    [Fact]
    public async Task A_gate_has_all_it_needs_to_decide_and_nothing_about_people()
    {
        var staged = await App.AnEvent(rows: 1);
        var holder = await App.NewBuyer();
        await holder.Buys(staged.Numbered, staged.Numbered.Seats[0]);
        await holder.Books(staged.Standing);
        var ticket = (await holder.Tickets()).Single(one => one.GetProperty("status").GetString() == "valid");

        var manifest = await Manifest(staged);

        Assert.True(manifest["full"].GetBoolean());
        var listed = Assert.Single(manifest["tickets"].EnumerateArray());
        Assert.Equal((ticket.GetProperty("id").GetInt64(), 1, staged.Numbered.CategoryId, "Floor-A1", false),
            (listed.GetProperty("id").GetInt64(), listed.GetProperty("generation").GetInt32(), listed.GetProperty("categoryId").GetInt64(), listed.GetProperty("seatLabel").GetString(), listed.GetProperty("isUsed").GetBoolean()));
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(ticket.GetProperty("ticketNumber").GetString()!))[..16];
        Assert.Equal(Base64Url.EncodeToString(hash), listed.GetProperty("numberHash").GetString());
        Assert.Empty(RevokedIn(manifest));
        Assert.DoesNotContain(holder.Username, manifest.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("TKT-", manifest.Text, StringComparison.Ordinal);
        (await (await App.Administrator()).Get("/api/admin/check-in/events/999999/manifest")).Refused(404, "event.not_found");
        (await holder.Get($"/api/admin/check-in/events/{staged.Id}/manifest")).Refused(403, "auth.admin_required");
    }

    [Fact]
    public async Task Changes_since_a_version_make_of_an_older_manifest_the_latest()
    {
        var staged = await App.AnEvent(rows: 0);
        var tickets = await App.Tickets(staged, 3);
        var cancelled = await App.Ticket(staged);
        var (mine, version) = (new SortedDictionary<long, string>(), 0L);

        await Follow(expectedChanges: 4);
        await Follow(expectedChanges: 0);
        (await App.Scans(new { qrPayload = tickets[0].Qr })).Succeeded();
        await Follow(expectedChanges: 1);
        await tickets[1].Holder.Gives(tickets[1].Id, await App.NewBuyer());
        (await cancelled.Holder.Post($"/api/bookings/{cancelled.BookingId}/cancel")).Succeeded();
        (await App.TakesBack(tickets[0].Number)).Succeeded();
        var last = await Follow(expectedChanges: 2);
        Assert.Equal([(tickets[1].Id, 2), (cancelled.Id, 0)], RevokedIn(last));
        await App.Ticket(staged);
        Assert.Equal(2, RevokedIn(await Follow(expectedChanges: 1)).Length);
        Assert.True((await Manifest(staged, since: version + 1000))["full"].GetBoolean());

        async Task<Answer> Follow(int expectedChanges)
        {
            var changes = await Manifest(staged, since: version);
            Assert.Equal((false, expectedChanges), (changes["full"].GetBoolean(), changes["tickets"].GetArrayLength()));
            Assert.True(expectedChanges == 0 ? changes["version"].GetInt64() == version : changes["version"].GetInt64() > version);
            version = changes["version"].GetInt64();
            foreach (var ticket in changes["tickets"].EnumerateArray())
            {
                mine[ticket.GetProperty("id").GetInt64()] = ticket.GetRawText();
            }

            foreach (var (ticket, _) in RevokedIn(changes).Where(one => one.Lowest == 0))
            {
                mine.Remove(ticket);
            }

            Assert.Equal((await Manifest(staged))["tickets"].EnumerateArray().Select(ticket => ticket.GetRawText()), mine.Values);
            return changes;
        }
    }

    [Fact]
    public async Task A_change_that_is_committed_late_is_not_lost_behind_a_version_that_was_told()
    {
        var staged = await App.AnEvent(rows: 0);
        var tickets = await App.Tickets(staged, 2);

        long told;
        await using (var slow = await InTheMiddle.Of(App, Gate.EntersSql, new { ticket = tickets[0].Id }))
        {
            (await App.Scans(new { qrPayload = tickets[1].Qr })).Succeeded();
            told = (await Manifest(staged))["version"].GetInt64();
            await slow.Commits();
        }

        Assert.Equal(tickets[0].Id, Assert.Single((await Manifest(staged, since: told))["tickets"].EnumerateArray()).GetProperty("id").GetInt64());
    }

    /// <summary>But for those of a mail that is on its way meanwhile.</summary>
    private async Task<int> Statements(Func<Task> action) =>
        (await App.StatementsOf(action)).Count(sql => !sql.Contains("update mail", StringComparison.Ordinal) && !sql.Contains("from   mail", StringComparison.Ordinal));

    private async Task<Answer> Manifest(StagedEvent staged, long? since = null) =>
        (await (await App.Administrator()).Get($"/api/admin/check-in/events/{staged.Id}/manifest{(since is null ? "" : $"?since={since}")}")).Succeeded(200);

    /// <summary>As a gate reads them: with the keys of the manifest and nothing else.</summary>
    private static (long Ticket, int Lowest)[] RevokedIn(Answer manifest)
    {
        var parts = manifest["revocations"].GetString()!.Split('.');
        var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement;
        var jwk = manifest["keys"].EnumerateArray().Single(key => key.GetProperty("kid").GetString() == header.GetProperty("kid").GetString());
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()!), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()!) },
        });
        Assert.Equal("ES256", header.GetProperty("alg").GetString());
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256));

        var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
        Assert.Equal((manifest["eventId"].GetInt64(), manifest["version"].GetInt64()), (payload.GetProperty("eventId").GetInt64(), payload.GetProperty("version").GetInt64()));
        Assert.EndsWith("Z", payload.GetProperty("issuedAt").GetString(), StringComparison.Ordinal);
        return [.. payload.GetProperty("revoked").EnumerateArray().Select(one => (one.GetProperty("t").GetInt64(), one.GetProperty("g").GetInt32()))];
    }

    /// <summary>The database keeps microseconds.</summary>
    private static DateTimeOffset Rounded(DateTimeOffset read, DateTimeOffset meant) => (read - meant).Duration() < TimeSpan.FromMilliseconds(1) ? meant : read;
}
