using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Polly;

namespace Zoniq.Domain.Payments.Gateway;

public static class GatewaySetup
{
    private const string Client = "razorpay";

    public static void AddPaymentGateway(this IServiceCollection services, Settings settings)
    {
        var options = RazorpayOptions.From(settings);

        services.AddSingleton(options);
        services.AddSingleton<RazorpaySignatures>();

        services
            .AddHttpClient(Client, client =>
            {
                client.BaseAddress = new Uri($"{options.ApiUrl.AbsoluteUri.TrimEnd('/')}/");
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.KeyId}:{options.KeySecret}")));
                client.MaxResponseContentBufferSize = GatewayPolicy.LargestAnswer;
                client.Timeout = Timeout.InfiniteTimeSpan;      // each call has its own, GatewayPolicy.WholeCall
            })
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
                handler.ConnectTimeout = GatewayPolicy.OneTry;
                handler.PooledConnectionLifetime = GatewayPolicy.ConnectionLifetime;
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)       // connections are renewed by their pool, so that DNS changes are followed
            .RemoveAllLoggers()
            .AddResilienceHandler(Client, Resilience);

        // Every try of every call would be a line; what a try that failed means, the gateway says itself.
        services.AddLogging(logging => logging.AddFilter("Polly", LogLevel.Warning));

        services.AddSingleton<IPaymentGateway>(provider => ActivatorUtilities.CreateInstance<RazorpayGateway>(
            provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client)));
    }

    private static void Resilience(ResiliencePipelineBuilder<HttpResponseMessage> pipeline)
    {
        // Real time, whatever the app's clock says: what is measured here are network delays.
        pipeline.TimeProvider = TimeProvider.System;
        pipeline.TelemetryListener = null;      // it would log every call; the gateway logs those that fail

        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = GatewayPolicy.Retries,
            Delay = GatewayPolicy.FirstRetry,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = attempt => ValueTask.FromResult(
                HttpClientResiliencePredicates.IsTransient(attempt.Outcome)
                && attempt.Context.GetRequestMessage() is { } request && RazorpayGateway.MayBeRepeated(request)
                && attempt.Outcome.Result?.Headers.RetryAfter is null),     // it said when; the caller is told
        });

        pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
        {
            SamplingDuration = GatewayPolicy.BreakerWindow,
            MinimumThroughput = GatewayPolicy.BreakerThroughput,
            FailureRatio = GatewayPolicy.BreakerRatio,
            BreakDuration = GatewayPolicy.BreakerPause,
        });

        pipeline.AddTimeout(GatewayPolicy.OneTry);
    }
}

/// <summary>How long the provider is waited for.</summary>
internal static class GatewayPolicy
{
    public const int Retries = 2;

    public const int BreakerThroughput = 20;

    public const double BreakerRatio = 0.5;

    public const int LargestAnswer = 1 << 20;

    public static readonly TimeSpan OneTry = TimeSpan.FromSeconds(4);

    public static readonly TimeSpan WholeCall = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);

    public static readonly TimeSpan BreakerWindow = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan BreakerPause = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);
}
