using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>Puts an event on once more: the same house, categories, prices and words, and nothing that anybody bought.</summary>
public sealed class EventDuplication(Database database, TimeProvider clock, CatalogueOptions options)
{
    /// <summary>A stadium's places are more than a statement's usual time.</summary>
    private static readonly TimeSpan LongestStatement = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A draft with all categories and places; blocked places stay blocked, and a venue that is no longer in use is left out. Refuses an event that is not there, and dates in the wrong order,
    /// read in the zone of the copy.
    /// </summary>
    public async Task<Result<AdminEvent>> Duplicate(Actor actor, long id, DuplicateEvent again, CancellationToken cancellationToken)
    {
        Result<AdminEvent>? copied;

        // The event has moved to another venue before it was locked: then that one has to be locked before it.
        do
        {
            copied = await TryDuplicate(actor, id, again, cancellationToken);
        }
        while (copied is null);

        return copied.Value;
    }

    private async Task<Result<AdminEvent>?> TryDuplicate(Actor actor, long id, DuplicateEvent again, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);
        await db.AllowAsync(LongestStatement);
        var venue = await LockVenue(db, id);

        // Nobody adds categories or places to it meanwhile: who does has its row locked.
        var original = await db.QuerySingleOrDefaultAsync<Original>(
            """
            select title, venue_id
            from   event
            where  id = @id
            for    share
            """,
            new { id });
        if (original is null)
        {
            return (Result<AdminEvent>)CatalogueProblems.EventNotFound;
        }

        if (original.VenueId != venue?.Id)
        {
            return null;
        }

        var zone = venue is { IsActive: true } ? TimeZoneInfo.FindSystemTimeZoneById(venue.TimeZone) : options.DefaultTimeZone;
        var dates = EventDates.Read(
            new CreateEvent { EventDate = again.EventDate, EventEndDate = again.EventEndDate, BookingStartDate = again.BookingStartDate, BookingEndDate = again.BookingEndDate }, zone);
        if (dates.Problem is { } refusal)
        {
            return (Result<AdminEvent>)refusal;
        }

        var title = again.Title ?? original.Title;
        var copy = await Copy(db, actor, id, title, venue is { IsActive: true } ? venue.Id : null, zone, dates.Value, now);
        var created = await EventAdministration.Load(db, copy, now);
        await AuditLog.WriteAsync(db, actor, "create_event", "event", copy, new JsonObject { ["title"] = title, ["slug"] = created!.Slug, ["copiedFrom"] = id, ["eventDate"] = created.EventDate }, now);
        await db.CommitAsync();
        return (Result<AdminEvent>)created;
    }

    /// <summary>The venue before the event, as everybody has it who changes either; null when the event has none.</summary>
    private static Task<Venue?> LockVenue(Session db, long id) =>
        db.QuerySingleOrDefaultAsync<Venue>(
            """
            select id, time_zone, is_active
            from   venue
            where  id = (select venue_id from event where id = @id)
            for    share    -- its zone may not change meanwhile
            """,
            new { id });

    private static async Task<long> Copy(Session db, Actor actor, long id, string title, long? venueId, TimeZoneInfo zone, EventDates dates, DateTimeOffset now)
    {
        // Its own slug comes last: until then nobody who names an event has to wait.
        var copy = await db.QuerySingleAsync<long>(
            """
            insert into event (
                title, slug, short_description, description, terms_and_conditions, category, venue_id, time_zone,
                event_date, event_end_date, booking_start_date, booking_end_date,
                banner_image_url, thumbnail_image_url, organizer_name, organizer_contact, max_tickets_per_booking, extra_data,
                queue_enabled, queue_batch_size, queue_processing_minutes,
                refund_type, refund_hours_before, refund_percent, created_by, created_at)
            select @title, 'copy-' || gen_random_uuid(), short_description, description, terms_and_conditions, category, @venueId, @zone,
                   @EventDate, @EventEndDate, @BookingStartDate, @BookingEndDate,
                   banner_image_url, thumbnail_image_url, organizer_name, organizer_contact, max_tickets_per_booking, extra_data,
                   queue_enabled, queue_batch_size, queue_processing_minutes,
                   refund_type, refund_hours_before, refund_percent, @AccountId, @now
            from   event
            where  id = @id
            returning id
            """,
            new { id, title, venueId, zone = zone.Id, dates.EventDate, dates.EventEndDate, dates.BookingStartDate, dates.BookingEndDate, actor.AccountId, now });

        // The names of an event's categories are unique, so they tell which one a place belongs to; a place that was withdrawn belongs to none, and is not copied.
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
            select   @copy, again.id, seat.label, seat.section, seat.row_name, seat.seat_number, seat.position_x, seat.position_y, seat.is_blocked
            from     seat
            join     seat_category on seat_category.id = seat.category_id
            join     seat_category as again on again.event_id = @copy and again.name = seat_category.name
            where    seat.event_id = @id
            order by seat.id
            """,
            new { id, copy });
        var slug = await Slugs.ForAsync(db, title);
        await db.ExecuteAsync("update event set slug = @slug where id = @copy", new { copy, slug });
        return copy;
    }

    private sealed record Original
    {
        public string Title { get; init; } = "";

        public long? VenueId { get; init; }
    }

    private sealed record Venue
    {
        public long Id { get; init; }

        public string TimeZone { get; init; } = "";

        public bool IsActive { get; init; }
    }
}
