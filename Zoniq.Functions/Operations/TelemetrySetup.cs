using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Zoniq.Domain;
using Zoniq.Domain.Storage;

namespace Zoniq.Functions.Operations;

/// <summary>Sends traces, metrics and logs to wherever the operator looks at them; nowhere, and at no cost, when nowhere is said.</summary>
internal static class TelemetrySetup
{
    private const string Service = "zoniq";

    /// <summary>Registers what the settings ask for: Application Insights, a collector that speaks OTLP, the console.</summary>
    public static void AddTelemetry(this IServiceCollection services, ILoggingBuilder logging, Settings settings)
    {
        var insights = settings.Text("APPLICATIONINSIGHTS_CONNECTION_STRING");
        var hasCollector = settings.Text("OTEL_EXPORTER_OTLP_ENDPOINT") is not null;
        var toConsole = settings.Flag("TELEMETRY_CONSOLE", false);
        var readsTraced = settings.Number("TELEMETRY_READS_PERCENT", 100, 0, 100) / 100.0;
        if (insights is null && !hasCollector && !toConsole)
        {
            return;
        }

        var credential = Identity(settings);
        void Insights(AzureMonitorExporterOptions options)
        {
            options.ConnectionString = insights;
            options.Credential = credential;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Service))
            .WithTracing(tracing =>
            {
                tracing.AddZoniq(readsTraced).AddHttpClientInstrumentation();
                _ = insights is null ? tracing : tracing.AddAzureMonitorTraceExporter(Insights);
                _ = hasCollector ? tracing.AddOtlpExporter() : tracing;
                _ = toConsole ? tracing.AddConsoleExporter() : tracing;
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Measures.Name, "Npgsql");
                _ = insights is null ? metrics : metrics.AddAzureMonitorMetricExporter(Insights);
                _ = hasCollector ? metrics.AddOtlpExporter() : metrics;
                _ = toConsole ? metrics.AddConsoleExporter() : metrics;
            });
        // What servers and clients say of a request has its address in it, and that people's words.
        logging.AddFilter<OpenTelemetryLoggerProvider>("Microsoft", LogLevel.Warning).AddFilter<OpenTelemetryLoggerProvider>("System", LogLevel.Warning);
        logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(Service));
            _ = insights is null ? logs : logs.AddAzureMonitorLogExporter(Insights);
            _ = hasCollector ? logs.AddOtlpExporter() : logs;
            _ = toConsole ? logs.AddConsoleExporter() : logs;
        });
    }

    /// <summary>What the app traces: its own functions and what they cause, and the statements, never their values.</summary>
    internal static TracerProviderBuilder AddZoniq(this TracerProviderBuilder tracing, double readsTraced) =>
        tracing.AddSource(Spans.Name).AddNpgsql().SetSampler(new ReadsSampler(readsTraced));

    /// <summary>The identity the app has in Azure, when telemetry is accepted from identities only: <c>ClientId=…;Authorization=AAD</c>.</summary>
    private static ManagedIdentityCredential? Identity(Settings settings) =>
        settings.Text("APPLICATIONINSIGHTS_AUTHENTICATION_STRING")?.Split(';') is { } parts && parts.Contains("Authorization=AAD", StringComparer.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(
                parts.FirstOrDefault(part => part.StartsWith("ClientId=", StringComparison.OrdinalIgnoreCase)) is { } client
                    ? ManagedIdentityId.FromUserAssignedClientId(client["ClientId=".Length..])
                    : ManagedIdentityId.SystemAssigned)
            : null;
}
