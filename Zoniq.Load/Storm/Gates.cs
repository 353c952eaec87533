using System.Collections.Concurrent;

namespace Zoniq.Load.Storm;

/// <summary>Gates that scan the same tickets at once, at both instances, with and without a network; they remember to whom they opened.</summary>
internal sealed class Gates(Town town, StormClient client, int instances, int seed)
{
    private const int Count = 6;
    private const int Offline = 6;

    /// <summary>By ticket number: the scans that were told to open.</summary>
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> opened = new();

    private int lost;

    /// <summary>By ticket number: the names of the scans that were told to open; of those without a name, one made up for each.</summary>
    public IReadOnlyDictionary<string, string[]> Opened => opened.ToDictionary(ticket => ticket.Key, ticket => ticket.Value.Keys.ToArray());

    /// <summary>Scans to which no answer came: they may have let somebody in.</summary>
    public int Lost => lost;

    public Task ScanAsync(CancellationToken closing) => Task.WhenAll(Enumerable.Range(0, Count).Select(async gate =>
    {
        var random = new Random(HashCode.Combine(seed, "gate", gate));
        while (!closing.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200 + random.Next(400)), CancellationToken.None);
            if (town.AnyTicket(random) is { } ticket && ComesToday(ticket))
            {
                await (random.Next(6) switch
                {
                    0 => UploadAsync(gate, random),
                    1 => AgainAndAgainAsync(gate, ticket),
                    2 => client.SendAsync(HttpMethod.Post, "/api/tickets/mark-used", town.Administrator, new { qrPayload = ticket.Code[..^4] + "AAAA", gate = $"Gate {gate}" }),
                    _ => AtOnceAsync(ticket, random),
                });
            }
        }
    }));

    /// <summary>The others are left to those who pass tickets on.</summary>
    private static bool ComesToday(StormTicket ticket) => ticket.Id % 2 == 0;

    /// <summary>Several gates at the same moment, each at another instance.</summary>
    private Task AtOnceAsync(StormTicket ticket, Random random)
    {
        var typed = random.Next(4) == 0;
        var named = random.Next(2) == 0;
        return Task.WhenAll(Enumerable.Range(0, 2 + random.Next(3)).Select(gate => ScanAsync(ticket, gate, named ? Name() : null, typed, at: gate % instances)));
    }

    /// <summary>A scanner that does not believe the answer it got: one name, one answer.</summary>
    private Task AgainAndAgainAsync(int gate, StormTicket ticket)
    {
        var name = Name();
        return Task.WhenAll(Enumerable.Range(0, 3).Select(time => ScanAsync(ticket, gate, name, typed: false, at: time % instances)));
    }

    private async Task ScanAsync(StormTicket ticket, int gate, string? name, bool typed, int at)
    {
        var answer = await client.SendAsync(
            HttpMethod.Post, "/api/tickets/mark-used", town.Administrator,
            new { ticketNumber = typed ? ticket.Number : null, qrPayload = typed ? null : ticket.Code, gate = $"Gate {gate}", scanId = name }, at);
        Note(answer, ticket.Number, name ?? Name());
    }

    /// <summary>Two devices that were in the same crowd upload their scans, and one does so twice.</summary>
    private async Task UploadAsync(int gate, Random random)
    {
        var scans = Enumerable.Range(0, Offline)
            .Select(_ => town.AnyTicket(random)!)
            .Where(ComesToday)
            .DistinctBy(ticket => ticket.Number)
            .Select(ticket => (Ticket: ticket, Name: Name(), Other: Name()))
            .ToArray();
        object Upload(string device, Func<(StormTicket Ticket, string Name, string Other), string> name) => new
        {
            deviceId = device,
            scans = scans.Select(scan => new { scanId = name(scan), qrPayload = scan.Ticket.Code, gate = $"Gate {gate}", scannedAt = "2026-01-01T00:00:00Z" }),
        };

        if (scans.Length == 0)
        {
            return;
        }

        var answers = await Task.WhenAll(
            client.SendAsync(HttpMethod.Post, "/api/admin/check-in/sync", town.Administrator, Upload($"device-{gate}", scan => scan.Name), at: 0),
            client.SendAsync(HttpMethod.Post, "/api/admin/check-in/sync", town.Administrator, Upload($"device-{gate}", scan => scan.Name), at: 1 % instances),
            client.SendAsync(HttpMethod.Post, "/api/admin/check-in/sync", town.Administrator, Upload($"other-{gate}", scan => scan.Other), at: 1 % instances));
        foreach (var answer in answers)
        {
            if (answer.IsWell)
            {
                foreach (var result in answer.Body.GetProperty("results").EnumerateArray().Where(result => result.GetProperty("result").GetString() == "accepted"))
                {
                    Open(result.GetProperty("ticketNumber").GetString()!, result.GetProperty("scanId").GetString()!);
                }
            }
            else if (answer.IsLost)
            {
                Interlocked.Add(ref lost, scans.Length);
            }
        }
    }

    private void Note(StormAnswer answer, string number, string name)
    {
        if (answer.IsWell)
        {
            Open(number, name);
        }
        else if (answer.IsLost)
        {
            Interlocked.Increment(ref lost);
        }
    }

    private void Open(string number, string name) => opened.GetOrAdd(number, _ => new())[name] = true;

    private static string Name() => $"{Guid.NewGuid():n}";
}
