using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>Puts an event on once more: the same house, categories, prices and words, and nothing that anybody bought.</summary>
public sealed class EventDuplication(Database database, TimeProvider clock)
{
    /// <summary>A draft with all categories and places; blocked places stay blocked, and a venue that is no longer in use is left out. Refuses an event that is not there, and dates in the wrong order.</summary>
    public async Task<Result<AdminEvent>> Duplicate(Actor actor, long id, DuplicateEvent again, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        // Nobody adds categories or places to it meanwhile: who does has its row locked.
        var original = await db.QuerySingleOrDefaultAsync<Original>(
            """
            select title, time_zone
            from   event
            where  id = @id
            for    share
            """,
            new { id });
        if (original is null)
        {
            return CatalogueProblems.EventNotFound;
        }

        var dates = EventDates.Read(
            new CreateEvent { EventDate = again.EventDate, EventEndDate = again.EventEndDate, BookingStartDate = again.BookingStartDate, BookingEndDate = again.BookingEndDate },
            TimeZoneInfo.FindSystemTimeZoneById(original.TimeZone));
        if (dates.Problem is { } refusal)
        {
            return refusal;
        }

        var title = again.Title ?? original.Title;
        var copy = await Copy(db, actor, id, title, dates.Value, now);
        var created = await EventAdministration.Load(db, copy, now);
        await AuditLog.WriteAsync(db, actor, "create_event", "event", copy, new JsonObject { ["title"] = title, ["slug"] = created!.Slug, ["copiedFrom"] = id, ["eventDate"] = created.EventDate }, now);
        await db.CommitAsync();
        return created;
    }

    private static async Task<long> Copy(Session db, Actor actor, long id, string title, EventDates dates, DateTimeOffset now)
    {
        var slug = await Slugs.ForAsync(db, title);
        var copy = await db.QuerySingleAsync<long>(
            """
            insert into event (
                title, slug, short_description, description, terms_and_conditions, category, venue_id, time_zone,
                event_date, event_end_date, booking_start_date, booking_end_date,
                banner_image_url, thumbnail_image_url, organizer_name, organizer_contact, max_tickets_per_booking, extra_data,
                queue_enabled, queue_batch_size, queue_processing_minutes,
                refund_type, refund_hours_before, refund_percent, created_by, created_at)
            select @title, @slug, short_description, description, terms_and_conditions, category, (select venue.id from venue where venue.id = event.venue_id and venue.is_active), time_zone,
                   @EventDate, @EventEndDate, @BookingStartDate, @BookingEndDate,
                   banner_image_url, thumbnail_image_url, organizer_name, organizer_contact, max_tickets_per_booking, extra_data,
                   queue_enabled, queue_batch_size, queue_processing_minutes,
                   refund_type, refund_hours_before, refund_percent, @AccountId, @now
            from   event
            where  id = @id
            returning id
            """,
            new { id, title, slug, dates.EventDate, dates.EventEndDate, dates.BookingStartDate, dates.BookingEndDate, actor.AccountId, now });

        // The names of an event's categories are unique, so they tell which one a place belongs to.
        await db.ExecuteAsync(
            """
            insert into seat_category (event_id, name, description, price, total_seats, seating_type, display_order, color_code, is_active, created_at)
            select   @copy, name, description, price, total_seats, seating_type, display_order, color_code, is_active, @now
            from     seat_category
            where    event_id = @id
            order by id
            """,
            new { id, copy, now });
        await db.ExecuteAsync(
            """
            insert into seat (event_id, category_id, label, section, row_name, seat_number, position_x, position_y, is_blocked)
            select    @copy, again.id, seat.label, seat.section, seat.row_name, seat.seat_number, seat.position_x, seat.position_y, seat.is_blocked
            from      seat
            left join seat_category on seat_category.id = seat.category_id
            left join seat_category as again on again.event_id = @copy and again.name = seat_category.name
            where     seat.event_id = @id
            order by  seat.id
            """,
            new { id, copy });
        return copy;
    }

    private sealed record Original
    {
        public string Title { get; init; } = "";

        public string TimeZone { get; init; } = "";
    }
}
