using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Accounts;
using Zoniq.Tests.Payments;
using Zoniq.Tests.Support;
using Zoniq.Tests.Tickets;

namespace Zoniq.Tests.Operations;

/// <summary>What whoever runs the app is told, and what they are never told.</summary>
public sealed class TelemetryTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task A_purchase_is_one_trace_from_the_checkout_through_the_webhook_to_the_mail()
    {
        using var recorder = new Recorder(App);
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Standing)).Succeeded();
        var booked = (await asha.ChecksOut()).Succeeded(201);
        var order = (await asha.CreatesOrder(booked.Id)).Succeeded();
        var paid = asha.Pays(order);

        var webhook = (await App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000)).Succeeded(200);
        await App.RunTimer("MailOutbox");

        var trace = recorder.Trace(booked.TraceId);
        Assert.Contains("CheckoutCart", trace);
        Assert.Contains("settle payment", trace);
        Assert.Contains("send booking_confirmed", trace);
        var settled = recorder.Spans.First(span => span.DisplayName == "settle payment" && span.TraceId.ToHexString() == booked.TraceId);
        Assert.Equal(webhook.TraceId, Assert.Single(settled.Links).Context.TraceId.ToHexString());
        Assert.Contains("ReceivePaymentWebhook", recorder.Trace(webhook.TraceId));
        Assert.NotEqual(webhook.TraceId, booked.TraceId);
    }

    [Fact]
    public async Task A_caller_s_trace_goes_on_here()
    {
        using var recorder = new Recorder(App);
        var traceId = ActivityTraceId.CreateRandom().ToHexString();
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/events/987654321");
        request.Headers.Add("traceparent", $"00-{traceId}-{ActivitySpanId.CreateRandom()}-01");

        var answer = (await App.Nobody.Send(request)).Refused(404, "event.not_found");

        Assert.Equal(traceId, answer.TraceId);
        var span = recorder.Spans.First(span => span.TraceId.ToHexString() == traceId && span.DisplayName == "GetEvent");
        Assert.Equal("event.not_found", span.GetTagItem("zoniq.code"));
        Assert.Equal(404, span.GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task Public_reading_need_not_be_traced_and_buying_always_is()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        using var recorder = new Recorder(App, readsTraced: 0);

        var read = (await App.Nobody.Get($"/api/events/{staged.Id}")).Succeeded();
        var added = (await asha.Adds(staged.Standing)).Succeeded();

        Assert.Empty(recorder.Trace(read.TraceId));
        Assert.Contains("AddCartItem", recorder.Trace(added.TraceId));
    }

    [Fact]
    public async Task The_business_is_counted_once_it_is_committed()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        using var recorder = new Recorder(App);

        await asha.Buys(staged.Numbered, staged.Numbered.Seats);
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[0])).Refused(409, "seat.taken");
        (await App.SendsWebhookBody("""{"entity":"event","event":"payment.captured","payload":{}}""")).Succeeded();
        (await App.SendsWebhookBody("""{"entity":"event","event":"something.new","payload":{}}""")).Succeeded();

        Assert.Equal(2, recorder.Sum("zoniq.holds", "kind", "numbered"));
        Assert.All(["cart", "checkout", "order", "confirmed"], step => Assert.Equal(1, recorder.Sum("zoniq.purchases", "step", step)));
        Assert.Equal(1, recorder.Sum("zoniq.payments.captured", "source", "verify"));
        Assert.Equal(0, recorder.Sum("zoniq.reconciler.findings", "outcome", "Confirmed"));    // somebody told us
        Assert.Equal(1, recorder.Sum("zoniq.refusals", "code", "seat.taken"));
        Assert.Equal(1, recorder.Sum("zoniq.webhooks.received", "event", "payment.captured"));
        Assert.Equal(1, recorder.Sum("zoniq.webhooks.received", "event", "other"));
        Assert.Contains(recorder.Values, one => one.Instrument == "zoniq.webhooks.lag" && one.Value >= 0);
        Assert.Contains(recorder.Values, one => one.Instrument == "zoniq.requests" && Equals(one.Tags["function"], "CheckoutCart") && Equals(one.Tags["status"], 201));
    }

    [Fact]
    public async Task What_is_undone_is_not_counted()
    {
        using var recorder = new Recorder(App);
        var database = App.Services.GetService(typeof(Database)) as Database;

        await using (var db = await database!.BeginAsync(CancellationToken.None))
        {
            db.Afterwards(measures => measures.CameTo("undone"));
        }

        await using (var db = await database.BeginAsync(CancellationToken.None))
        {
            db.Afterwards(measures => measures.CameTo("done"));
            await db.CommitAsync();
        }

        Assert.Equal(0, recorder.Sum("zoniq.purchases", "step", "undone"));
        Assert.Equal(1, recorder.Sum("zoniq.purchases", "step", "done"));
    }

    [Fact]
    public async Task Money_that_nobody_told_of_is_counted_as_a_finding()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var order = (await asha.CreatesOrder(await asha.Books(staged.Standing))).Succeeded();
        asha.Pays(order);
        using var recorder = new Recorder(App);

        await App.Advance(TimeSpan.FromMinutes(3));
        await App.RunTimer("PaymentReconcile");

        Assert.Equal(1, recorder.Sum("zoniq.payments.captured", "source", "reconciler"));
        Assert.Equal(1, recorder.Sum("zoniq.reconciler.findings", "outcome", "Confirmed"));
    }

    [Fact]
    public async Task Mails_that_cannot_leave_grow_old_until_they_do()
    {
        await using var cutOff = await App.StartAnother(("SMTP_PORT", "1"));
        using var recorder = new Recorder(cutOff);
        using var connected = new Recorder(App);
        var staged = await App.AnEvent();
        await App.RunTimer("MailOutbox");
        Assert.Equal(0, connected.Last("zoniq.outbox.age"));

        await (await App.NewBuyer()).At(cutOff).Buys(staged.Standing);
        await App.Advance(TimeSpan.FromMinutes(10));
        await cutOff.RunTimer("MailOutbox");

        Assert.True(recorder.Last("zoniq.outbox.age") >= 600);
        Assert.True(recorder.Last("zoniq.outbox.depth") >= 2);
        await App.RunTimer("MailOutbox");
        Assert.Equal(0, connected.Last("zoniq.outbox.age"));
        Assert.Equal(0, connected.Last("zoniq.outbox.depth"));
    }

    [Fact]
    public async Task A_room_that_lets_people_in_is_no_stall()
    {
        var queued = await App.AnEvent(queue: new());
        (await (await App.NewBuyer()).Joins(queued)).Succeeded();
        using var recorder = new Recorder(App);

        await App.RunTimer("QueueTick");

        Assert.Equal(1, recorder.Sum("zoniq.queue.admitted", "event", queued.Id));
        Assert.Equal(0, recorder.Sum("zoniq.queue.waiting", "event", queued.Id));
        Assert.Equal(0, recorder.Last("zoniq.queue.stall"));
    }

    [Fact]
    public async Task An_invariant_that_holds_again_is_told_as_well()
    {
        using var recorder = new Recorder(App);
        var measures = (Measures)App.Services.GetService(typeof(Measures))!;
        await App.RunTimer("Invariants");
        Assert.Equal(0, recorder.Sum("zoniq.invariants.drift", "invariant", "all"));

        measures.Drifted(["a", "a", "b"]);
        measures.Drifted(["b"]);

        Assert.Equal([2d, 0d], recorder.Values.Where(one => Equals(one.Tags.GetValueOrDefault("invariant"), "a")).Select(one => one.Value));
        Assert.Equal([1d, 1d], recorder.Values.Where(one => Equals(one.Tags.GetValueOrDefault("invariant"), "b")).Select(one => one.Value));
    }

    [Fact]
    public async Task An_app_that_tells_a_collector_works_also_while_the_collector_does_not()
    {
        await using var telling = await App.StartAnother(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"));
        var staged = await App.AnEvent();

        await (await App.NewBuyer()).At(telling).Buys(staged.Standing);

        (await telling.Nobody.Get("/api/health/ready")).Succeeded();
    }

    [Fact]
    public void Every_metric_an_alert_or_the_manual_names_is_one_the_app_has()
    {
        using var meter = new Meter("names of instruments");
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                {
                    names.Add(instrument.Name);
                }
            },
        };
        listener.Start();
        _ = new Measures(meter);

        var named = new[] { "infra/modules/alerts.bicep", "docs/operations.md" }
            .SelectMany(file => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, file)), @"['`](zoniq\.[a-z.]+)['`]"))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal(named.Order(), names.Order());
    }

    /// <summary>Everything a person tells us, and everything that opens something, in journeys that end well and badly; not one word of it leaves with the telemetry.</summary>
    [Fact]
    public async Task Nothing_personal_is_told()
    {
        await using var app = await App.StartAnother(("Logging:LogLevel:Default", "Debug"));
        using var logs = new EveryLine();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        using var recorder = new Recorder(app, withCalls: true);
        var staged = await app.AnEvent();
        var asha = await app.SignUp("asha_secretname", "asha.secret@personal.example", "Secret-Password-77");
        (await asha.Patch("/api/users/me", new { fullName = "Asha Secretfamily", phone = "+919876501234" })).Succeeded();
        (await app.Nobody.Post("/api/auth/signin", new { email = asha.Email, password = "Wrong-Password-88" })).Refused(400, "auth.credentials_invalid");
        await app.Advance(TimeSpan.FromMinutes(1));
        var before = app.Inbox.MailsTo(asha.Email).Count;
        (await app.Nobody.Post("/api/auth/email-otp/send", new { email = asha.Email })).Succeeded();
        var code = await app.Inbox.ExpectCode(asha.Email, before);
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        var booked = (await asha.ChecksOut(contact: new { contactEmail = "contact.secret@personal.example", contactPhone = "+919876505678" })).Succeeded(201);
        var order = (await asha.CreatesOrder(booked.Id)).Succeeded();
        asha.Pays(order, "fail", "card");
        var paid = asha.Pays(order);
        (await asha.Verifies(paid)).Succeeded();
        (await app.SendsWebhook("payment.dispute.created", paid.RazorpayOrderId, paid.RazorpayPaymentId, 100_000)).Succeeded();    // it is logged
        var ticket = booked["items"][0];
        var qr = (await asha.Get($"/api/tickets/{ticket.GetProperty("id")}")).Succeeded()["qrPayload"].GetString()!;
        var token = await asha.Sends(ticket.GetProperty("id").GetInt64(), "friend.secret@personal.example", "A secret message 99");
        (await app.Scans(new { qrPayload = qr, gate = "Gate 1" })).Succeeded();
        (await app.Scans(new { qrPayload = qr + "x" })).Refused(422, "ticket.qr_invalid");
        var administrator = await app.Administrator();
        (await administrator.Get("/api/admin/users?search=asha.secret%40personal.example")).Succeeded();
        (await administrator.Get("/api/admin/bookings?search=contact.secret%40personal.example")).Succeeded();
        (await asha.Get($"/api/bookings/number/{booked["bookingNumber"].GetString()}?who=asha.secret@personal.example")).Succeeded();
        (await asha.Post("/api/users/me/verify-phone")).Succeeded();
        (await asha.Post($"/api/bookings/{booked.Id}/cancel", new { reason = "A secret reason 55" })).Refused(409, "booking.ticket_used");
        foreach (var timer in new[] { "MailOutbox", "PaymentReconcile", "BookingExpiry", "TransferExpiry", "EventReminder", "Invariants", "Housekeeping" })
        {
            await app.RunTimer(timer);
        }

        string[] personal =
        [
            "secretname", "secretfamily", "secret@personal", "secret%40personal", "9876501234", "9876505678", "Secret-Password", "Wrong-Password", "secret message", "secret reason",
            code, asha.Token!, qr, qr.Split('.')[^1], token, paid.RazorpaySignature!, ticket.GetProperty("ticketNumber").GetString()!,
        ];
        var told = recorder.Spans.Select(Words)
            .Concat(recorder.Values.Select(one => string.Join(' ', one.Tags.Select(tag => $"{tag.Key}={tag.Value}"))))
            .Concat(logs.Lines)
            .ToArray();

        Assert.NotEmpty(logs.Lines);
        Assert.Contains(told, words => words.Contains("insert into booking", StringComparison.Ordinal));
        Assert.Empty(told.Where(words => personal.Any(value => words.Contains(value, StringComparison.OrdinalIgnoreCase))).Take(5));
    }

    private static string Words(Activity span) =>
        $"{span.DisplayName} {span.StatusDescription} "
        + string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")) + ' '
        + string.Join(' ', span.Baggage.Select(item => $"{item.Key}={item.Value}")) + ' '
        + string.Join(' ', span.Events.SelectMany(happened => happened.Tags.Select(tag => $"{happened.Name} {tag.Key}={tag.Value}")));

    /// <summary>Whatever is logged, at every level, with what it is made of.</summary>
    private sealed class EveryLine : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = new();

        public IReadOnlyCollection<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception} {(state is IEnumerable<KeyValuePair<string, object?>> parts ? string.Join(' ', parts) : "")}");

        public void Dispose()
        {
            // What was heard stays readable.
        }
    }
}
