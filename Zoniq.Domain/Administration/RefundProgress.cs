using System.Text.Json.Serialization;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>How far the money of a cancelled event has come back.</summary>
public sealed record EventRefundProgress
{
    public long EventId { get; init; }

    /// <summary>not_started, running, completed or completed_with_failures.</summary>
    public string State { get; init; } = "";

    /// <summary>Paid bookings that are called off with the event, or still to be.</summary>
    public long TotalBookings { get; init; }

    /// <summary>Of these, with all of their money back.</summary>
    public long Processed { get; init; }

    /// <summary>Still to be called off, or with a refund under way.</summary>
    public long Pending { get; init; }

    /// <summary>With a refund that failed and was not made again.</summary>
    public long Failed { get; init; }

    [JsonConverter(typeof(MoneyAsPaise))]
    public Money AmountTotal { get; init; }

    [JsonConverter(typeof(MoneyAsPaise))]
    public Money AmountRefunded { get; init; }

    /// <summary>When the event was cancelled.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last refund ended; null while any is under way.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    public FailedRefund[] Failures { get; init; } = [];
}

/// <summary>A booking whose money did not go back.</summary>
public sealed record FailedRefund
{
    public long BookingId { get; init; }

    public string BookingNumber { get; init; } = "";

    public long? RefundId { get; init; }

    public string? ErrorDescription { get; init; }
}

/// <summary>Watching the money of a cancelled event go back.</summary>
public sealed class RefundProgress(Database database)
{
    /// <summary>Failures shown; their number is not bounded.</summary>
    public const int MostFailures = 100;

    /// <summary>A booking of the event: what was paid for it, what has come back, what is on its way, and what did not go back.</summary>
    private const string Affected =
        """
        from   booking
        join   payment on payment.id = booking.paid_by
        cross join lateral (
            select coalesce(sum(amount) filter (where status = 'processed'), 0)::bigint as back,
                   coalesce(sum(amount) filter (where status = 'pending'), 0)::bigint as under_way,
                   max(processed_at) as ended_at
            from   refund
            where  payment_id = payment.id) as returned
        where  booking.event_id = @eventId
        and    (booking.cancelled_by = 'event' or booking.status = 'confirmed')
        """;

    public async Task<Result<EventRefundProgress>> Of(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var cancelled = await db.QuerySingleOrDefaultAsync<CancelledEvent>(
            """
            select id,
                   cancelled_at
            from   event
            where  id = @eventId
            """,
            new { eventId });

        if (cancelled is null)
        {
            return CatalogueProblems.EventNotFound;
        }

        if (cancelled.CancelledAt is null)
        {
            return new EventRefundProgress { EventId = eventId, State = "not_started" };
        }

        var progress = await db.QuerySingleAsync<EventRefundProgress>(
            $"""
            select @eventId as event_id,
                   count(*) as total_bookings,
                   count(*) filter (where returned.back = payment.amount) as processed,
                   count(*) filter (where returned.back < payment.amount and (booking.status = 'confirmed' or returned.under_way > 0)) as pending,
                   count(*) filter (where returned.back < payment.amount and booking.status <> 'confirmed' and returned.under_way = 0) as failed,
                   coalesce(sum(payment.amount), 0)::bigint as amount_total,
                   coalesce(sum(returned.back), 0)::bigint as amount_refunded,
                   max(returned.ended_at) as finished_at
            {Affected}
            """,
            new { eventId });
        var isRunning = progress.Pending > 0;

        return progress with
        {
            StartedAt = cancelled.CancelledAt,
            FinishedAt = isRunning ? null : progress.FinishedAt ?? cancelled.CancelledAt,
            State = isRunning ? "running" : progress.Failed > 0 ? "completed_with_failures" : "completed",
            Failures = progress.Failed == 0 ? [] : await Failures(db, eventId),
        };
    }

    private static Task<FailedRefund[]> Failures(Session db, long eventId) =>
        db.QueryAsync<FailedRefund>(
            $"""
            select   failed.booking_id,
                     failed.booking_number,
                     last.id as refund_id,
                     last.error_description
            from     (
                select booking.id as booking_id, booking.booking_number, payment.id as payment_id
                {Affected}
                and    returned.back < payment.amount
                and    booking.status <> 'confirmed'
                and    returned.under_way = 0
                order by booking.id
                limit  @MostFailures) as failed
            left join lateral (
                select   id, error_description
                from     refund
                where    payment_id = failed.payment_id
                and      status = 'failed'
                order by id desc
                limit    1) as last on true
            order by failed.booking_id
            """,
            new { eventId, MostFailures });

    private sealed record CancelledEvent
    {
        public long Id { get; init; }

        public DateTimeOffset? CancelledAt { get; init; }
    }
}
