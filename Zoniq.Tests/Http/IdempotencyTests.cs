using System.Net.Http.Headers;
using System.Net.Http.Json;
using Zoniq.Functions.Http;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>What comes again under the same Idempotency-Key is done once.</summary>
public sealed class IdempotencyTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Checkout = "/api/cart/checkout";
    private const string CreateOrder = "/api/payments/create-order";

    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        App.Razorpay.Faults = SandboxFaults.None;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task A_checkout_is_done_once_and_answered_as_often_as_it_is_asked_for()
    {
        var asha = await Somebody(withPlaces: 3);

        var first = (await asha.Post(Checkout, new { contactPhone = "+919812345678" }, "checkout-1")).Succeeded(201);
        var again = await asha.Post(Checkout, new { contactPhone = "+919812345678" }, "checkout-1");

        MustReplay(first, again);
        Assert.Equal(1, (await asha.Who.Get("/api/users/me/bookings")).Succeeded()["total"].GetInt32());
        (await asha.Post(Checkout, new { contactPhone = "+919812345678" }, key: null)).Refused(409, "cart.not_active");
        (await asha.Post($"{Checkout}/", new { contactPhone = "+919812345678" }, "checkout-1")).Succeeded(201);
    }

    [Fact]
    public async Task A_payment_order_is_answered_again_even_when_the_booking_has_been_paid_since()
    {
        var asha = await Somebody(withPlaces: 1);
        var bookingId = (await asha.Post(Checkout, new { }, "book")).Succeeded(201).Id;

        var first = (await asha.Post(CreateOrder, new { bookingId }, "order")).Succeeded(200);
        await asha.Who.PaysFor(bookingId);

        MustReplay(first, await asha.Post(CreateOrder, new { bookingId }, "order"));
        (await asha.Post(CreateOrder, new { bookingId }, "another")).Refused(409, "booking.already_paid");
    }

    [Fact]
    public async Task Of_twenty_refunds_at_once_under_one_key_one_gives_money_back()
    {
        var payment = await SomebodysPayment();
        var office = new Keyed(await App.Administrator());
        var refund = new { amount = 100, reason = "A broken seat" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => office.Post(payment, refund, "broken-seat")));
        var later = await office.Post(payment, refund, "broken-seat");

        var done = Assert.Single(answers, answer => answer.Status == 201 && !IsReplayed(answer));
        Assert.All(answers.Where(answer => answer != done), answer => MustReplayOrWait(done, answer));
        MustReplay(done, later);
        Assert.Equal(1, await App.Value<long>("select count(*) from refund where reason = 'A broken seat'"));
        (await office.Post(payment, refund, "broken-seat-2")).Succeeded(201);
        Assert.Equal(2, await App.Value<long>("select count(*) from refund where reason = 'A broken seat'"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(null)]
    public async Task Money_that_an_instance_gave_back_before_it_died_is_not_given_back_again(int? amount)
    {
        var payment = await SomebodysPayment();
        var office = new Keyed(await App.Administrator());
        var refund = new { amount, reason = "The instance died" };
        var key = $"died-{amount}";
        var done = (await office.Post(payment, refund, key)).Succeeded(201);

        // What it leaves when it dies between doing it and writing down the answer.
        await App.Execute("update idempotent_request set status = null, content_type = null, body = null, trace_id = null where key = @key", new { key });
        await App.Advance(TimeSpan.FromMinutes(2));
        var again = (await office.Post(payment, refund, key)).Succeeded(201);

        Assert.Equal(done.Text, again.Text);
        Assert.False(IsReplayed(again));
        MustReplay(again, await office.Post(payment, refund, key));
        Assert.Equal(1, await App.Value<long>("select count(*) from refund where id >= @Id", new { done.Id }));
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'refund_payment' and (details->>'refundId')::bigint = @Id", new { done.Id }));
    }

    [Fact]
    public async Task Of_twenty_checkouts_at_once_under_one_key_at_two_instances_one_runs()
    {
        await using var another = await App.StartAnother();
        var asha = await Somebody(withPlaces: 4);
        var elsewhere = new Keyed(asha.Who.At(another));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(at => (at % 2 == 0 ? asha : elsewhere).Post(Checkout, new { }, "once")));

        var done = Assert.Single(answers, answer => answer.Status == 201 && !IsReplayed(answer));
        Assert.All(answers.Where(answer => answer != done), answer => MustReplayOrWait(done, answer));
        Assert.Equal(1, await App.Value<long>("select count(*) from booking where account_id = @Id", new { asha.Who.Id }));
    }

    [Fact]
    public async Task Another_request_under_the_same_key_is_refused_and_changes_nothing()
    {
        var asha = await Somebody(withPlaces: 1);
        var bookingId = (await asha.Post(Checkout, new { contactPhone = "+919812345678" }, "mine")).Succeeded(201).Id;

        (await asha.Post(Checkout, new { contactPhone = "+919800000000" }, "mine")).Refused(422, "idempotency.mismatch");
        (await asha.Post($"{Checkout}?event_id=1", new { contactPhone = "+919812345678" }, "mine")).Refused(422, "idempotency.mismatch");

        // Another endpoint has keys of its own.
        (await asha.Post(CreateOrder, new { bookingId }, "mine")).Succeeded(200);
    }

    [Fact]
    public async Task The_same_key_of_another_person_is_another_key()
    {
        var (asha, ravi) = (await Somebody(withPlaces: 1), await Somebody(withPlaces: 2));

        var first = (await asha.Post(Checkout, new { }, "shared")).Succeeded(201);
        var second = (await ravi.Post(Checkout, new { }, "shared")).Succeeded(201);

        Assert.NotEqual(first.Id, second.Id);
        Assert.False(IsReplayed(second));
    }

    [Fact]
    public async Task A_refusal_is_an_answer_too()
    {
        var asha = new Keyed(await App.NewBuyer());
        var events = await App.AnEvent();

        var notFound = (await asha.Post(Checkout, new { }, "early")).Refused(404, "cart.not_found");
        var invalid = (await asha.Post(Checkout, new { contactEmail = "nobody" }, "invalid")).RefusedField("contactEmail");
        (await asha.Who.Adds(events.Standing)).Succeeded();

        MustReplay(notFound, await asha.Post(Checkout, new { }, "early"));
        MustReplay(invalid, await asha.Post(Checkout, new { contactEmail = "nobody" }, "invalid"));
        (await asha.Post(Checkout, new { }, "now")).Succeeded(201);
    }

    [Fact]
    public async Task Who_may_not_ask_uses_up_no_key()
    {
        var asha = await Somebody(withPlaces: 1);
        await App.Execute("update account set is_blocked = true where id = @Id", new { asha.Who.Id });
        (await asha.Post(Checkout, new { }, "blocked")).Refused(403, "auth.account_blocked");
        await App.Execute("update account set is_blocked = false where id = @Id", new { asha.Who.Id });

        (await asha.Post(Checkout, new { }, "blocked")).Succeeded(201);
        (await asha.Post("/api/admin/payments/1/refund", new { reason = "Mine" }, "blocked")).Refused(403, "auth.admin_required");
        (await new Keyed(App.Nobody).Post(Checkout, new { }, "not a key, but nobody")).Refused(401, "auth.token_missing");
    }

    [Fact]
    public async Task While_the_gateway_is_down_nothing_is_kept_and_the_retry_goes_through()
    {
        var asha = await Somebody(withPlaces: 1);
        var bookingId = (await asha.Post(Checkout, new { }, "book")).Succeeded(201).Id;
        App.Razorpay.Faults = new SandboxFaults { OnApiCall = _ => new ApiFault { FailWith = 503 } };
        (await asha.Post(CreateOrder, new { bookingId }, "order")).Refused(503, "payment.gateway_unavailable");
        App.Razorpay.Faults = SandboxFaults.None;

        var order = (await asha.Post(CreateOrder, new { bookingId }, "order")).Succeeded(200);

        Assert.False(IsReplayed(order));
        MustReplay(order, await asha.Post(CreateOrder, new { bookingId }, "order"));
    }

    [Fact]
    public async Task The_key_of_an_instance_that_died_is_taken_over_by_exactly_one_after_its_lease()
    {
        var asha = await Somebody(withPlaces: 1);
        var bookingId = (await asha.Post(Checkout, new { }, "book")).Succeeded(201).Id;
        await DieWhile(asha.Who, bookingId, "order");

        (await asha.Post(CreateOrder, new { bookingId }, "order")).Refused(409, "idempotency.in_flight");
        await App.Advance(TimeSpan.FromMinutes(2));
        (await asha.Post(CreateOrder, new { bookingId = bookingId + 1 }, "order")).Refused(422, "idempotency.mismatch");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => asha.Post(CreateOrder, new { bookingId }, "order")));

        var done = Assert.Single(answers, answer => answer.Status == 200 && !IsReplayed(answer));
        Assert.All(answers.Where(answer => answer != done), answer => MustReplayOrWait(done, answer));
        MustReplay(done, await asha.Post(CreateOrder, new { bookingId }, "order"));
    }

    [Fact]
    public async Task Who_was_thought_dead_and_was_only_slow_does_not_replace_what_was_answered_meanwhile()
    {
        var asha = await Somebody(withPlaces: 1);
        var bookingId = (await asha.Post(Checkout, new { }, "book")).Succeeded(201).Id;
        var (asked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        App.Razorpay.Faults = new SandboxFaults
        {
            OnApiCall = _ =>
            {
                asked.TrySetResult();
                goOn.Task.Wait();
                return new ApiFault { FailWith = 400 };
            },
        };

        var slow = asha.Post(CreateOrder, new { bookingId }, "order");
        await asked.Task;
        App.Razorpay.Faults = SandboxFaults.None;
        await App.Advance(TimeSpan.FromMinutes(2));
        var done = (await asha.Post(CreateOrder, new { bookingId }, "order")).Succeeded(200);
        goOn.SetResult();
        await slow;

        MustReplay(done, await asha.Post(CreateOrder, new { bookingId }, "order"));
    }

    [Fact]
    public async Task A_day_later_the_key_is_free_and_its_answer_is_thrown_away()
    {
        var asha = await Somebody(withPlaces: 1);
        var yesterday = (await asha.Post(Checkout, new { }, "daily")).Succeeded(201);
        await App.Advance(TimeSpan.FromHours(23));
        MustReplay(yesterday, await asha.Post(Checkout, new { }, "daily"));
        await App.RunTimer("Housekeeping");
        Assert.Equal(1, await Kept(asha));

        await App.Advance(TimeSpan.FromHours(1));
        (await asha.Who.Adds((await App.AnEvent()).Standing)).Succeeded();
        var today = (await asha.Post(Checkout, new { }, "daily")).Succeeded(201);

        Assert.NotEqual(yesterday.Id, today.Id);
        MustReplay(today, await asha.Post(Checkout, new { }, "daily"));
        await App.Advance(TimeSpan.FromHours(24));
        await App.RunTimer("Housekeeping");
        Assert.Equal(0, await Kept(asha));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("dots.are.not")]
    [InlineData("a,b")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var asha = await Somebody(withPlaces: 1);

        var refused = (await asha.Post(Checkout, new { }, key)).Refused(400, "request.invalid_parameter");

        Assert.True(refused["errors"].TryGetProperty("Idempotency-Key", out _));
        (await asha.Post(Checkout, new { }, "1234567890123456789012345678901234567890123456789012345678901234")).Succeeded(201);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_asked_and_where_no_key_is_taken_it_is_ignored()
    {
        var (asha, ravi) = (await Somebody(withPlaces: 1), await Somebody(withPlaces: 1));
        await (await Somebody(withPlaces: 1)).Post(Checkout, new { }, "warm");

        Assert.DoesNotContain(await App.StatementsOf(() => asha.Post(Checkout, new { }, key: null)), IsAboutKeys);
        Assert.Equal(2, (await App.StatementsOf(() => ravi.Post(Checkout, new { }, "mine"))).Count(IsAboutKeys));
        Assert.Equal(2, (await App.StatementsOf(() => ravi.Post(Checkout, new { }, "mine"))).Count(IsAboutKeys));
        Assert.DoesNotContain(await App.StatementsOf(() => asha.Post("/api/users/me/notifications/preferences", new { }, "mine", HttpMethod.Patch)), IsAboutKeys);
    }

    [Fact]
    public void Only_people_who_are_known_have_keys() =>
        Assert.Empty(FunctionPlan.All.Where(plan => plan.IsIdempotent && plan.Access is not (Access.User or Access.Admin)).Select(plan => plan.Name));

    private static bool IsAboutKeys(string statement) => statement.Contains("idempotent_request", StringComparison.Ordinal);

    private static bool IsReplayed(Answer answer) => answer.Headers.TryGetValues("Idempotency-Replayed", out var values) && values.Single() == "true";

    private static void MustReplay(Answer first, Answer again)
    {
        Assert.True(IsReplayed(again), again.ToString());
        Assert.False(IsReplayed(first));
        Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        Assert.Equal(first.ContentHeaders.ContentType, again.ContentHeaders.ContentType);
    }

    private static void MustReplayOrWait(Answer done, Answer answer)
    {
        if (answer.Status == 409)
        {
            answer.Refused(409, "idempotency.in_flight");
        }
        else
        {
            MustReplay(done, answer);
        }
    }

    private Task<long> Kept(Keyed person) => App.Value<long>("select count(*) from idempotent_request where account_id = @Id", new { person.Who.Id });

    /// <summary>An instance asks the gateway for an order under this key, and dies before it is answered.</summary>
    private async Task DieWhile(Person person, long bookingId, string key)
    {
        var asked = new TaskCompletionSource();
        App.Razorpay.Faults = new SandboxFaults
        {
            OnApiCall = _ =>
            {
                asked.TrySetResult();
                return new ApiFault { Delay = TimeSpan.FromMinutes(1) };
            },
        };
        using var child = await ChildApp.StartAsync(App);
        using var request = new HttpRequestMessage(HttpMethod.Post, CreateOrder)
        {
            Content = JsonContent.Create(new { bookingId }),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", person.Token) },
        };
        request.Headers.Add("Idempotency-Key", key);
        var lost = child.Http.SendAsync(request);
        await asked.Task;
        await child.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => lost);
        App.Razorpay.Faults = SandboxFaults.None;
    }

    private async Task<Keyed> Somebody(int withPlaces)
    {
        var person = await App.NewBuyer();
        (await person.Adds((await App.AnEvent(rows: 0, standing: 10)).Standing, withPlaces)).Succeeded();
        return new Keyed(person);
    }

    /// <summary>The address at which it is given back.</summary>
    private async Task<string> SomebodysPayment()
    {
        var person = await App.NewBuyer();
        var booking = await person.Buys((await App.AnEvent(rows: 0, standing: 10)).Standing);
        return $"/api/admin/payments/{await App.Value<long>("select id from payment where booking_id = @Id", new { booking.Id })}/refund";
    }

    /// <summary>Somebody who sends a key with what they ask for.</summary>
    private sealed class Keyed(Conversation conversation)
    {
        public Person Who => (Person)conversation;

        public Task<Answer> Post(string path, object body, string? key, HttpMethod? method = null)
        {
            var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType()) };
            if (key is not null)
            {
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            }

            return conversation.Send(request);
        }
    }
}
