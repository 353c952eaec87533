using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Queueing;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Queueing;

/// <summary>Waiting rooms, with more people in them than would come one by one.</summary>
internal static class Rooms
{
    /// <summary>One tick, and what it tells.</summary>
    public static Task<QueueNews[]> Ticks(this ZoniqApp app) => app.Services.GetRequiredService<QueueTick>().TickAsync(CancellationToken.None);

    /// <summary>Many ticks at once, as of many instances.</summary>
    public static Task TicksAtOnce(this ZoniqApp app, int instances) => Task.WhenAll(Enumerable.Range(0, instances).Select(_ => Task.Run(app.Ticks)));

    /// <summary>So many strangers behind whoever is there already; before the room opens, as entrants of the draw.</summary>
    public static async Task Crowd(this ZoniqApp app, StagedEvent queued, int people)
    {
        await app.Nobody.Get($"/api/queue/{queued.Id}/fairness");    // makes the room
        await app.Execute(
            """
            with opening as (
                update queue_door
                set    opened_at = coalesce(opened_at, @now),
                       entrant_count = coalesce(entrant_count, 0),
                       last_number = last_number + @people
                from   event
                where  event.id = queue_door.event_id
                and    event_id = @Id
                and    booking_start_date <= @now
                returning last_number
            ),
            strangers as (
                insert into account (username, email, role, is_verified, tokens_valid_from, created_at)
                select 'stranger' || @Id || '.' || (select count(*) from account) || '.' || number, 'stranger' || @Id || '.' || (select count(*) from account) || '.' || number || '@example.in', 'user', true, @now, @now
                from   generate_series(1, @people) as number
                returning id
            )
            insert into queue_entry (event_id, account_id, number, is_entrant, joined_at)
            select   @Id, strangers.id, opening.last_number - @people + row_number() over (order by strangers.id), opening.last_number is null, @now
            from     strangers
            left join opening on true
            order by strangers.id
            """,
            new { queued.Id, people, now = app.Now.UtcDateTime });
    }

    /// <summary>An administrator changes the room.</summary>
    public static async Task<Answer> Sets(this ZoniqApp app, StagedEvent queued, object change) =>
        (await (await app.Administrator()).Patch($"/api/admin/queue/{queued.Id}", change)).Succeeded();

    public static Task<Answer> Status(this ZoniqApp app, StagedEvent queued) => app.Nobody.Get($"/api/queue/{queued.Id}/status");

    public static long? Number(this Answer answer, string member) =>
        answer[member] is { ValueKind: not JsonValueKind.Null } value ? value.GetInt64() : null;

    public static string Text(this Answer answer, string member) => answer[member].GetString()!;

    /// <summary>Where somebody stands: status, position, number.</summary>
    public static (string Status, long? Position, long? Number) Standing(this Answer answer) =>
        (answer.Succeeded().Text("status"), answer.Number("position"), answer.Number("queueNumber"));
}
