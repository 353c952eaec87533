using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Timers;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Seating;

/// <summary>Looks at seat maps and hears what is told of them.</summary>
internal static class SeatPress
{
    /// <summary>Runs the timer; the answer is what it tells about one event, if anything.</summary>
    public static async Task<JsonElement?> News(this ZoniqApp app, long eventId)
    {
        var told = await new SeatNewsTimer(app.Services.GetRequiredService<SeatNews>()).Run(new TimerInfo(), CancellationToken.None);
        Assert.All(told, message => Assert.Equal("seatsChanged", message.Target));
        return told.SingleOrDefault(message => message.GroupName == $"seats:{eventId}") is { } mine ? (JsonElement)Assert.Single(mine.Arguments!) : null;
    }

    /// <summary>The whole map, not shared with somebody who looked a moment before.</summary>
    public static async Task<Answer> Map(this ZoniqApp app, long eventId)
    {
        await app.Advance(TimeSpan.FromSeconds(1));
        return (await app.Nobody.Get($"/api/events/{eventId}/seats")).Succeeded();
    }

    public static Task<Answer> Since(this ZoniqApp app, long eventId, long version, string more = "") =>
        app.Nobody.Get($"/api/events/{eventId}/seats?since={version}{more}");

    public static long[] Ids(this JsonElement things) => [.. things.EnumerateArray().Select(thing => thing.ValueKind == JsonValueKind.Number ? thing.GetInt64() : thing.GetProperty("id").GetInt64())];
}
