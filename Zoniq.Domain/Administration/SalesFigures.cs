using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Which event the figures are about; all of them when none is named.</summary>
public sealed record StatsFilter
{
    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }
}

/// <summary>How the bookings stand.</summary>
public sealed record BookingStats
{
    public long Total { get; init; }

    public long Confirmed { get; init; }

    public long Pending { get; init; }

    public long Cancelled { get; init; }

    public long Expired { get; init; }

    public long Refunded { get; init; }

    /// <summary>Of confirmed bookings: captured less refunded.</summary>
    public Money Revenue { get; init; }

    /// <summary>Of confirmed bookings.</summary>
    public long TicketsSold { get; init; }
}

/// <summary>A stretch of time: a period that ends today, or two days of one's own.</summary>
public abstract record PeriodFilter : DayFilter
{
    /// <summary>7d, 30d, 90d or 1y: so many days, of which today is the last.</summary>
    public virtual string? Period { get; init; }

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DateFrom is null != DateTo is null)
        {
            yield return new ValidationResult("is needed as well.", [DateFrom is null ? nameof(DateFrom) : nameof(DateTo)]);
        }

        foreach (var broken in base.Validate(validationContext))
        {
            yield return broken;
        }
    }

    /// <summary>As the answer names it.</summary>
    internal string Named(string usual) => DateFrom is null ? Period ?? usual : "custom";

    internal Days Days(string usual, DateTimeOffset now, TimeZoneInfo zone) => Named(usual) switch
    {
        "custom" => Administration.Days.Between(DateFrom, DateTo, zone),
        "7d" => Administration.Days.Last(7, now, zone),
        "30d" => Administration.Days.Last(30, now, zone),
        "90d" => Administration.Days.Last(90, now, zone),
        "1y" => Administration.Days.Last(365, now, zone),
        _ => new Days(null, null),
    };
}

/// <summary>Of which days and which event to analyse the sales.</summary>
public sealed record AnalyticsFilter : PeriodFilter
{
    /// <summary>7d, 30d, 90d or 1y; 7d unless told otherwise.</summary>
    [AllowedValues(null, "7d", "30d", "90d", "1y", ErrorMessage = "must be 7d, 30d, 90d or 1y.")]
    public override string? Period { get; init; }

    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }
}

/// <summary>Of which days to rank the events.</summary>
public sealed record TopEventsFilter : PeriodFilter
{
    /// <summary>7d, 30d, 90d, 1y or all; 30d unless told otherwise.</summary>
    [AllowedValues(null, "7d", "30d", "90d", "1y", "all", ErrorMessage = "must be 7d, 30d, 90d, 1y or all.")]
    public override string? Period { get; init; }

    /// <summary>1 to 50.</summary>
    [Range(1, 50)]
    public int Limit { get; init; } = 10;
}

/// <summary>Sales of a period.</summary>
public sealed record SalesAnalytics
{
    /// <summary>As asked for; custom for a range of days.</summary>
    public string Period { get; init; } = "";

    public Money TotalRevenue { get; init; }

    public long TotalBookings { get; init; }

    public long TotalTickets { get; init; }

    /// <summary>Revenue per booking; zero when there is none.</summary>
    public Money AverageOrderValue { get; init; }

    /// <summary>Days with sales, in order.</summary>
    public DaySales[] DailyBreakdown { get; init; } = [];
}

/// <summary>Sales of one day in the default time zone.</summary>
public sealed record DaySales(DateOnly Date, Money Revenue, long Bookings, long Tickets);

/// <summary>The events that brought in most.</summary>
public sealed record TopEvents(TopEvent[] Events);

/// <summary>An event and its sales.</summary>
public sealed record TopEvent
{
    public long Id { get; init; }

    public string Title { get; init; } = "";

    public DateTimeOffset EventDate { get; init; }

    public Money Revenue { get; init; }

    public long Bookings { get; init; }

    public long TicketsSold { get; init; }
}

/// <summary>
/// What was sold: confirmed bookings, by the day of their making. A confirmed booking has captured its final amount; what was given back of
/// it, or is on its way back, is taken off.
/// </summary>
public sealed class SalesFigures(Database database, TimeProvider clock, CatalogueOptions options)
{
    /// <summary>Money given back for bookings that stand; few bookings have any.</summary>
    internal const string Returned =
        """
        from   refund
        join   booking on booking.paid_by = refund.payment_id
        """;

