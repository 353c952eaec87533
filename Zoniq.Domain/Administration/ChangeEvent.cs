using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;

namespace Zoniq.Domain.Administration;

/// <summary>Changing an event, also while it is on sale: whoever has a ticket hears of another date or venue.</summary>
public sealed class ChangeEvent(Database database, TimeProvider clock, CatalogueOptions options)
{
    /// <summary>
    /// Refuses an event that is not there or cancelled, a venue that is not there or not in use, dates that are in the wrong order after the change,
    /// and to leave a published event without a venue.
    /// </summary>
    public async Task<Result<AdminEvent>> Change(Actor actor, long id, PatchEvent patch, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        // The venue before the event, as those do who change venues.
        var wanted = patch.VenueId is { } venueId ? await LockVenue(db, venueId) : null;
        var before = await LockEvent(db, id);

        if (before is null)
        {
            return CatalogueProblems.EventNotFound;
        }

        if (before.Status == EventStatus.Cancelled)
        {
            return CatalogueProblems.EventCancelled;
        }

        var moved = Move(before, patch, wanted);
        if (moved.Problem is { } refusal)
        {
            return refusal;
        }

        var merged = await Merge(db, moved.Value, patch);
        if (merged.Problem is { } wrongOrder)
        {
            return wrongOrder;
        }

        var after = merged.Value;
        var changes = AuditLog.Changes(before, after);
        if (changes.Count > 0)
        {
            await Write(db, before, after, now);
            await TurnQueue(db, before, after, now);
            await TellHolders(db, before, after, now);
            await AuditLog.WriteAsync(db, actor, "update_event", "event", id, changes, now);
        }

        var changed = await EventAdministration.Load(db, id, now);
        await db.CommitAsync();
        return changed!;
    }

    private static Task<VenueFacts?> LockVenue(Session db, long id) =>
        db.QuerySingleOrDefaultAsync<VenueFacts>(
            """
            select id, name, city, state, time_zone, is_active
            from   venue
            where  id = @id
            for    share    -- its zone may not change meanwhile
            """,
            new { id });

    private static Task<AdminEvent?> LockEvent(Session db, long id) =>
        db.QuerySingleOrDefaultAsync<AdminEvent>(
            $"""
            select {EventColumns.OfAdministration}
            from      event e
            left join venue v on v.id = e.venue_id
            where     e.id = @id
            for no key update of e
            """,
            new { id });

    private Result<AdminEvent> Move(AdminEvent before, PatchEvent patch, VenueFacts? wanted)
    {
        if (patch.Clears(nameof(patch.VenueId)))
        {
            return before.Status == EventStatus.Published
                ? Problem.Validation("venueId", "cannot be taken from a published event.")
                : before with { PlaceId = null, PlaceName = null, PlaceCity = null, PlaceState = null, TimeZone = before.PlaceId is null ? before.TimeZone : options.DefaultTimeZone.Id };
        }

        if (patch.VenueId is null || patch.VenueId == before.PlaceId)
        {
            return before;
        }

        return wanted is { IsActive: true }
            ? before with { PlaceId = wanted.Id, PlaceName = wanted.Name, PlaceCity = wanted.City, PlaceState = wanted.State, TimeZone = wanted.TimeZone }
            : Problem.Validation("venueId", "must be a venue that is in use.");
    }

    private static async Task<Result<AdminEvent>> Merge(Session db, AdminEvent known, PatchEvent patch)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(known.TimeZone);
        var dates = new EventDates(
            patch.EventDate?.In(zone) ?? known.EventDate,
            patch.Clears(nameof(patch.EventEndDate)) ? null : patch.EventEndDate?.In(zone) ?? known.EventEndDate,
            patch.BookingStartDate?.In(zone) ?? known.BookingStartDate,
            patch.BookingEndDate?.In(zone) ?? known.BookingEndDate).InOrder();

        if (dates.Problem is { } wrongOrder)
        {
            return wrongOrder;
        }

