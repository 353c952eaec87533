using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Zoniq.Domain.Notifications;

/// <summary>The account at MSG91; null where none is configured.</summary>
internal sealed record Msg91Options(string AuthKey, string TemplateId, Uri ApiUrl)
{
    private const string UsualApiUrl = "https://control.msg91.com/api/v5";

    public static Msg91Options? From(Settings settings)
    {
        var (authKey, templateId) = (settings.Text("MSG91_AUTH_KEY"), settings.Text("MSG91_OTP_TEMPLATE_ID"));
        if (authKey is null && templateId is null)
        {
            return null;
        }

        if (authKey is null || templateId is null)
        {
            throw new SettingsException("MSG91_AUTH_KEY and MSG91_OTP_TEMPLATE_ID must both be set, or neither.");
        }

        return Uri.TryCreate($"{(settings.Text("MSG91_API_URL") ?? UsualApiUrl).TrimEnd('/')}/", UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && !settings.IsProduction))
                ? new(authKey, templateId, url)
                : throw new SettingsException("MSG91_API_URL must be an https address.");
    }
}

/// <summary>MSG91's OTP API, with codes of our own. https://docs.msg91.com/otp/sendotp</summary>
internal sealed partial class Msg91Sender(HttpClient http, Msg91Options options, ILogger<Msg91Sender> logger) : ISmsSender
{
    public async Task<SmsOutcome> SendCodeAsync(string number, string code, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"otp?template_id={Uri.EscapeDataString(options.TemplateId)}&mobile={number}&otp={code}&otp_expiry=10&otp_length={code.Length}");
        request.Headers.Add("authkey", options.AuthKey);

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var answer = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), Msg91Json.Default.Msg91Answer);
            if (response.IsSuccessStatusCode && answer?.Type == "success")
            {
                return SmsOutcome.Taken;
            }

            LogRefused((int)response.StatusCode);
            return answer?.Type == "error" ? SmsOutcome.Refused : SmsOutcome.Unknown; // a refusal may come with 200 as well
        }
        catch (HttpRequestException unreachable) when (unreachable.HttpRequestError
            is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            LogFailed(unreachable.HttpRequestError.ToString());
            return SmsOutcome.Refused; // there was no connection yet, so nothing was handed over
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogFailed(failure.GetType().Name);
            return SmsOutcome.Unknown;
        }
    }

    /// <summary>Never the provider's own words: they may quote the number.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "The provider of SMS refused a code with status {Status}")]
    private partial void LogRefused(int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The provider of SMS gave no usable answer: {Reason}")]
    private partial void LogFailed(string reason);
}

/// <summary><c>{"type": "success", "request_id": "…"}</c> or <c>{"type": "error", "message": "…"}</c>.</summary>
internal sealed record Msg91Answer(string? Type);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Msg91Answer))]
internal sealed partial class Msg91Json : JsonSerializerContext;

internal static class Msg91Setup
{
    private const string Client = "msg91";
    private const int LargestAnswer = 64 * 1024;

    /// <summary>Somebody is waiting in front of a form; they can ask again.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(4);

    public static void AddSms(this IServiceCollection services, Settings settings)
    {
        if (Msg91Options.From(settings) is not { } options)
        {
            services.AddSingleton<ISmsSender, NoSmsSender>();
            return;
        }

        services
            .AddHttpClient(Client, client =>
            {
                client.BaseAddress = options.ApiUrl;
                client.Timeout = LongestCall;
                client.MaxResponseContentBufferSize = LargestAnswer;
            })
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
                handler.ConnectTimeout = LongestConnect;
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)   // connections are renewed by their pool, so that DNS changes are followed
            .RemoveAllLoggers();                            // they would write the code and the number, which are in the address

        services.AddSingleton(options);
        services.AddSingleton<ISmsSender>(provider => ActivatorUtilities.CreateInstance<Msg91Sender>(
            provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client)));
    }
}
