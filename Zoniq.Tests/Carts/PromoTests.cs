using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>A code in the cart, from the first try to the mail.</summary>
public sealed class PromoTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_code_is_taken_in_any_case_shown_in_the_cart_paid_less_and_named_in_the_mail()
    {
        var standing = (await App.AnEvent(rows: 0, price: 333.33m)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10 });
        var asha = await App.NewBuyer();
        (await asha.Adds(standing, 3)).Succeeded();

        var cart = (await asha.Applies(code.Name.ToLowerInvariant())).Succeeded(200);
        Assert.Equal((999.99m, 100.00m, 899.99m, code.Name), (cart.Rupees("subtotal"), cart.Rupees("discountAmount"), cart.Rupees("total"), cart["promoCode"].GetString()));
        Assert.Equal(100.00m, (await asha.Cart()).Rupees("discountAmount"));
        Assert.Equal(1, await App.UsesOf(code));

        var booking = (await asha.ChecksOut()).Succeeded(201);
        Assert.Equal((999.99m, 100.00m, 899.99m, code.Name), (booking.Rupees("totalAmount"), booking.Rupees("discountAmount"), booking.Rupees("finalAmount"), booking["promoCodeUsed"].GetString()));
        Assert.Equal((long[])[3334, 3333, 3333], await App.Rows<long>("select discount from ticket where booking_id = @Id order by id", new { booking.Id }));

        var order = (await asha.CreatesOrder(booking.Id)).Succeeded();
        Assert.Equal(89_999, order["amount"].GetInt64());
        (await asha.Verifies(asha.Pays(order))).Succeeded();
        Assert.Equal("consumed", await App.Value<string>("select state from promo_use where promo_id = @Id", new { code.Id }));

        await App.RunTimer("MailOutbox");
        var mail = (await App.Rows<string>("select data::text from mail where template = 'booking_confirmed' and cause = 'booking:' || @Id", new { booking.Id })).Single();
        Assert.Contains(code.Name, mail, StringComparison.Ordinal);
        var office = await App.Administrator();
        Assert.Equal(code.Name, (await office.Get($"/api/admin/bookings/{booking.Id}")).Succeeded()["promoCodeUsed"].GetString());
    }

    [Fact]
    public async Task A_whole_discount_confirms_at_once_and_a_few_paise_become_a_rupee()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var (all, almost) = (await App.ACode(new { kind = "amount", value = 9999 }), await App.ACode(new { kind = "amount", value = 499.50m }));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());

        (await asha.Adds(standing)).Succeeded();
        Assert.Equal(0m, (await asha.Applies(all.Name)).Rupees("total"));
        var free = (await asha.ChecksOut()).Succeeded(201);
        Assert.Equal(("confirmed", "paid", 0m), (free["status"].GetString(), free["paymentStatus"].GetString(), free.Rupees("finalAmount")));

        (await ravi.Adds(standing)).Succeeded();
        Assert.Equal((499m, 1m), ((await ravi.Applies(almost.Name)).Rupees("discountAmount"), (await ravi.Cart()).Rupees("total")));
    }

    [Fact]
    public async Task Every_refusal_has_its_code_and_leaves_the_cart_its_earlier_one()
    {
        var (staged, other) = (await App.AnEvent(rows: 0), await App.AnEvent(rows: 0));
        var asha = await App.NewBuyer();
        (await asha.Applies("ANYTHING")).Refused(404, "cart.not_found");
        (await asha.Adds(staged.Standing)).Succeeded();
        var good = await App.ACode(new { kind = "amount", value = 50 });
        (await asha.Applies(good.Name)).Succeeded();

        (await asha.Applies("NO-SUCH-CODE")).Refused(404, "promo.not_found");
        (await asha.Applies((await App.ACode(new { kind = "amount", value = 5, isActive = false })).Name)).Refused(404, "promo.not_found");
        (await asha.Applies((await App.ACode(new { kind = "amount", value = 5, eventId = other.Id })).Name)).Refused(404, "promo.not_found");
        (await asha.Applies((await App.ACode(new { kind = "amount", value = 5, startsAt = App.Now.AddHours(1) })).Name)).Refused(409, "promo.not_started");
        (await asha.Applies((await App.ACode(new { kind = "amount", value = 5, endsAt = App.Now.AddSeconds(-1) })).Name)).Refused(409, "promo.ended");
        var minimum = (await asha.Applies((await App.ACode(new { kind = "amount", value = 5, minAmount = 500.01m })).Name)).Refused(409, "promo.minimum_not_met");
        Assert.Equal(500.01m, minimum.Rupees("minAmount"));
        (await asha.Applies("")).RefusedField("code");

        Assert.Equal(good.Name, (await asha.Cart())["promoCode"].GetString());
        Assert.Equal(0m, (await asha.Delete("/api/cart/promo")).Succeeded(200).Rupees("discountAmount"));
        Assert.Equal(0, await App.UsesOf(good));
        await App.Advance(TimeSpan.FromMinutes(16));
        (await asha.Applies(good.Name)).Refused(410, "cart.expired");
        (await asha.Delete("/api/cart/promo")).Refused(410, "cart.expired");
    }

    [Fact]
    public async Task Fewer_tickets_drop_a_code_whose_minimum_is_not_met_and_lower_another()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var (high, tenth) = (await App.ACode(new { kind = "amount", value = 100, minAmount = 1000 }), await App.ACode(new { kind = "percent", value = 10 }));
        var asha = await App.NewBuyer();
        var item = (await asha.Adds(standing, 2)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        (await asha.Applies(high.Name)).Succeeded();

        var dropped = (await asha.Patch($"/api/cart/items/{item}", new { quantity = 1 })).Succeeded();
        Assert.Equal((0m, 500m), (dropped.Rupees("discountAmount"), dropped.Rupees("total")));
        Assert.Equal(0, await App.UsesOf(high));

        (await asha.Applies(tenth.Name)).Succeeded();
        Assert.Equal(150m, (await asha.Patch($"/api/cart/items/{item}", new { quantity = 3 })).Rupees("discountAmount"));
        Assert.Equal(0m, (await asha.Delete($"/api/cart/items/{item}")).Rupees("discountAmount"));
    }

    [Theory]
    [InlineData("switched off", 404, "promo.not_found")]
    [InlineData("ended", 409, "promo.ended")]
    [InlineData("put off", 409, "promo.not_started")]
    [InlineData("elsewhere", 404, "promo.not_found")]
    public async Task Checkout_looks_at_the_code_again(string what, int status, string refusal)
    {
        var (staged, other) = (await App.AnEvent(rows: 0), await App.AnEvent(rows: 0));
        var code = await App.ACode(new { kind = "percent", value = 10 });
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Standing)).Succeeded();
        (await asha.Applies(code.Name)).Succeeded();

        await code.Changes(what switch
        {
            "switched off" => new { isActive = false },
            "ended" => new { endsAt = App.Now },
            "put off" => new { startsAt = App.Now.AddDays(1) },
            _ => new { eventId = other.Id },
        });

        (await asha.ChecksOut()).Refused(status, refusal);
        (await asha.Delete("/api/cart/promo")).Succeeded();
        Assert.Equal(500m, (await asha.ChecksOut()).Succeeded(201).Rupees("finalAmount"));
    }

    [Fact]
    public async Task A_cart_keeps_the_terms_under_which_it_took_the_code()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 20 });
        var asha = await App.NewBuyer();
        (await asha.Adds(standing)).Succeeded();
        (await asha.Applies(code.Name)).Succeeded();

        await code.Changes(new { value = 10 });

        Assert.Equal(100m, (await asha.ChecksOut()).Succeeded(201).Rupees("discountAmount"));
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("cleared")]
    [InlineData("lapsed")]
    [InlineData("swept")]
    [InlineData("blocked")]
    [InlineData("event cancelled")]
    [InlineData("booking called off")]
    [InlineData("booking expired")]
    [InlineData("booking's event cancelled")]
    public async Task The_only_use_comes_back_when_the_cart_or_the_unpaid_booking_ends(string how)
    {
        var (staged, other) = (await App.AnEvent(rows: 0), await App.AnEvent(rows: 0));
        var code = await App.ACode(new { kind = "amount", value = 50, maxUses = 1 });
        var (asha, ravi, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Standing)).Succeeded();
        (await asha.Applies(code.Name)).Succeeded();
        (await ravi.Adds(other.Standing)).Succeeded();
        (await ravi.Applies(code.Name)).Refused(409, "promo.exhausted");
        var booking = how.StartsWith("booking", StringComparison.Ordinal) ? (await asha.ChecksOut()).Succeeded(201).Id : 0;

        switch (how)
        {
            case "removed":
                (await asha.Delete("/api/cart/promo")).Succeeded();
                break;
            case "cleared":
                (await asha.ClearsCart()).Succeeded();
                break;
            case "lapsed":
                await App.Advance(TimeSpan.FromMinutes(15));
                break;
            case "swept":
                await App.Advance(TimeSpan.FromMinutes(15));
                await App.RunTimer("HoldSweep");
                Assert.Equal(0, await App.Value<int>("select used_count from promo_code where id = @Id", new { code.Id }));
                break;
            case "blocked":
                (await office.Post($"/api/admin/users/{asha.Id}/block", new { reason = "Resells tickets." })).Succeeded();
                break;
            case "booking called off":
                (await asha.Post($"/api/bookings/{booking}/cancel", new { })).Succeeded();
                break;
            case "booking expired":
                await App.Advance(TimeSpan.FromMinutes(16));
                await App.RunTimer("BookingExpiry");
                break;
            default:
                (await office.Post($"/api/admin/events/{staged.Id}/cancel", new { reason = "The artist is ill." })).Succeeded();
                await App.RunTimer("EventRefunds");
                break;
        }

        Assert.Equal(0, await App.UsesOf(code));
        (await ravi.ClearsCart()).Succeeded();
        (await ravi.Adds(other.Standing)).Succeeded();
        (await ravi.Applies(code.Name)).Succeeded();
        Assert.Equal(1, await App.UsesOf(code));
    }

    [Fact]
    public async Task Money_that_comes_late_takes_the_use_again_or_goes_back_when_somebody_else_has_it()
    {
        var staged = await App.AnEvent(rows: 0);
        var code = await App.ACode(new { kind = "amount", value = 50, maxUses = 1 });
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());

        var (first, firstOrder) = await BooksWith(asha, staged.Standing, code);
        await Expire();
        (await asha.Verifies(asha.Pays(firstOrder))).Succeeded();
        Assert.Equal("confirmed", (await asha.Booking(first))["status"].GetString());
        Assert.Equal(1, await App.UsesOf(code));

        await code.Changes(new { maxUses = 2 });
        var (second, secondOrder) = await BooksWith(ravi, staged.Standing, code);
        await Expire();
        var meena = await App.NewBuyer();
        (await meena.Adds(staged.Standing)).Succeeded();
        (await meena.Applies(code.Name)).Succeeded();
        await ravi.Verifies(ravi.Pays(secondOrder));
        Assert.Equal("expired", (await ravi.Booking(second))["status"].GetString());
        Assert.Equal(45_000, await App.Value<long>("select refund.amount from refund join payment on payment.id = payment_id where booking_id = @second", new { second }));
        Assert.Equal(2, await App.UsesOf(code));
    }

    [Fact]
    public async Task A_person_has_no_more_uses_for_calling_a_paid_booking_off()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10, perUserLimit = 1 });
        var asha = await App.NewBuyer();
        var (booking, order) = await BooksWith(asha, standing, code);
        (await asha.Verifies(asha.Pays(order))).Succeeded();
        Assert.Equal(450m, (await asha.Booking(booking)).Rupees("refundableAmount"));
        (await asha.Post($"/api/bookings/{booking}/cancel", new { })).Succeeded();

        (await asha.Adds(standing)).Succeeded();
        (await asha.Applies(code.Name)).Refused(409, "promo.user_limit");
        Assert.Equal(1, await App.UsesOf(code));
        Assert.Equal(45_000, await App.Value<long>("select refund.amount from refund join payment on payment.id = payment_id where booking_id = @booking", new { booking }));
    }

    [Fact]
    public async Task A_cart_without_a_code_costs_checkout_no_statement_and_one_with_a_code_a_single_one()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var code = await App.ACode(new { kind = "percent", value = 10 });
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(standing)).Succeeded();
        (await ravi.Adds(standing)).Succeeded();
        (await ravi.Applies(code.Name)).Succeeded();

        var without = (await App.StatementsOf(async () => (await asha.ChecksOut()).Succeeded(201))).Foreground().ToArray();
        var with = (await App.StatementsOf(async () => (await ravi.ChecksOut()).Succeeded(201))).Foreground().ToArray();

        Assert.DoesNotContain(without, statement => statement.Contains("join   promo_code", StringComparison.Ordinal));
        Assert.Equal(without.Length + 1, with.Length);
    }

    private async Task<(long Booking, Answer Order)> BooksWith(Person buyer, StandingPlaces standing, Code code)
    {
        (await buyer.Adds(standing)).Succeeded();
        (await buyer.Applies(code.Name)).Succeeded();
        var booking = (await buyer.ChecksOut(standing.EventId)).Succeeded(201).Id;
        return (booking, (await buyer.CreatesOrder(booking)).Succeeded());
    }

    private async Task Expire()
    {
        await App.Advance(TimeSpan.FromMinutes(16));
        await App.RunTimer("BookingExpiry");
    }
}