        var followsTitle = patch.Title is not null && patch.Title != known.Title && known is { Status: EventStatus.Draft, PublishedAt: null };
        return known with
        {
            Title = patch.Title ?? known.Title,
            Slug = followsTitle ? await Slugs.ForAsync(db, patch.Title!, known.Id) : known.Slug,
            ShortDescription = patch.After(patch.ShortDescription, known.ShortDescription),
            Description = patch.After(patch.Description, known.Description),
            TermsAndConditions = patch.After(patch.TermsAndConditions, known.TermsAndConditions),
            Category = patch.Category is null ? known.Category : await KeptCategory(db, patch.Category),
            EventDate = dates.Value.EventDate,
            EventEndDate = dates.Value.EventEndDate,
            BookingStartDate = dates.Value.BookingStartDate,
            BookingEndDate = dates.Value.BookingEndDate,
            BannerImageUrl = patch.After(patch.BannerImageUrl, known.BannerImageUrl),
            ThumbnailImageUrl = patch.After(patch.ThumbnailImageUrl, known.ThumbnailImageUrl),
            OrganizerName = patch.After(patch.OrganizerName, known.OrganizerName),
            OrganizerContact = patch.After(patch.OrganizerContact, known.OrganizerContact),
            MaxTicketsPerBooking = patch.MaxTicketsPerBooking ?? known.MaxTicketsPerBooking,
            ExtraDataText = patch.Clears(nameof(patch.ExtraData)) ? null : StoredJson.Text(patch.ExtraData) ?? known.ExtraDataText,
            QueueEnabled = patch.QueueEnabled ?? known.QueueEnabled,
            QueueBatchSize = patch.QueueBatchSize ?? known.QueueBatchSize,
            QueueProcessingMinutes = patch.QueueProcessingMinutes ?? known.QueueProcessingMinutes,
            RefundType = patch.RefundPolicy?.Type ?? known.RefundType,
            RefundHoursBefore = patch.RefundPolicy?.HoursBeforeEvent ?? known.RefundHoursBefore,
            RefundPercent = patch.RefundPolicy?.Percent ?? known.RefundPercent,
        };
    }

    /// <summary>What is lower case is for PostgreSQL to say: it checks it.</summary>
    private static Task<string> KeptCategory(Session db, string category) =>
        db.QuerySingleAsync<string>("select coalesce(nullif(lower(@category), ''), @Other)", new { category, EventCategory.Other });

    private static Task<int> Write(Session db, AdminEvent before, AdminEvent changed, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update event
            set    title = @Title,
                   slug = @Slug,
                   short_description = @ShortDescription,
                   description = @Description,
                   terms_and_conditions = @TermsAndConditions,
                   category = @Category,
                   venue_id = @PlaceId,
                   time_zone = @TimeZone,
                   event_date = @EventDate,
                   event_end_date = @EventEndDate,
                   booking_start_date = @BookingStartDate,
                   booking_end_date = @BookingEndDate,
                   banner_image_url = @BannerImageUrl,
                   thumbnail_image_url = @ThumbnailImageUrl,
                   organizer_name = @OrganizerName,
                   organizer_contact = @OrganizerContact,
                   max_tickets_per_booking = @MaxTicketsPerBooking,
                   extra_data = @ExtraDataText::jsonb,
                   queue_enabled = @QueueEnabled,
                   queue_batch_size = @QueueBatchSize,
                   queue_processing_minutes = @QueueProcessingMinutes,
                   refund_type = @RefundType,
                   refund_hours_before = @RefundHoursBefore,
                   refund_percent = @RefundPercent,
                   calendar_revision = calendar_revision
                       + ((title, venue_id, event_date, event_end_date) is distinct from (@Title, @PlaceId, @EventDate, @EventEndDate))::integer,
                   reminder_round = reminder_round + @isAnotherDay::integer,
                   updated_at = @now
            where  id = @Id
            """,
            new
            {
                changed.Id,
                changed.Title,
                changed.Slug,
                changed.ShortDescription,
                changed.Description,
                changed.TermsAndConditions,
                changed.Category,
                changed.PlaceId,
                changed.TimeZone,
                changed.EventDate,
                changed.EventEndDate,
                changed.BookingStartDate,
                changed.BookingEndDate,
                changed.BannerImageUrl,
                changed.ThumbnailImageUrl,
                changed.OrganizerName,
                changed.OrganizerContact,
                changed.MaxTicketsPerBooking,
                changed.ExtraDataText,
                changed.QueueEnabled,
                changed.QueueBatchSize,
                changed.QueueProcessingMinutes,
                changed.RefundType,
                changed.RefundHoursBefore,
                changed.RefundPercent,
                isAnotherDay = changed.EventDate - before.EventDate >= ReminderPolicy.AnotherDay,
                now,
            });

    /// <summary>A queue that is switched on shows its commitment at once; one that is switched off keeps nobody.</summary>
    private static Task TurnQueue(Session db, AdminEvent before, AdminEvent after, DateTimeOffset now) => (before.QueueEnabled, after.QueueEnabled) switch
    {
        (false, true) => QueueDoor.PrepareAsync(db, after.Id, now),
        (true, false) => QueueEnding.OfEventAsync(db, after.Id, now),
        _ => Task.CompletedTask,
    };

    private static Task TellHolders(Session db, AdminEvent before, AdminEvent after, DateTimeOffset now) =>
        after.Status is EventStatus.Published or EventStatus.Completed && (after.EventDate != before.EventDate || after.PlaceId != before.PlaceId)
            ? EventChangeMails.TellHolders(db, before, after, now)
            : Task.CompletedTask;

    private sealed record VenueFacts
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string? City { get; init; }

        public string? State { get; init; }

        public string TimeZone { get; init; } = "";

        public bool IsActive { get; init; }
    }
}
