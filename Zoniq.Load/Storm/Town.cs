using System.Collections.Concurrent;

namespace Zoniq.Load.Storm;

/// <summary>A small house, so that everything in it is fought for.</summary>
/// <param name="EventId">Of the event.</param>
/// <param name="CategoryId">Of its one category.</param>
/// <param name="Seats">Numbered; empty when people stand.</param>
/// <param name="HasQueue">Who wants to buy must have been let in.</param>
internal sealed record StormHouse(long EventId, long CategoryId, long[] Seats, bool HasQueue)
{
    public bool IsNumbered => Seats.Length > 0;

    /// <summary>Of which there are few.</summary>
    public IReadOnlyList<string> PromoCodes { get; init; } = [];
}

/// <summary>A ticket as somebody got it, perhaps not as it is now.</summary>
internal sealed record StormTicket(long Id, string Number, string Code, Buyer Holder);

/// <summary>What there is in town: houses, tickets in people's pockets, and who the people are.</summary>
internal sealed class Town(StormClient client, Buyer administrator, StormClock clock, IReadOnlyDictionary<long, string> addresses, IEnumerable<Buyer> people)
{
    /// <summary>Let in at once, and for how many minutes.</summary>
    private const int BatchSize = 10;
    private const int ProcessingMinutes = 2;

    /// <summary>Tickets that count as new.</summary>
    private const int New = 30;

    private readonly Lock gate = new();
    private readonly List<StormHouse> houses = [];
    private readonly List<StormTicket> tickets = [];
    private readonly Dictionary<string, Buyer> byAddress = people.ToDictionary(person => addresses[person.Id], StringComparer.OrdinalIgnoreCase);
    private int opened;

    public Buyer Administrator => administrator;

    public Buyer[] People { get; } = [.. people];

    /// <summary>Houses that were opened, those that are called off by now too.</summary>
    public ConcurrentDictionary<long, StormHouse> EveryHouse { get; } = new();

    public string AddressOf(Buyer person) => addresses[person.Id];

    public Buyer? PersonAt(string address) => byAddress.GetValueOrDefault(address);

    /// <summary>Puts a house on sale, through the office like everybody. Null when that did not work out; nothing of it is on sale then.</summary>
    public async Task<StormHouse?> OpenAsync(int places, bool numbered, bool queue)
    {
        var now = clock.GetUtcNow();
        if (await client.InsistAsync(HttpMethod.Post, "/api/admin/venues", administrator, new { name = "Storm Arena", city = "Mumbai" }) is not { Id: var venueId }
            || await client.InsistAsync(HttpMethod.Post, "/api/admin/events", administrator, new
            {
                venueId,
                title = $"Storm night {Interlocked.Increment(ref opened)}",
                category = "concert",
                eventDate = now.AddDays(30),
                bookingStartDate = now.AddHours(-1),
                bookingEndDate = now.AddDays(29),
                queueEnabled = queue,
                queueBatchSize = BatchSize,
                queueProcessingMinutes = ProcessingMinutes,
            }) is not { Id: var eventId }
            || await client.InsistAsync(
                HttpMethod.Post, $"/api/admin/events/{eventId}/categories", administrator, new { name = "All", price = 500, totalSeats = places }) is not { Id: var categoryId }
            || (numbered && await client.InsistAsync(
                HttpMethod.Post, $"/api/admin/seats/event/{eventId}/bulk", administrator, new { categoryId, rows = new[] { "A", "B" }, seatsPerRow = places / 2 }) is null)
            || await client.InsistAsync(HttpMethod.Post, $"/api/admin/events/{eventId}/publish", administrator) is null
            || await client.InsistAsync(HttpMethod.Get, $"/api/events/{eventId}/seats", buyer: null) is not { } map)
        {
            return null;
        }

        var house = new StormHouse(eventId, categoryId, [.. map.Body.GetProperty("seats").EnumerateArray().Select(seat => seat.GetProperty("id").GetInt64())], queue);
        EveryHouse[eventId] = house;
        return house;
    }

    /// <summary>People come to it from now on.</summary>
    public void Announce(StormHouse house)
    {
        lock (gate)
        {
            houses.Add(house);
        }
    }

    public StormHouse AnyHouse(Random random)
    {
        lock (gate)
        {
            return houses[random.Next(houses.Count)];
        }
    }

    /// <summary>One that nobody comes to any more; null when there are too few.</summary>
    public StormHouse? TakeAway(Random random)
    {
        lock (gate)
        {
            if (houses.Count < 4)
            {
                return null;
            }

            var house = houses[random.Next(houses.Count)];
            houses.Remove(house);
            return house;
        }
    }

    public void Pocket(StormTicket ticket)
    {
        lock (gate)
        {
            tickets.Add(ticket);
        }
    }

    /// <summary>Null while nobody has one.</summary>
    public StormTicket? AnyTicket(Random random)
    {
        lock (gate)
        {
            return tickets.Count == 0 ? null : tickets[random.Next(tickets.Count)];
        }
    }

    /// <summary>One of the last that somebody got, which is most likely good still.</summary>
    public StormTicket? NewTicket(Random random)
    {
        lock (gate)
        {
            return tickets.Count == 0 ? null : tickets[^(1 + random.Next(Math.Min(tickets.Count, New)))];
        }
    }
}