    public async Task<BookingStats> Stats(StatsFilter filter, CancellationToken cancellationToken)
    {
        var ofEvent = filter.EventId is null ? "" : "and booking.event_id = @EventId";
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<BookingStats>(
            $"""
            select coalesce(sum(bookings), 0)::bigint as total,
                   coalesce(sum(bookings) filter (where status = 'confirmed'), 0)::bigint as confirmed,
                   coalesce(sum(bookings) filter (where status = 'pending'), 0)::bigint as pending,
                   coalesce(sum(bookings) filter (where status = 'cancelled'), 0)::bigint as cancelled,
                   coalesce(sum(bookings) filter (where status = 'expired'), 0)::bigint as expired,
                   coalesce(sum(bookings) filter (where status = 'refunded'), 0)::bigint as refunded,
                   coalesce(sum(tickets) filter (where status = 'confirmed'), 0)::bigint as tickets_sold,
                   coalesce(sum(captured) filter (where status = 'confirmed'), 0)::bigint - (
                       select coalesce(sum(refund.amount), 0)::bigint
                       {Returned}
                       where  refund.status <> 'failed'
                       and    booking.status = 'confirmed'
                       {ofEvent}) as revenue
            from   (
                select   status,
                         count(*) as bookings,
                         sum(ticket_count) as tickets,
                         sum(final_amount) as captured
                from     booking
                where    true
                {ofEvent}
                group by status) as by_status
            """,
            new { filter.EventId });
    }

    public async Task<SalesAnalytics> Analytics(AnalyticsFilter filter, CancellationToken cancellationToken)
    {
        const string Usual = "7d";
        await using var db = await database.OpenAsync(cancellationToken);
        var days = await ByDay(db, filter.Days(Usual, clock.GetUtcNow(), options.DefaultTimeZone), filter.EventId, options.DefaultTimeZone);
        var revenue = days.Aggregate(Money.Zero, (sum, day) => sum + day.Revenue);
        var bookings = days.Sum(day => day.Bookings);

        return new SalesAnalytics
        {
            Period = filter.Named(Usual),
            TotalRevenue = revenue,
            TotalBookings = bookings,
            TotalTickets = days.Sum(day => day.Tickets),
            AverageOrderValue = bookings == 0 ? Money.Zero : new Money((long)Math.Round((decimal)revenue.Paise / bookings, MidpointRounding.AwayFromZero)),
            DailyBreakdown = days,
        };
    }

    /// <summary>By revenue; events that sold nothing are left out.</summary>
    public async Task<TopEvents> TopEvents(TopEventsFilter filter, CancellationToken cancellationToken)
    {
        var days = filter.Days("30d", clock.GetUtcNow(), options.DefaultTimeZone);
        await using var db = await database.OpenAsync(cancellationToken);
        return new TopEvents(await db.QueryAsync<TopEvent>(
            $"""
            with sold as (
                select   event_id,
                         count(*) as bookings,
                         sum(ticket_count) as tickets,
                         sum(final_amount) as captured
                from     booking
                where    status = 'confirmed'
                {Within(days)}
                group by event_id
            ),
            returned as (
                select   booking.event_id,
                         sum(refund.amount) as amount
                {Returned}
                where    refund.status <> 'failed'
                and      booking.status = 'confirmed'
                {Within(days)}
                group by booking.event_id
            )
            select   event.id,
                     event.title,
                     event.event_date,
                     (sold.captured - coalesce(returned.amount, 0))::bigint as revenue,
                     sold.bookings,
                     sold.tickets as tickets_sold
            from     sold
            join     event on event.id = sold.event_id
            left join returned on returned.event_id = sold.event_id
            order by revenue desc, event.id
            limit    @Limit
            """,
            new { days.From, days.Until, filter.Limit }));
    }

    /// <summary>Days with sales, in order.</summary>
    internal static async Task<DaySales[]> ByDay(Session db, Days days, long? eventId, TimeZoneInfo zone)
    {
        var ofEvent = eventId is null ? "" : "and booking.event_id = @eventId";
        var sales = await db.QueryAsync<SalesOfADay>(
            $"""
            with sold as (
                select   (created_at at time zone @zone)::date as day,
                         count(*) as bookings,
                         sum(ticket_count) as tickets,
                         sum(final_amount) as captured
                from     booking
                where    status = 'confirmed'
                {Within(days)}
                {ofEvent}
                group by day
            ),
            returned as (
                select   (booking.created_at at time zone @zone)::date as day,
                         sum(refund.amount) as amount
                {Returned}
                where    refund.status <> 'failed'
                and      booking.status = 'confirmed'
                {Within(days)}
                {ofEvent}
                group by day
            )
            select   day::timestamp as day,
                     bookings,
                     tickets,
                     (captured - coalesce(returned.amount, 0))::bigint as revenue
            from     sold
            left join returned using (day)
            order by day
            """,
            new { days.From, days.Until, eventId, zone = zone.Id });

        return [.. sales.Select(day => new DaySales(DateOnly.FromDateTime(day.Day), day.Revenue, day.Bookings, day.Tickets))];
    }

    private static string Within(Days days) =>
        $"{(days.From is null ? "" : "and booking.created_at >= @From")} {(days.Until is null ? "" : "and booking.created_at < @Until")}";

    private sealed record SalesOfADay
    {
        public DateTime Day { get; init; }

        public long Bookings { get; init; }

        public long Tickets { get; init; }

        public Money Revenue { get; init; }
    }
}
