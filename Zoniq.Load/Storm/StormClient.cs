using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;

namespace Zoniq.Load.Storm;

/// <summary>What came back: a status, or 0 when the connection broke.</summary>
internal readonly record struct StormAnswer(int Status, JsonElement Body)
{
    public bool IsWell => Status is >= 200 and < 300;

    public long Id => Body.GetProperty("id").GetInt64();
}

/// <summary>Talks to whichever instances are up, and keeps the books of what they answered.</summary>
internal sealed class StormClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience };
    private readonly Func<Uri> instance;
    private readonly ConcurrentDictionary<string, int> answers = new();
    private readonly ConcurrentQueue<string> offences = new();

    public StormClient(Func<Uri> instance) => this.instance = instance;

    /// <summary>Statuses and codes, and how often.</summary>
    public IReadOnlyDictionary<string, int> Answers => answers;

    /// <summary>Answers that must never be: defects, hangs, and outages that do not say when to come back.</summary>
    public IReadOnlyCollection<string> Offences => offences;

    public async Task<StormAnswer> SendAsync(HttpMethod method, string path, Buyer? buyer, object? body = null)
    {
        var address = new Uri(instance(), path);
        if (!address.IsLoopback)
        {
            throw new InvalidOperationException("Load goes to this machine only.");
        }

        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        if (buyer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {buyer.Token}");
        }

        try
        {
            using var response = await http.SendAsync(request);
            var bytes = await response.Content.ReadAsByteArrayAsync();
            var status = (int)response.StatusCode;
            var json = bytes.Length == 0 || response.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) != true ? default : JsonDocument.Parse(bytes).RootElement;
            Count($"{status}{(json.ValueKind == JsonValueKind.Object && json.TryGetProperty("code", out var code) ? $" {code.GetString()}" : "")}");
            if (status >= 500 && (status != 503 || response.Headers.RetryAfter is null))
            {
                offences.Enqueue($"{method} {path}: {status} {System.Text.Encoding.UTF8.GetString(bytes)}");
            }

            return new StormAnswer(status, json);
        }
        catch (HttpRequestException)
        {
            Count("connection broke");
            return default;
        }
        catch (OperationCanceledException)
        {
            Count("no answer");
            offences.Enqueue($"{method} {path}: no answer in {Patience.TotalSeconds:0} s");
            return default;
        }
    }

    public void Dispose() => http.Dispose();

    private void Count(string what) => answers.AddOrUpdate(what, 1, (_, count) => count + 1);
}
