using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>What many do at once with the same code.</summary>
public sealed class PromoRaceTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string LockOfCode = "select from promo_code where id = @Id for update";

    [Fact]
    public async Task Of_three_hundred_people_at_once_exactly_fifty_get_a_code_for_fifty()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 400)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10, maxUses = 50 });
        var buyers = await App.NewBuyers(300);
        await Task.WhenAll(buyers.Select(async buyer => (await buyer.Adds(standing)).Succeeded()));

        var answers = await Task.WhenAll(buyers.Select(buyer => buyer.Applies(code.Name)));

        Assert.Equal(50, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "promo.exhausted"));
        Assert.Equal(50, await App.UsesOf(code));
        var bookings = await Task.WhenAll(buyers.Select(buyer => buyer.ChecksOut()));
        Assert.Equal(50, bookings.Count(booking => booking.Succeeded(201).Rupees("discountAmount") == 50m));
    }

    [Fact]
    public async Task A_person_with_two_carts_gets_a_code_for_one_of_them()
    {
        var (one, other) = (await App.AnEvent(rows: 0), await App.AnEvent(rows: 0));
        var code = await App.ACode(new { kind = "percent", value = 10, perUserLimit = 1 });
        var asha = await App.NewBuyer();
        (await asha.Adds(one.Standing)).Succeeded();
        (await asha.Adds(other.Standing)).Succeeded();

        var answers = await App.InTurn(LockOfCode, new { code.Id }, [() => asha.Applies(code.Name, one.Id), () => asha.Applies(code.Name, other.Id)]);

        answers[0].Succeeded(200);
        answers[1].Refused(409, "promo.user_limit");
    }

    [Fact]
    public async Task The_last_use_goes_to_one_of_two_and_to_the_next_when_it_is_removed_at_that_moment()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10, maxUses = 1 });
        var buyers = await App.NewBuyers(3);
        await Task.WhenAll(buyers.Select(async buyer => (await buyer.Adds(standing)).Succeeded()));

        var first = await App.InTurn(LockOfCode, new { code.Id }, [() => buyers[0].Applies(code.Name), () => buyers[1].Applies(code.Name)]);
        first[0].Succeeded(200);
        first[1].Refused(409, "promo.exhausted");

        var next = await App.InTurn(LockOfCode, new { code.Id }, [() => buyers[0].Delete("/api/cart/promo"), () => buyers[2].Applies(code.Name)]);
        Assert.All(next, answer => answer.Succeeded(200));
    }

    [Fact]
    public async Task The_use_of_a_cart_that_ran_out_goes_to_one_of_many_while_it_is_swept()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10, maxUses = 1 });
        var buyers = await App.NewBuyers(20);
        (await buyers[0].Adds(standing)).Succeeded();
        (await buyers[0].Applies(code.Name)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(16));
        await Task.WhenAll(buyers.Skip(1).Select(async buyer => (await buyer.Adds(standing)).Succeeded()));

        var sweeping = App.RunTimer("HoldSweep");
        var answers = await Task.WhenAll(buyers.Skip(1).Select(buyer => buyer.Applies(code.Name)));
        await sweeping;

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "promo.exhausted"));
    }

    [Fact]
    public async Task Nobody_waits_for_a_cart_that_ran_out_and_is_in_somebody_elses_hands()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10, maxUses = 1 });
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(standing)).Succeeded();
        (await asha.Applies(code.Name)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(30));
        (await ravi.Adds(standing)).Succeeded();

        await using (await InTheMiddle.Of(App, "select from cart where account_id = @Id for update", new { asha.Id }))
        {
            (await ravi.Applies(code.Name)).Refused(409, "promo.exhausted");
        }

        (await ravi.Applies(code.Name)).Succeeded();
    }

    [Fact]
    public async Task However_many_carts_ran_out_one_is_ended_for_whoever_comes_and_no_more_than_a_few_hundred_at_a_time()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10, perUserLimit = 1 });
        var asha = await App.NewBuyer();
        (await asha.Adds(standing)).Succeeded();
        await App.Execute(
            $"""
            with gone as (
                insert into account (username, email, tokens_valid_from, created_at)
                select 'gone' || number, 'gone' || number || '@example.in', @now, @now
                from   generate_series(1, 600) as number
                returning id
            ),
            carts as (
                insert into cart (account_id, event_id, status, expires_at, created_at, updated_at)
                select id, @EventId, 'expired', @now, @now, @now
                from   gone
                returning id, account_id
            )
            insert into promo_use (cart_id, promo_id, account_id, state, kind, value, created_at)
            select id, @Id, account_id, 'reserved', 'percent', 1000, @now
            from   carts
            """,
            new { standing.EventId, code.Id, now = App.Now });
        (await asha.Applies(code.Name)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(30));
        (await asha.Adds(standing)).Succeeded();

        (await asha.Applies(code.Name)).Succeeded();    // her own of before is among those that were ended, though it came last

        Assert.Equal(102, await App.Value<int>("select used_count from promo_code where id = @Id", new { code.Id }));
    }

    [Fact]
    public async Task Fewer_uses_than_there_are_cannot_be_set_while_one_is_taken()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10, maxUses = 5 });
        var buyers = await App.NewBuyers(2);
        await Task.WhenAll(buyers.Select(async buyer => (await buyer.Adds(standing)).Succeeded()));
        (await buyers[0].Applies(code.Name)).Succeeded();

        var answers = await App.InTurn(
            LockOfCode, new { code.Id }, [() => buyers[1].Applies(code.Name), () => code.Office.Patch($"/api/admin/promo-codes/{code.Id}", new { maxUses = 1 })]);

        answers[0].Succeeded(200);
        answers[1].Refused(409, "promo.in_use");
        (await code.Office.Delete($"/api/admin/promo-codes/{code.Id}")).Refused(409, "promo.in_use");
    }

    [Fact]
    public async Task A_checkout_that_waited_for_the_code_to_be_applied_has_its_discount()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10 });
        var asha = await App.NewBuyer();
        (await asha.Adds(standing)).Succeeded();

        var answers = await App.InTurn(
            "select from cart where account_id = @Id for update", new { asha.Id }, [() => asha.Applies(code.Name), () => asha.ChecksOut()]);

        answers[0].Succeeded(200);
        Assert.Equal(450m, answers[1].Succeeded(201).Rupees("finalAmount"));
    }

    [Fact]
    public async Task Many_carts_of_many_codes_that_end_together_never_lock_each_other_up()
    {
        var staged = new[] { await App.AnEvent(rows: 0, standing: 60), await App.AnEvent(rows: 0, standing: 60) };
        var codes = new[] { await App.ACode(new { kind = "percent", value = 10 }), await App.ACode(new { kind = "amount", value = 10 }), await App.ACode(new { kind = "amount", value = 20 }) };
        var buyers = await App.NewBuyers(60);
        await Task.WhenAll(buyers.Select(async (buyer, at) =>
        {
            (await buyer.Adds(staged[at % 2].Standing)).Succeeded();
            (await buyer.Applies(codes[at % 3].Name)).Succeeded();
        }));

        var office = await App.Administrator();
        var ends = staged.Select(one => office.Post($"/api/admin/events/{one.Id}/cancel", new { reason = "Rain." })).Concat(buyers.Take(20).Select((buyer, at) => buyer.Applies(codes[(at + 1) % 3].Name)));

        Assert.DoesNotContain(await Task.WhenAll(ends), answer => answer.Status >= 500);
        await Task.WhenAll(buyers.Select(buyer => buyer.ClearsCart()));
        Assert.Equal(0, await App.Value<long>("select sum(used_count) from promo_code where id = any(@ids)", new { ids = codes.Select(code => code.Id).ToArray() }));
    }
}
