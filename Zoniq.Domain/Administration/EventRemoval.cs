using System.Text.Json.Nodes;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Removes drafts whole. What was sold is never deleted.</summary>
public sealed class EventRemoval(Database database, TimeProvider clock)
{
    /// <summary>
    /// With its categories, places, wishes, unused promo codes and the queue of an earlier publication; codes that were used elsewhere are switched off; carts of an earlier publication stay, as given up and without an event. Refuses an event that is not there,
    /// that is no draft, or that has bookings, whatever became of them.
    /// </summary>
    public async Task<Result<Done>> Delete(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        // Looked at afterwards: what was added while this waited for the event belongs to it as well.
        await db.ExecuteAsync("select from event where id = @id for update", new { id });
        var draft = await db.QuerySingleOrDefaultAsync<Draft>(
            """
            select title,
                   slug,
                   status,
                   exists (select from booking where booking.event_id = event.id) as has_bookings,
                   array(select seat_category.id from seat_category where seat_category.event_id = event.id order by seat_category.id) as category_ids
            from   event
            where  id = @id
            """,
            new { id });

        switch (draft)
        {
            case null:
                return CatalogueProblems.EventNotFound;
            case { Status: not EventStatus.Draft }:
                return CatalogueProblems.EventNotDraft;
            case { HasBookings: true }:
                return CatalogueProblems.EventHasBookings;
            default:
                break;
        }

        if (!await Remove(db, id, draft.CategoryIds, now))
        {
            return CatalogueProblems.EventHasBookings;
        }

        await AuditLog.WriteAsync(db, actor, "delete_event", "event", id, new JsonObject { ["title"] = draft.Title, ["slug"] = draft.Slug }, now);
        await db.CommitAsync();
        return Done.Well("Event deleted successfully");
    }

    /// <summary>Carts, places, lines, categories: in the order in which buyers take them. False when somebody still holds a place.</summary>
    private static async Task<bool> Remove(Session db, long id, long[] categoryIds, DateTimeOffset now)
    {
        await db.ExecuteAsync("select from cart where event_id = @id order by id for update", new { id });
        await StockRemoval.AllAsync(db, categoryIds, now);
        await PromoUses.ReturnAsync(db, await db.QueryAsync<long>("select id from cart where event_id = @id", new { id }));
        return await db.QuerySingleAsync<long>(
            """
            delete from cart_item where category_id = any(@categoryIds);

            delete from stock_change where category_id = any(@categoryIds);

            delete from seat_category
            where  id = any(@categoryIds)
            and    not exists (select from seat where seat.event_id = @id and seat.category_id = seat_category.id);

            delete from promo_code
            where  event_id = @id
            and    not exists (select from promo_use where promo_id = promo_code.id);

            update promo_code
            set    event_id = null,
                   is_active = false,
                   updated_at = @now
            where  event_id = @id;

            delete from queue_entry where event_id = @id;

            delete from queue_door where event_id = @id;

            delete from queue where event_id = @id;

            update cart
            set    event_id = null,
                   status = 'abandoned',
                   is_cleared = true
            where  event_id = @id
            and    not exists (select from seat_category where seat_category.event_id = @id);

            with removed as (
                delete from event
                where  id = @id
                and    not exists (select from seat_category where seat_category.event_id = @id)
                returning id)
            select count(*) from removed;
            """,
            new { id, categoryIds, now }) == 1;
    }

    private sealed record Draft
    {
        public string Title { get; init; } = "";

        public string Slug { get; init; } = "";

        public string Status { get; init; } = "";

        public bool HasBookings { get; init; }

        public long[] CategoryIds { get; init; } = [];
    }
}
