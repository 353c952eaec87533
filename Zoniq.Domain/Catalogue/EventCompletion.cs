using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>Published events are completed when they are over: after their end or, without one, six hours after their beginning.</summary>
public sealed class EventCompletion(Database database, TimeProvider clock)
{
    /// <summary>A condition over table event and <c>@now</c>: published, and not over.</summary>
    internal const string IsToComeSql = "status = 'published' and coalesce(event_end_date, event_date + interval '6 hours') > @now";

    /// <summary>Returns how many events it completed.</summary>
    public async Task<int> CompleteEnded(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.ExecuteAsync(
            $"""
            update event
            set    status = 'completed',
                   updated_at = @now
            where  id = any(array(
                select   id
                from     event
                where    status = 'published'
                and      event_date <= @now
                and      not ({IsToComeSql})
                order by id
                for no key update skip locked))    -- somebody changes it: the next time
            """,
            new { now = clock.GetUtcNow() });
    }
}
