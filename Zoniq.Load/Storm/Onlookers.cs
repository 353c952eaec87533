using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Zoniq.Load.Storm;

/// <summary>People who only look: at lists, at pages, at queues, and at seat maps, which they follow change by change or have pushed to them.</summary>
internal sealed class Onlookers(Bench bench, Town town, StormClient client, int seed)
{
    private const int Count = 6;
    private const int Listeners = 4;

    private readonly ConcurrentDictionary<long, FollowedMap> followed = new();
    private int heard;

    /// <summary>Maps that were read once and from then on only by what had changed.</summary>
    public IReadOnlyCollection<FollowedMap> Followed => [.. followed.Values];

    /// <summary>Messages that came through SignalR.</summary>
    public int Heard => heard;

    public Task LookAsync(CancellationToken closing) => Task.WhenAll(
        [.. Enumerable.Range(0, Count).Select(number => WanderAsync(number, closing)), .. town.People.Take(Listeners).Select(person => ListenAsync(person, closing))]);

    private async Task WanderAsync(int number, CancellationToken closing)
    {
        var random = new Random(HashCode.Combine(seed, "onlooker", number));
        while (!closing.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50 + random.Next(200)), CancellationToken.None);
            var house = town.AnyHouse(random);
            Task look = random.Next(6) switch
            {
                0 => client.SendAsync(HttpMethod.Get, $"/api/events?page={1 + random.Next(3)}", buyer: null),
                1 => client.SendAsync(HttpMethod.Get, "/api/events/search?q=storm", buyer: null),
                2 => client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}", buyer: null),
                3 => client.SendAsync(HttpMethod.Get, $"/api/queue/{house.EventId}/status", buyer: null),
                _ => followed.GetOrAdd(house.EventId, id => new FollowedMap(id)).FollowAsync(client),
            };
            await look;
        }
    }

    /// <summary>Connected as a page would be; what is lost is lost, and whoever is cut off comes back.</summary>
    private async Task ListenAsync(Buyer person, CancellationToken closing)
    {
        var random = new Random(HashCode.Combine(seed, "listener", (int)person.Id));
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await using var connection = new HubConnectionBuilder()
                    .WithUrl(new Uri(bench.AnyAddress, $"/api/realtime/{person.Id}"), options =>
                    {
                        options.Transports = HttpTransportType.WebSockets;
                        options.AccessTokenProvider = () => Task.FromResult<string?>(person.Token);
                    })
                    .Build();
                var ended = new TaskCompletionSource();
                connection.Closed += _ =>
                {
                    ended.TrySetResult();
                    return Task.CompletedTask;
                };
                foreach (var target in new[] { "seatsChanged", "queueServing", "queueAdmitted", "queueStatus", "bookingConfirmed" })
                {
                    connection.On<object>(target, _ => Interlocked.Increment(ref heard));
                }

                await connection.StartAsync(closing);
                await client.SendAsync(HttpMethod.Post, $"/api/events/{town.AnyHouse(random).EventId}/seats/subscribe", person, new { connectionId = connection.ConnectionId });
                await Task.WhenAny(ended.Task, Task.Delay(TimeSpan.FromSeconds(10 + random.Next(10)), closing));
            }
            catch (Exception refused) when (refused is HttpRequestException or OperationCanceledException or InvalidOperationException or System.Net.WebSockets.WebSocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);
            }
        }
    }
}

/// <summary>A seat map as somebody has it who asks only for what has changed.</summary>
internal sealed class FollowedMap(long eventId)
{
    private readonly Dictionary<long, string> seats = [];
    private readonly Dictionary<long, long> categories = [];
    private long? version;
    private int readers;

    public long EventId => eventId;

    /// <summary>How often it was read.</summary>
    public int Steps { get; private set; }

    /// <summary>The states of the seats, and what the categories have left.</summary>
    public (IReadOnlyDictionary<long, string> Seats, IReadOnlyDictionary<long, long> Categories) Shown => (seats, categories);

    /// <summary>Asks for what has changed since the last time; false when there was no answer, or somebody asks already.</summary>
    public async Task<bool> FollowAsync(StormClient client)
    {
        if (Interlocked.CompareExchange(ref readers, 1, 0) != 0)
        {
            return false;
        }

        try
        {
            var answer = await client.SendAsync(HttpMethod.Get, $"/api/events/{eventId}/seats{(version is { } known ? $"?since={known}" : "")}", buyer: null);
            if (!answer.IsWell)
            {
                return false;
            }

            if (answer.Body.GetProperty("full").GetBoolean())
            {
                seats.Clear();
                categories.Clear();
            }

            foreach (var seat in answer.Body.GetProperty("seats").EnumerateArray())
            {
                seats[seat.GetProperty("id").GetInt64()] = seat.GetProperty("status").GetString()!;
            }

            foreach (var category in answer.Body.GetProperty("categories").EnumerateArray())
            {
                categories[category.GetProperty("id").GetInt64()] = category.GetProperty("availableSeats").GetInt64();
            }

            foreach (var gone in answer.Body.GetProperty("removedSeatIds").EnumerateArray())
            {
                seats.Remove(gone.GetInt64());
            }

            version = answer.Body.GetProperty("version").GetInt64();
            Steps++;
            return true;
        }
        finally
        {
            Volatile.Write(ref readers, 0);
        }
    }
}
