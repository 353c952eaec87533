using System.Text.Json.Nodes;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>What administrators do with events.</summary>
public sealed class EventAdministration(Database database, TimeProvider clock, CatalogueOptions options)
{
    /// <summary>A draft. Refuses a venue that is not there or not in use, and dates in the wrong order.</summary>
    public async Task<Result<AdminEvent>> Create(Actor actor, CreateEvent draft, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var zone = options.DefaultTimeZone;
        if (draft.VenueId is { } venueId)
        {
            var venueZone = await db.QuerySingleOrDefaultAsync<string>(
                """
                select time_zone
                from   venue
                where  id = @venueId
                and    is_active
                for    share    -- its zone may not change meanwhile
                """,
                new { venueId });
            if (venueZone is null)
            {
                return Problem.Validation("venueId", "must be a venue that is in use.");
            }

            zone = TimeZoneInfo.FindSystemTimeZoneById(venueZone);
        }

        var dates = EventDates.Read(draft, zone);
        if (dates.Problem is { } refusal)
        {
            return refusal;
        }

        var id = await Insert(db, actor, draft, dates.Value, zone, now);
        var created = await Load(db, id, now);
        var details = new JsonObject { ["title"] = created!.Title, ["slug"] = created.Slug, ["venueId"] = created.VenueId, ["eventDate"] = created.EventDate };
        await AuditLog.WriteAsync(db, actor, "create_event", "event", id, details, now);
        await db.CommitAsync();
        return created;
    }

    /// <summary>Refuses an event that is not there.</summary>
    public async Task<Result<AdminEvent>> Get(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await Load(db, id, clock.GetUtcNow()) is { } found ? found : CatalogueProblems.EventNotFound;
    }

    /// <summary>
    /// Opens a draft to the public; one that is published already stays as it is. Refuses cancelled and completed events, and
    /// drafts without a venue or without places to sell.
    /// </summary>
    public async Task<Result<AdminEvent>> Publish(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var published = await db.ExecuteAsync(
            """
            update event e
            set    status = 'published', published_at = coalesce(published_at, @now), updated_at = @now
            where  id = @id
            and    status = 'draft'
            and    venue_id is not null
            and    exists (
                select from seat_category c
                where  c.event_id = e.id
                and    c.is_active
                and    c.total_seats > 0)
            """,
            new { id, now });

        var found = await Load(db, id, now);
        if (published == 0)
        {
            return found is null ? CatalogueProblems.EventNotFound : WhyNotPublished(found);
        }

        var details = new JsonObject { ["slug"] = found!.Slug, ["status"] = new JsonObject { ["before"] = EventStatus.Draft, ["after"] = EventStatus.Published } };
        await AuditLog.WriteAsync(db, actor, "publish_event", "event", id, details, now);
        await db.CommitAsync();
        return found;
    }

    private static Result<AdminEvent> WhyNotPublished(AdminEvent found) => found.Status switch
    {
        EventStatus.Published => found,
        EventStatus.Cancelled => CatalogueProblems.EventCancelled,
        EventStatus.Completed => CatalogueProblems.EventCompleted,
        _ when found.VenueId is null => CatalogueProblems.EventNotPublishable with { Detail = "The event needs a venue before it can be published." },
        _ => CatalogueProblems.EventNotPublishable with { Detail = "The event needs an active category with seats before it can be published." },
    };

    private static async Task<long> Insert(Session db, Actor actor, CreateEvent draft, EventDates dates, TimeZoneInfo zone, DateTimeOffset now)
    {
        var refund = draft.RefundPolicy ?? new RefundPolicy();
        var slug = await Slugs.ForAsync(db, draft.Title!);

        return await db.QuerySingleAsync<long>(
            """
            insert into event (
                title, slug, short_description, description, terms_and_conditions, category, venue_id, time_zone,
                event_date, event_end_date, booking_start_date, booking_end_date,
                banner_image_url, thumbnail_image_url, organizer_name, organizer_contact, max_tickets_per_booking, extra_data,
                queue_enabled, queue_batch_size, queue_processing_minutes,
                refund_type, refund_hours_before, refund_percent, created_by, created_at)
            values (
                @Title, @slug, nullif(@ShortDescription, ''), nullif(@Description, ''), nullif(@TermsAndConditions, ''), coalesce(nullif(lower(@Category), ''), @other), @VenueId, @zone,
                @EventDate, @EventEndDate, @BookingStartDate, @BookingEndDate,
                nullif(@BannerImageUrl, ''), nullif(@ThumbnailImageUrl, ''), nullif(@OrganizerName, ''), nullif(@OrganizerContact, ''), coalesce(@MaxTicketsPerBooking, 10), @extraData::jsonb,
                coalesce(@QueueEnabled, false), coalesce(@QueueBatchSize, 50), coalesce(@QueueProcessingMinutes, 10),
                @refundType, @HoursBeforeEvent, @Percent, @AccountId, @now)
            returning id
            """,
            new
            {
                draft.Title,
                slug,
                draft.ShortDescription,
                draft.Description,
                draft.TermsAndConditions,
                draft.Category,
                draft.VenueId,
                zone = zone.Id,
                other = EventCategory.Other,
                dates.EventDate,
                dates.EventEndDate,
                dates.BookingStartDate,
                dates.BookingEndDate,
                draft.BannerImageUrl,
                draft.ThumbnailImageUrl,
                draft.OrganizerName,
                draft.OrganizerContact,
                draft.MaxTicketsPerBooking,
                extraData = StoredJson.Text(draft.ExtraData),
                draft.QueueEnabled,
                draft.QueueBatchSize,
                draft.QueueProcessingMinutes,
                refundType = refund.Type,
                refund.HoursBeforeEvent,
                refund.Percent,
                actor.AccountId,
                now,
            });
    }

    /// <summary>With figures of this moment: an administrator who has just added seats wants to see them.</summary>
    internal static async Task<AdminEvent?> Load(Session db, long id, DateTimeOffset now)
    {
        var found = await db.QuerySingleOrDefaultAsync<AdminEvent>(
            $"""
            select {EventColumns.OfAdministration}
            from      event e
            left join venue v on v.id = e.venue_id
            where     e.id = @id
            """,
            new { id });

        return found is null
            ? null
            : EventFacts.Complete(found, (await Availability.ReadAsync(db, [id], now)).GetValueOrDefault(id, EventFigures.Empty), now);
    }
}
