using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Zoniq.Domain.Storage;
using Zoniq.Functions.Operations;

namespace Zoniq.Tests.Support;

/// <summary>Hears what would be sent to whoever runs the app: every span of the process, and the measures of one app.</summary>
public sealed class Recorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> spans = new();
    private readonly ConcurrentQueue<Measured> measured = new();
    private readonly MeterListener listener = new();
    private readonly TracerProvider tracing;

    /// <param name="app">Whose measures.</param>
    /// <param name="readsTraced">Of public reading.</param>
    /// <param name="withCalls">Also HTTP calls to others, and those of the tests themselves, which then begin the traces.</param>
    public Recorder(ZoniqApp app, double readsTraced = 1, bool withCalls = false)
    {
        var factory = app.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, hears) =>
        {
            if (instrument.Meter.Name == Measures.Name && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                hears.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue(Measured.Of(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue(Measured.Of(instrument, value, tags)));
        listener.Start();
        var builder = Sdk.CreateTracerProviderBuilder().AddZoniq(readsTraced);
        tracing = (withCalls ? builder.AddHttpClientInstrumentation() : builder).AddProcessor(new Keeper(spans)).Build();
    }

    public IReadOnlyList<Activity> Spans => [.. spans];

    public IReadOnlyList<Measured> Values => [.. measured];

    /// <summary>The spans of one trace, by name.</summary>
    public string[] Trace(string traceId) => [.. Spans.Where(span => span.TraceId.ToHexString() == traceId).Select(span => span.DisplayName)];

    /// <summary>What a counter came to, with this dimension.</summary>
    public double Sum(string instrument, string tag, object value) =>
        Values.Where(one => one.Instrument == instrument && Equals(one.Tags.GetValueOrDefault(tag), value)).Sum(one => one.Value);

    /// <summary>What a gauge says now.</summary>
    public double Last(string instrument) => Values.Last(one => one.Instrument == instrument).Value;

    public void Dispose()
    {
        listener.Dispose();
        tracing.Dispose();
    }

    private sealed class Keeper(ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => spans.Enqueue(data);
    }
}

/// <summary>One value that was reported.</summary>
public sealed record Measured(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags)
{
    public static Measured Of(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var known = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, tag) in tags)
        {
            known[name] = tag;
        }

        return new Measured(instrument.Name, value, known);
    }
}
