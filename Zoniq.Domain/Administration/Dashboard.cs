using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What an administrator sees first.</summary>
public sealed class Dashboard(Database database, Availability availability, TimeProvider clock, CatalogueOptions options)
{
    /// <summary>
    /// Every figure is of the same moment, and all of them travel together. Bookings older than two months are only summed, recent ones are told apart by their
    /// stretch of days, because that is what costs; all are read from the index of what was sold, and its time grows with it: there is no counter to go wrong.
    /// </summary>
    public async Task<DashboardOverview> Overview(CancellationToken cancellationToken)
    {
        const string Stretch =
            """
            case when booking.created_at >= @today then 0
                 when booking.created_at >= @week then 1
                 when booking.created_at >= @month then 2
                 when booking.created_at >= @monthBefore then 3
                 else 4
            end
            """;

        var now = clock.GetUtcNow();
        await using var db = await database.SnapshotAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*) as total,
                   count(*) filter (where created_at >= @today) as today,
                   count(*) filter (where created_at >= @week) as this_week,
                   count(*) filter (where created_at >= @month) as this_month,
                   count(*) filter (where created_at >= @monthBefore) as two_months
            from   account;

            select count(*) as total,
                   count(*) filter (where status = 'published' and coalesce(event_end_date, event_date + interval '6 hours') > @now) as active,
                   count(*) filter (where status = 'completed') as completed,
                   count(*) filter (where status = 'published' and event_date > @now) as upcoming
            from   event;

