using Zoniq.Tests.Carts;

namespace Zoniq.Tests.Administration;

/// <summary>Promo codes in the office.</summary>
public sealed class PromoAdministrationTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Path = "/api/admin/promo-codes";

    [Fact]
    public async Task A_code_is_entered_listed_changed_and_deleted_and_the_log_says_so()
    {
        var (office, staged) = (await App.Administrator(), await App.AnEvent(rows: 0));
        var made = (await office.Post(Path, new { code = "monsoon-10", kind = "percent", value = 12.5m, eventId = staged.Id, maxUses = 9, perUserLimit = 2, startsAt = "2026-01-01T00:00", endsAt = "2199-01-01T00:00Z", minAmount = 750 })).Succeeded(201);

        Assert.Equal(("MONSOON-10", "percent", 12.5m, staged.Id), (made["code"].GetString(), made["kind"].GetString(), made.Rupees("value"), made["eventId"].GetInt64()));
        Assert.Equal((9, 2, 750m, true, 0), (made["maxUses"].GetInt32(), made["perUserLimit"].GetInt32(), made.Rupees("minAmount"), made["isActive"].GetBoolean(), made["usedCount"].GetInt32()));
        Assert.Equal("2025-12-31T18:30:00Z", made["startsAt"].GetString());

        var page = (await office.Get($"{Path}?search=soon-1&event_id={staged.Id}&is_active=true")).Succeeded();
        Assert.Equal((1, made.Id), (page["total"].GetInt32(), page["promoCodes"][0].GetProperty("id").GetInt64()));
        Assert.Equal(0, (await office.Get($"{Path}?search=soon-1&is_active=false")).Succeeded()["total"].GetInt32());

        var changed = (await office.Patch($"{Path}/{made.Id}", new { code = "Monsoon", kind = "amount", value = 200, isActive = false, clearFields = new[] { "maxUses", "endsAt", "eventId", "minAmount" } })).Succeeded(200);
        Assert.Equal(("MONSOON", "amount", 200m, false), (changed["code"].GetString(), changed["kind"].GetString(), changed.Rupees("value"), changed["isActive"].GetBoolean()));
        Assert.Equal("null null null null", string.Join(' ', new[] { "maxUses", "endsAt", "eventId", "minAmount" }.Select(field => changed[field].GetRawText())));

        (await office.Delete($"{Path}/{made.Id}")).Succeeded(200);
        (await office.Get($"{Path}/{made.Id}")).Refused(404, "promo.not_found");
        (await office.Delete($"{Path}/{made.Id}")).Refused(404, "promo.not_found");
        (await office.Patch($"{Path}/{made.Id}", new { value = 1 })).Refused(404, "promo.not_found");
        Assert.Equal(
            ["create_promo", "update_promo", "delete_promo"],
            await App.Rows<string>("select action from admin_log where entity_type = 'promo_code' and entity_id = @Id order by id", new { made.Id }));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_by_field()
    {
        var office = await App.Administrator();
        (await office.Post(Path, new { kind = "percent", value = 10 })).RefusedField("code");
        (await office.Post(Path, new { code = "AB", kind = "percent", value = 10 })).RefusedField("code");
        (await office.Post(Path, new { code = "WITH SPACE", kind = "percent", value = 10 })).RefusedField("code");
        (await office.Post(Path, new { code = "GOOD", kind = "tenth", value = 10 })).RefusedField("kind");
        (await office.Post(Path, new { code = "GOOD", kind = "percent", value = 0 })).RefusedField("value");
        (await office.Post(Path, new { code = "GOOD", kind = "percent", value = 100.01m })).RefusedField("value");
        (await office.Post(Path, new { code = "GOOD", kind = "amount", value = 1.005m })).RefusedField("value");
        (await office.Post(Path, new { code = "GOOD", kind = "amount", value = 1, maxUses = 0 })).RefusedField("maxUses");
        (await office.Post(Path, new { code = "GOOD", kind = "amount", value = 1, startsAt = "2026-05-01T10:00", endsAt = "2026-05-01T10:00" })).RefusedField("endsAt");
        (await office.Post(Path, new { code = "GOOD", kind = "amount", value = 1, startsAt = "soon" })).RefusedField("startsAt");
        (await office.Post(Path, new { code = "GOOD", kind = "amount", value = 1, eventId = 999_999 })).Refused(404, "event.not_found");

        var code = await App.ACode(new { kind = "amount", value = 500 });
        (await office.Patch($"{Path}/{code.Id}", new { kind = "percent" })).RefusedField("value");
        (await office.Patch($"{Path}/{code.Id}", new { eventId = 999_999 })).Refused(404, "event.not_found");
        (await office.Patch($"{Path}/{code.Id}", new { clearFields = new[] { "value" } })).RefusedField("clearFields");
    }

    [Fact]
    public async Task A_name_is_given_once_in_any_case_and_at_the_same_moment()
    {
        var office = await App.Administrator();
        var (one, two) = (await App.ACode(new { kind = "amount", value = 5 }), await App.ACode(new { kind = "amount", value = 5 }));
        (await office.Post(Path, new { code = one.Name.ToLowerInvariant(), kind = "amount", value = 1 })).Refused(409, "promo.code_taken");
        (await office.Patch($"{Path}/{two.Id}", new { code = one.Name })).Refused(409, "promo.code_taken");

        var answers = await Task.WhenAll(
            office.Post(Path, new { code = "DIWALI", kind = "amount", value = 1 }),
            office.Patch($"{Path}/{one.Id}", new { code = "diwali" }),
            office.Patch($"{Path}/{two.Id}", new { code = "Diwali" }));

        Assert.Single(answers, answer => answer.Status is 200 or 201);
        Assert.All(answers.Where(answer => answer.Status >= 400), answer => answer.Refused(409, "promo.code_taken"));
    }

    [Fact]
    public async Task A_used_code_stays_and_one_whose_uses_came_back_can_go()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "amount", value = 5, maxUses = 3 });
        var asha = await App.NewBuyer();
        (await asha.Adds(standing)).Succeeded();
        (await asha.Applies(code.Name)).Succeeded();
        var booking = (await asha.ChecksOut()).Succeeded(201).Id;
        (await code.Office.Delete($"{Path}/{code.Id}")).Refused(409, "promo.in_use");
        await code.Changes(new { maxUses = 1 });

        await App.Advance(TimeSpan.FromMinutes(16));
        await App.RunTimer("BookingExpiry");
        (await code.Office.Delete($"{Path}/{code.Id}")).Succeeded();
        Assert.Equal(code.Name, (await asha.Booking(booking))["promoCodeUsed"].GetString());
    }

    [Fact]
    public async Task A_draft_takes_its_codes_with_it()
    {
        var (office, draft) = (await App.Administrator(), await App.AnEvent(rows: 0, published: false));
        var code = await App.ACode(new { kind = "amount", value = 5, eventId = draft.Id });

        (await office.Delete($"/api/admin/events/{draft.Id}")).Succeeded();

        (await office.Get($"{Path}/{code.Id}")).Refused(404, "promo.not_found");
    }
}
