using Zoniq.Domain.Accounts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>
/// Joining a waiting room. Numbers are given out one after the other under the lock of the room's door, to everybody who comes at the same time in one
/// transaction: so a place is exact from the first answer, nobody who is later is ahead, and no number is missing.
/// </summary>
public sealed class QueueJoining
{
    /// <summary>A place that ends in the very moment somebody joins again is seen as one before, and gone after.</summary>
    private const int MostTries = 5;

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Gathered<long, long, Result<QueueEntry>> joining;

    public QueueJoining(Database database, TimeProvider clock)
    {
        (this.database, this.clock) = (database, clock);
        joining = new(QueuePolicy.MostTogether, JoinTogether);
    }

    /// <summary>
    /// A new place at the end, or the active one unchanged. Refuses an event the public does not know, one without a queue, whose booking is over, whose queue
    /// takes nobody in any more, and an account that has been blocked meanwhile.
    /// </summary>
    public Task<Result<QueueEntry>> Join(long accountId, long eventId, CancellationToken cancellationToken) =>
        joining.AskAsync(eventId, accountId, cancellationToken);

    private async Task<Result<QueueEntry>[]> JoinTogether(long eventId, long[] people)
    {
        var answers = new Dictionary<long, Result<QueueEntry>>();

        for (var tries = 0; people.Any(person => !answers.ContainsKey(person)); tries++)
        {
            long[] accounts = [.. people.Where(person => !answers.ContainsKey(person)).Distinct()];

            if (tries == MostTries)
            {
                foreach (var account in accounts)
                {
                    answers[account] = CommonProblems.ServiceUnavailable;
                }

                break;
            }

            var now = clock.GetUtcNow();
            var (room, entries, inGoodStanding) = await TakePlaces(eventId, accounts, now);

            if (room is { QueueEnabled: true, IsPrepared: false })
            {
                await QueueDoor.PrepareAsync(database, eventId, now, CancellationToken.None);
                continue;
            }

            foreach (var account in accounts)
            {
                if (Answer(room, entries.GetValueOrDefault(account), inGoodStanding.Contains(account), now) is { } answer)
                {
                    answers[account] = answer;
                }
            }
        }

        return [.. people.Select(person => answers[person])];
    }

    /// <summary>Null when the place has ended between two statements: then there is another to be had.</summary>
    private static Result<QueueEntry>? Answer(QueueRoom? room, QueueEntry? entry, bool isInGoodStanding, DateTimeOffset now) => (room, entry) switch
    {
        (null, _) => CatalogueProblems.EventNotFound,
        (_, { } place) => place,
        _ when room.WhyShut(now) is { } shut => shut,
        _ when !isInGoodStanding => AccountProblems.AccountBlocked,
        _ => null,
    };

    /// <summary>
    /// One round trip, which is one transaction. Each statement sees what was there when the one before it had its locks: accounts first, so that nobody who is being
    /// blocked gets a place afterwards, then the door.
    /// </summary>
    private async Task<(QueueRoom? Room, Dictionary<long, QueueEntry> Entries, HashSet<long> InGoodStanding)> TakePlaces(long eventId, long[] accounts, DateTimeOffset now)
    {
        await using var db = await database.BeginAsync(CancellationToken.None);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select   id
            from     account
            where    id = any(@accounts)
            and      is_active
            and      not is_blocked
            order by id
            for share;

            select event_id,
                   set_config('zoniq.door', event_id::text, true)
            from   queue_door
            where  event_id = @eventId
            for update;

            {QueueDoor.OpenSql};

            with room as (
                select door.last_number,
                       door.opened_at is not null as is_open
                from   queue_door as door
                join   event on event.id = door.event_id
                where  door.event_id = @eventId
                and    current_setting('zoniq.door', true) = door.event_id::text    -- one that was not there to be locked is not gone through
                and    not door.is_draining
                and    event.queue_enabled
                and    event.status = 'published'
                and    event.booking_end_date >= @now
            ),
            fresh as materialized (
                select person.account_id,
                       room.is_open,
                       room.last_number + row_number() over (order by person.place) as number
                from   room
                cross join unnest(@accounts) with ordinality as person (account_id, place)
                join   account on account.id = person.account_id
                where  account.is_active
                and    not account.is_blocked
                and    not exists (
                           select from queue_entry
                           where  event_id = @eventId
                           and    account_id = person.account_id
                           and    status in ('waiting', 'processing'))
            ),
            counted as (
                update queue_door
                set    last_number = last_number + (select count(*) from fresh)
                where  event_id = @eventId
                and    exists (select from fresh where is_open)
            )
            insert into queue_entry (event_id, account_id, number, is_entrant, joined_at)
            select   @eventId, account_id, case when is_open then number end, not is_open, @now
            from     fresh
            order by number;

            {QueueRoom.Sql};

            {QueuePlaces.Sql}
            """,
            new { eventId, accounts, now });

        var inGoodStanding = (await read.ReadAsync<long>()).ToHashSet();
        await read.ReadAsync<long>();
        var (room, entries) = await QueuePlaces.ReadAsync(read, now);
        await db.CommitAsync();
        return (room, entries, inGoodStanding);
    }
}
