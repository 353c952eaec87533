using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>Reminds everybody who holds a ticket that is still good of an event that begins within a day.</summary>
public sealed class EventReminders(Database database, TimeProvider clock)
{
    /// <summary>
    /// One mail for each event, round and holder, however many tickets and however often this runs; one statement, however many there are. Whoever bought the
    /// ticket is reminded where the booking said. Returns how many were written.
    /// </summary>
    public async Task<int> Remind(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.ExecuteAsync(
            """
            with due as materialized (
                select   id, title, event_date, event_end_date, time_zone, venue_id, reminder_round
                from     event
                where    status = 'published'
                and      event_date >= @earliest
                and      event_date <= @latest
                order by id
                for share skip locked    -- somebody changes or cancels it: the next time
            )
            insert into mail (template, recipient, account_id, cause, data, importance, next_attempt_at, expires_at, created_at)
            select   @EventReminder,
                     coalesce(
                         (array_agg(coalesce(booking.contact_email, account.email) order by booking.id desc) filter (where booking.account_id = account.id))[1],
                         account.email),
                     account.id,
                     format('reminder:%s:%s:%s', due.id, due.reminder_round, account.id),
                     jsonb_strip_nulls(jsonb_build_object(
                         'eventTitle', due.title,
                         'occasion', jsonb_build_object(
                             'eventDate', due.event_date,
                             'eventEndDate', due.event_end_date,
                             'timeZone', due.time_zone,
                             'venueName', venue.name,
                             'venueAddress', nullif(concat_ws(', ', venue.address, venue.city, venue.state, venue.pincode), '')),
                         'tickets', count(*),
                         'holderName', coalesce(account.full_name, account.username))),
                     @importance, @now, due.event_date, @now
            from     due
            join     booking on booking.event_id = due.id
            join     ticket on ticket.booking_id = booking.id
            join     account on account.id = ticket.holder_id
            left join venue on venue.id = due.venue_id
            left join notification_preference as preference on preference.account_id = account.id
            where    booking.status = 'confirmed'
            and      ticket.status = 'valid'
            and      account.is_active
            and      coalesce(preference.email_event_reminders, true)
            and      not exists (    -- also when another address is theirs by now
                         select from mail
                         where  cause = format('reminder:%s:%s:%s', due.id, due.reminder_round, account.id)
                         and    template = @EventReminder)
            group by due.id, due.title, due.event_date, due.event_end_date, due.time_zone, due.reminder_round, venue.id, account.id
            on conflict (cause, template, recipient) do nothing
            """,
            new
            {
                earliest = now + ReminderPolicy.Latest,
                latest = now + ReminderPolicy.Ahead,
                MailTemplate.EventReminder,
                importance = (short)MailImportance.Low,
                now,
            });
    }

    /// <summary>Takes back what has not been sent yet: the event does not take place.</summary>
    public static Task WithdrawAsync(Session db, long eventId) =>
        db.ExecuteAsync(
            """
            update mail
            set    status = 'expired'
            where  status = 'pending'
            and    importance = @importance
            and    template = @EventReminder
            and    starts_with(cause, format('reminder:%s:', @eventId))
            """,
            new { eventId, MailTemplate.EventReminder, importance = (short)MailImportance.Low });
}
