using System.Collections.Concurrent;
using System.Text.Json;

namespace Zoniq.Load.Fuzz;

/// <summary>What came of it.</summary>
/// <param name="Requests">How many were sent.</param>
/// <param name="Answers">Statuses and codes, and how often.</param>
/// <param name="Offences">Answers that must never be.</param>
/// <param name="NeverWell">Operations that have not succeeded once, so that nobody takes refusals for a test of them.</param>
/// <param name="Slowest">From sending to the last byte.</param>
internal sealed record FuzzOutcome(int Requests, IReadOnlyDictionary<string, int> Answers, IReadOnlyCollection<string> Offences, string[] NeverWell, TimeSpan Slowest);

/// <summary>
/// Asks everything in every wrong way, from a seed. The same seed composes the same requests as long as the app answers the same; with several at once it does not quite.
/// </summary>
internal sealed class Fuzzer(string openApi, FuzzTown town, DateTimeOffset now, int seed)
{
    private const int RequestsPerRound = 1000;
    private const int RoundsBetweenWords = 20;
    private const int MostOffences = 40;

    private readonly ApiDescription api = new(openApi);
    private readonly Finds onSale = new();
    private readonly ConcurrentDictionary<string, int> answers = new();
    private readonly ConcurrentDictionary<string, bool> well = new();
    private readonly ConcurrentQueue<string> offences = new();
    private long slowest;

    /// <param name="requests">To be sent, unless it is stopped before; what came of it until then is told all the same.</param>
    /// <param name="atOnce">By so many.</param>
    /// <param name="said">Is told now and then how far it is; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<FuzzOutcome> RunAsync(int requests, int atOnce, Action<string>? said, CancellationToken cancellationToken)
    {
        var (sent, since) = (0, TimeProvider.System.GetTimestamp());
        try
        {
            for (var round = 0; sent < requests && offences.Count < MostOffences; round++)
            {
                var sold = await town.LiveOnAsync(cancellationToken);
                onSale.Put("eventId", [sold.EventId]);
                onSale.Put("categoryId", [sold.CategoryId]);
                onSale.Put("seatCategoryId", [sold.CategoryId]);
                onSale.Put("seatIds", sold.Seats);
                var share = Math.Min(RequestsPerRound, requests - sent);
                await Task.WhenAll(Enumerable.Range(0, atOnce).Select(worker =>
                    AskAsync((share / atOnce) + (worker < share % atOnce ? 1 : 0), new Random(HashCode(round, worker)), cancellationToken)));
                sent += share;
                if (round % RoundsBetweenWords == RoundsBetweenWords - 1)
                {
                    said?.Invoke($"{sent} requests in {TimeProvider.System.GetElapsedTime(since).TotalMinutes:0.0} min, {offences.Count} answers are wrong {offences.LastOrDefault()}");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Somebody wants to know what there is.
        }

        return new FuzzOutcome(
            sent, answers, offences,
            [.. api.Operations.Select(operation => operation.Name).Where(name => !well.ContainsKey(name))],
            TimeSpan.FromTicks(Interlocked.Read(ref slowest)));
    }

    /// <summary>The same in every process, unlike the runtime's own.</summary>
    private int HashCode(int round, int worker) => unchecked((((seed * 397) + round) * 397) + worker);

    private async Task AskAsync(int requests, Random random, CancellationToken cancellationToken)
    {
        var people = new Dictionary<string, Someone> { ["stranger"] = new("stranger", null) };
        for (; requests > 0; requests--)
        {
            var operation = api.Operations[random.Next(api.Operations.Count)];
            var kind = random.Next(12) switch
            {
                0 => "stranger",
                1 => "buyer",
                2 => "admin",
                _ => operation.Path.Contains("/admin/", StringComparison.Ordinal) || operation.Name == "MarkTicketUsed" ? "admin" : "buyer",
            };
            if (!people.TryGetValue(kind, out var who))
            {
                people[kind] = who = await town.NewcomerAsync(kind);
                await LookAroundAsync(who, cancellationToken);
            }

            using var request = new Composer(api, who.Finds, onSale, town.Sign, now).Compose(operation, random);
            var isForged = who.Token is not null && random.Next(40) == 0;
            if (who.Token is { } token && (isForged ? OddValues.OfAuthorization(token, random) : $"Bearer {token}") is { } authorization)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            var code = await SendAsync(operation, request, who, cancellationToken);
            if (!isForged && code is "auth.token_revoked" or "auth.token_invalid" or "auth.account_blocked" or "auth.token_expired" or "auth.admin_required")
            {
                people.Remove(kind);
            }
        }
    }

    /// <summary>Who has just come reads what there is for them, as it should be asked for.</summary>
    private async Task LookAroundAsync(Someone who, CancellationToken cancellationToken)
    {
        foreach (var operation in api.Operations.Where(operation =>
            operation.Method == HttpMethod.Get && !operation.Path.Contains('{', StringComparison.Ordinal)
            && operation.Path.Contains("/admin/", StringComparison.Ordinal) == (who.Kind == "admin")))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, operation.Path);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {who.Token}");
            await SendAsync(operation, request, who, cancellationToken);
        }
    }

    private async Task<string?> SendAsync(Operation operation, HttpRequestMessage request, Someone who, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var since = TimeProvider.System.GetTimestamp();
        try
        {
            using var response = await town.SendAsync(request, cancellationToken);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var took = TimeProvider.System.GetElapsedTime(since).Ticks;
            for (var known = Interlocked.Read(ref slowest); took > known; known = Interlocked.Read(ref slowest))
            {
                Interlocked.CompareExchange(ref slowest, took, known);
            }

            operation = api.At(operation, request.RequestUri!);
            if (Judge.Objection(operation, request, response, content) is { } objection)
            {
                offences.Enqueue(Judge.Describe(request, who.Kind, body, (int)response.StatusCode, content, objection));
            }

            return Note(operation, request, who, response, content);
        }
        catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            offences.Enqueue(Judge.Describe(request, who.Kind, body, 0, [], $"was not answered: {broken.Message}"));
            return null;
        }
    }

    /// <summary>Keeps the books; returns the code of a refusal.</summary>
    private string? Note(Operation operation, HttpRequestMessage request, Someone who, HttpResponseMessage response, byte[] content)
    {
        var code = default(string);
        if (response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" && response.Content.Headers.ContentEncoding.Count == 0 && content.Length is > 0 and < 2_000_000)
        {
            using var json = JsonDocument.Parse(content);
            if (response.IsSuccessStatusCode)
            {
                who.Finds.LookAt(json.RootElement, operation);
            }
            else
            {
                code = json.RootElement.TryGetProperty("code", out var said) ? said.GetString() : null;
            }
        }

        if (response.IsSuccessStatusCode && request.Method == operation.Method)
        {
            well[operation.Name] = true;
        }

        answers.AddOrUpdate($"{(int)response.StatusCode} {code}".TrimEnd(), 1, (_, count) => count + 1);
        return code;
    }
}
