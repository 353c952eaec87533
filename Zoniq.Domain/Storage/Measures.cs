using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Zoniq.Domain.Storage;

/// <summary>
/// What is counted of the business, for those who run it. What a transaction did is counted when it is committed (<see cref="Session.Afterwards"/>);
/// dimensions have few values and never name a person.
/// </summary>
public sealed class Measures(Meter meter)
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Zoniq";

    private readonly ConcurrentDictionary<string, bool> drifts = new(StringComparer.Ordinal);

    private readonly Counter<long> holds = meter.CreateCounter<long>("zoniq.holds", "places", "Places put into carts, by kind: numbered or standing.");
    private readonly Counter<long> refusals = meter.CreateCounter<long>("zoniq.refusals", "answers", "Requests that were refused, by code and status.");
    private readonly Counter<long> steps = meter.CreateCounter<long>("zoniq.purchases", "purchases", "How far purchases came, by step: cart (its first places), checkout, order, confirmed.");
    private readonly Counter<long> captures = meter.CreateCounter<long>("zoniq.payments.captured", "payments", "Bookings that became paid, by source: who told us.");
    private readonly Counter<long> reconciled = meter.CreateCounter<long>("zoniq.reconciler.findings", "payments", "Payments that nobody else had told of, by outcome.");
    private readonly Counter<long> webhooks = meter.CreateCounter<long>("zoniq.webhooks.received", "webhooks", "Webhooks whose signature was right, by event.");
    private readonly Histogram<double> webhookLag = meter.CreateHistogram<double>("zoniq.webhooks.lag", "s", "From receiving a webhook to having applied it.");
    private readonly Histogram<double> requests = meter.CreateHistogram<double>("zoniq.requests", "s", "How long functions took to answer, by function and status.");
    private readonly Counter<long> mails = meter.CreateCounter<long>("zoniq.mails", "mails", "Deliveries tried, by template and outcome: sent, failed.");
    private readonly Gauge<long> outboxDepth = meter.CreateGauge<long>("zoniq.outbox.depth", "mails", "Mails that wait.");
    private readonly Gauge<double> outboxAge = meter.CreateGauge<double>("zoniq.outbox.age", "s", "How old the oldest mail is that is due and could not be sent; 0 when none is.");
    private readonly Gauge<long> queueDepth = meter.CreateGauge<long>("zoniq.queue.waiting", "people", "People who wait, by event.");
    private readonly Counter<long> admissions = meter.CreateCounter<long>("zoniq.queue.admitted", "people", "People let in, by event.");
    private readonly Gauge<double> queueStall = meter.CreateGauge<double>("zoniq.queue.stall", "s", "How long an event that has people waiting and room for them has let nobody in.");
    private readonly Gauge<long> drift = meter.CreateGauge<long>("zoniq.invariants.drift", "findings", "What the last look at the invariants found, by invariant.");

    public void Held(int places, bool numbered) => holds.Add(places, Tag("kind", numbered ? "numbered" : "standing"));

    public void Refused(string code, int status) => refusals.Add(1, Tag("code", code), Tag("status", status));

    public void Answered(string function, int status, TimeSpan took) => requests.Record(took.TotalSeconds, Tag("function", function), Tag("status", status));

    /// <param name="step">cart, checkout, order, confirmed.</param>
    public void CameTo(string step) => steps.Add(1, Tag("step", step));

    /// <param name="source">webhook, verify, reconciler, expiry, cancellation, administrator.</param>
    public void Captured(string source) => captures.Add(1, Tag("source", source));

    public void Reconciled(string outcome) => reconciled.Add(1, Tag("outcome", outcome));

    public void WebhookReceived(string name) => webhooks.Add(1, Tag("event", name));

    public void WebhookApplied(TimeSpan lag) => webhookLag.Record(lag.TotalSeconds);

    public void MailTried(string template, bool sent) => mails.Add(1, Tag("template", template), Tag("outcome", sent ? "sent" : "failed"));

    public void Outbox(long waiting, TimeSpan oldest)
    {
        outboxDepth.Record(waiting);
        outboxAge.Record(oldest.TotalSeconds);
    }

    public void QueueStalled(long eventId, TimeSpan since) => queueStall.Record(since.TotalSeconds, Tag("event", eventId));

    public void QueueMoved(long eventId, long waiting, int admitted)
    {
        var room = Tag("event", eventId);
        queueDepth.Record(waiting, room);
        if (admitted > 0)
        {
            admissions.Add(admitted, room);
        }
    }

    /// <summary>An invariant that held again is told as well, or its alarm would never end.</summary>
    public void Drifted(IEnumerable<string> invariants)
    {
        var counts = invariants.CountBy(invariant => invariant).ToDictionary(StringComparer.Ordinal);
        foreach (var invariant in counts.Keys)
        {
            drifts.TryAdd(invariant, true);
        }

        foreach (var invariant in drifts.Keys)
        {
            drift.Record(counts.GetValueOrDefault(invariant), Tag("invariant", invariant));
        }

        if (drifts.IsEmpty)
        {
            drift.Record(0, Tag("invariant", "all"));
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