            select   {Stretch} as stretch,
                     count(*) as bookings,
                     sum(ticket_count)::bigint as tickets,
                     sum(final_amount)::bigint as revenue
            from     booking
            where    status = 'confirmed'
            and      created_at >= @monthBefore
            group by stretch
            union all
            select 4,
                   count(*),
                   coalesce(sum(ticket_count), 0)::bigint,
                   coalesce(sum(final_amount), 0)::bigint
            from   booking
            where  status = 'confirmed'
            and    created_at < @monthBefore
            union all
            select   {Stretch} as stretch,
                     0,
                     0,
                     -sum(refund.amount)::bigint
            {SalesFigures.Returned}
            where    refund.status <> 'failed'
            and      booking.status = 'confirmed'
            group by stretch
            """,
            new
            {
                now,
                today = Days.Last(1, now, options.DefaultTimeZone).From,
                week = Days.Last(7, now, options.DefaultTimeZone).From,
                month = Days.Last(30, now, options.DefaultTimeZone).From,
                monthBefore = Days.Last(60, now, options.DefaultTimeZone).From,
            });

        var users = await read.ReadSingleAsync<NewUsers>();
        var events = await read.ReadSingleAsync<EventCounts>();
        Sales[] sales = [.. await read.ReadAsync<Sales>()];

        return new DashboardOverview
        {
            Users = new Counts { Total = users.Total, Today = users.Today, ThisWeek = users.ThisWeek, ThisMonth = users.ThisMonth },
            Events = events,
            Bookings = CountsOf(sales, sale => sale.Bookings),
            Tickets = CountsOf(sales, sale => sale.Tickets),
            Revenue = TakingsOf(CountsOf(sales, sale => sale.Revenue)),
            Growth = new Growth
            {
                UsersPercent = Percent(users.ThisMonth, users.TwoMonths - users.ThisMonth),
                BookingsPercent = Percent(Sum(sales, 0, 2, sale => sale.Bookings), Sum(sales, 3, 3, sale => sale.Bookings)),
                RevenuePercent = Percent(Sum(sales, 0, 2, sale => sale.Revenue), Sum(sales, 3, 3, sale => sale.Revenue)),
            },
        };
    }

    /// <summary>Days without sales are zero.</summary>
    public async Task<RevenueChart> RevenueChart(ChartFilter filter, CancellationToken cancellationToken)
    {
        var (now, zone) = (clock.GetUtcNow(), options.DefaultTimeZone);
        var length = filter.Period switch { "month" => 30, "quarter" => 90, _ => 7 };
        await using var db = await database.OpenAsync(cancellationToken);
        var sold = (await SalesFigures.ByDay(db, Days.Last(length, now, zone), eventId: null, zone)).ToDictionary(day => day.Date);
        var first = Days.Today(now, zone).AddDays(1 - length);

        return new RevenueChart(
        [
            .. Enumerable.Range(0, length)
                .Select(first.AddDays)
                .Select(date => sold.GetValueOrDefault(date) is { } day ? new DayRevenue(date, day.Revenue, day.Bookings) : new DayRevenue(date, Money.Zero, 0)),
        ]);
    }

    public async Task<RecentBookings> RecentBookings(RecentFilter filter, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return new RecentBookings(await db.QueryAsync<RecentBooking>(
            """
            select   booking.id,
                     booking.booking_number,
                     account.email as user_email,
                     coalesce(account.full_name, account.username) as user_name,
                     event.title as event_title,
                     booking.final_amount as amount,
                     booking.status,
                     booking.payment_status,
                     booking.ticket_count,
                     booking.created_at
            from     booking
            join     account on account.id = booking.account_id
            join     event on event.id = booking.event_id
            order by booking.id desc
            limit    @Limit
            """,
            new { filter.Limit }));
    }

    /// <summary>Availability is that of the lists of events: at most two seconds old.</summary>
    public async Task<NextEvents> UpcomingEvents(NextEventsFilter filter, CancellationToken cancellationToken)
    {
        var events = await ReadNext(filter.Limit, cancellationToken);
        var figures = await availability.OfAsync(events.Select(next => next.Id), cancellationToken);

        return new NextEvents(
        [
            .. from next in events
               let places = figures.GetValueOrDefault(next.Id, EventFigures.Empty)
               select next with { TotalSeats = places.TotalSeats, AvailableSeats = places.AvailableSeats },
        ]);
    }

    private async Task<NextEvent[]> ReadNext(int limit, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<NextEvent>(
            """
            select   next.id,
                     next.title,
                     next.event_date,
                     next.status,
                     sold.bookings,
                     sold.tickets as tickets_sold
            from     (select   id, title, event_date, status
                      from     event
                      where    status = 'published'
                      and      event_date > @now
                      order by event_date, id
                      limit    @limit) as next
            cross join lateral (
                select count(*) as bookings,
                       coalesce(sum(ticket_count), 0)::bigint as tickets
                from   booking
                where  booking.event_id = next.id
                and    booking.status = 'confirmed') as sold
            order by next.event_date, next.id
            """,
            new { now = clock.GetUtcNow(), limit });
    }

    private static Counts CountsOf(Sales[] sales, Func<Sales, long> figure) => new()
    {
        Total = Sum(sales, 0, 4, figure),
        Today = Sum(sales, 0, 0, figure),
        ThisWeek = Sum(sales, 0, 1, figure),
        ThisMonth = Sum(sales, 0, 2, figure),
    };

    private static Takings TakingsOf(Counts paise) => new()
    {
        Total = new Money(paise.Total),
        Today = new Money(paise.Today),
        ThisWeek = new Money(paise.ThisWeek),
        ThisMonth = new Money(paise.ThisMonth),
    };

    private static long Sum(Sales[] sales, int first, int last, Func<Sales, long> figure) =>
        sales.Where(sale => sale.Stretch >= first && sale.Stretch <= last).Sum(figure);

    private static decimal Percent(long lately, long before) =>
        before == 0 ? 0 : Math.Round((lately - before) * 100m / before, 1, MidpointRounding.AwayFromZero);

    private sealed record NewUsers
    {
        public long Total { get; init; }

        public long Today { get; init; }

        public long ThisWeek { get; init; }

        public long ThisMonth { get; init; }

        /// <summary>This month and the 30 days before it.</summary>
        public long TwoMonths { get; init; }
    }

    /// <summary>Sums of a stretch of days.</summary>
    private sealed record Sales
    {
        /// <summary>0 today, 1 this week, 2 this month, 3 the 30 days before, 4 what is older: each without those before it.</summary>
        public int Stretch { get; init; }

        public long Bookings { get; init; }

        public long Tickets { get; init; }

        /// <summary>Paise; what was returned is a row of its own and negative.</summary>
        public long Revenue { get; init; }
    }
}
