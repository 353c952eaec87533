using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Zoniq.Load.Storm;

/// <summary>What came back: a status, or 0 when the connection broke.</summary>
internal readonly record struct StormAnswer(int Status, JsonElement Body)
{
    public bool IsWell => Status is >= 200 and < 300;

    /// <summary>Nobody knows whether it was done.</summary>
    public bool IsLost => Status is 0 or >= 500;

    public long Id => Body.GetProperty("id").GetInt64();

    /// <summary>The stable code of a refusal.</summary>
    public string Code => Status >= 400 && Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() ?? "" : "";
}

/// <summary>Talks to whichever instances are up, keeps the books of what they answered, and says what must never be answered.</summary>
/// <param name="instance">The address of one of the instances; the argument says which, null any.</param>
/// <param name="troubles">What is away.</param>
/// <param name="verdicts">Where it says so.</param>
internal sealed class StormClient(Func<int?, Uri> instance, Troubles troubles, Verdicts verdicts) : IDisposable
{
    /// <summary>Longer than any request may take: two waits for the gateway, a lock and a statement.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>As long as an instance spares a gateway that failed, and some more.</summary>
    private const int MostTries = 100;

    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience };
    private readonly ConcurrentDictionary<string, int> answers = new();
    private long slowest;

    /// <summary>Statuses and codes, and how often.</summary>
    public IReadOnlyDictionary<string, int> Answers => answers;

    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref slowest));

    /// <param name="method">Of the request.</param>
    /// <param name="path">With its query.</param>
    /// <param name="buyer">Who asks; null for a stranger.</param>
    /// <param name="body">Becomes JSON.</param>
    /// <param name="at">Which instance; any unless said.</param>
    public async Task<StormAnswer> SendAsync(HttpMethod method, string path, Buyer? buyer, object? body = null, int? at = null)
    {
        var address = new Uri(instance(at), path);
        if (!address.IsLoopback)
        {
            throw new InvalidOperationException("Load goes to this machine only.");
        }

        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        if (buyer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {buyer.Token}");
        }

        var since = Stopwatch.GetTimestamp();
        verdicts.Looked(Promise.Answers);
        try
        {
            using var response = await http.SendAsync(request);
            var bytes = await response.Content.ReadAsByteArrayAsync();
            Note(Stopwatch.GetElapsedTime(since));
            var isJson = bytes.Length > 0 && response.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) == true;
            var answer = new StormAnswer((int)response.StatusCode, isJson ? JsonDocument.Parse(bytes).RootElement : default);
            Count(answer.Code is { Length: > 0 } code ? $"{answer.Status} {code}" : $"{answer.Status}");
            if (answer.Status >= 500 && WhatIsWrong(answer, response.Headers.RetryAfter is not null, since) is { } wrong)
            {
                verdicts.Broken(Promise.Answers, $"{method} {path}: {answer.Status} {Encoding.UTF8.GetString(bytes)}: {wrong}");
            }

            return answer;
        }
        catch (HttpRequestException broken)
        {
            Count("connection broke");
            if (!troubles.Excuse(since, Stopwatch.GetTimestamp(), Dependency.Instance))
            {
                verdicts.Broken(Promise.Answers, $"{method} {path}: the connection broke, and no instance had been killed ({broken.Message})");
            }

            return default;
        }
        catch (OperationCanceledException)
        {
            Count("no answer");
            verdicts.Broken(Promise.Answers, $"{method} {path}: no answer in {Patience.TotalSeconds:0} s");
            return default;
        }
    }

    /// <summary>Again, for so long, until it is known whether it was done; null when nobody ever knew. What is refused then was asked for wrongly.</summary>
    public async Task<StormAnswer?> InsistAsync(HttpMethod method, string path, Buyer? buyer, object? body = null, int? at = null)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var answer = await SendAsync(method, path, buyer, body, at);
            if (answer.IsWell)
            {
                return answer;
            }

            if (!answer.IsLost)
            {
                // What was done before its answer was lost may be refused the second time.
                return tries > 0 ? null : throw new InvalidOperationException($"{method} {path}: {answer.Status} {answer.Body}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }

        return null;
    }

    public void Dispose() => http.Dispose();

    /// <summary>Null when it is right to answer so.</summary>
    private string? WhatIsWrong(StormAnswer answer, bool saysWhen, long since) =>
        answer.Status != 503 ? "a defect"
        : !saysWhen ? "it does not say when to come back"
        : troubles.Excuse(since, Stopwatch.GetTimestamp(), Reason(answer.Code)) ? null
        : "nothing it depends on was away";

    private static Dependency Reason(string code) => code switch
    {
        "payment.gateway_unavailable" => Dependency.Gateway,
        "realtime.unavailable" => Dependency.Realtime,
        _ => Dependency.Database,
    };

    private void Note(TimeSpan took)
    {
        for (var known = Interlocked.Read(ref slowest); took.Ticks > known; known = Interlocked.Read(ref slowest))
        {
            Interlocked.CompareExchange(ref slowest, took.Ticks, known);
        }
    }

    private void Count(string what) => answers.AddOrUpdate(what, 1, (_, count) => count + 1);
}
