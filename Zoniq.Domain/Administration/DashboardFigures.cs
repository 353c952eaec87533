using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Administration;

/// <summary>The office at a glance. Today is since midnight in the default time zone; a week and a month are today and the 6 or 29 days before.</summary>
public sealed record DashboardOverview
{
    public Counts Users { get; init; } = new();

    public EventCounts Events { get; init; } = new();

    /// <summary>Confirmed ones.</summary>
    public Counts Bookings { get; init; } = new();

    /// <summary>Of confirmed bookings: captured less refunded.</summary>
    public Takings Revenue { get; init; } = new();

    /// <summary>Of confirmed bookings.</summary>
    public Counts Tickets { get; init; } = new();

    public Growth Growth { get; init; } = new();
}

/// <summary>How many, in all and lately.</summary>
public sealed record Counts
{
    public long Total { get; init; }

    public long Today { get; init; }

    public long ThisWeek { get; init; }

    public long ThisMonth { get; init; }
}

/// <summary>How much, in all and lately.</summary>
public sealed record Takings
{
    public Money Total { get; init; }

    public Money Today { get; init; }

    public Money ThisWeek { get; init; }

    public Money ThisMonth { get; init; }
}

/// <summary>How many events.</summary>
public sealed record EventCounts
{
    public long Total { get; init; }

    /// <summary>Published and not ended.</summary>
    public long Active { get; init; }

    public long Completed { get; init; }

    /// <summary>Published and still to begin.</summary>
    public long Upcoming { get; init; }
}

/// <summary>The last 30 days against the 30 before, in percent with one decimal; 0 when there was nothing before.</summary>
public sealed record Growth
{
    public decimal UsersPercent { get; init; }

    public decimal BookingsPercent { get; init; }

    public decimal RevenuePercent { get; init; }
}

/// <summary>How long a chart.</summary>
public sealed record ChartFilter
{
    /// <summary>week, month or quarter: 7, 30 or 90 days, of which today is the last; week unless told otherwise.</summary>
    [AllowedValues(null, "week", "month", "quarter", ErrorMessage = "must be week, month or quarter.")]
    public string? Period { get; init; }
}

/// <summary>Every day of the period, in order.</summary>
public sealed record RevenueChart(DayRevenue[] Data);

/// <summary>What one day brought in.</summary>
public sealed record DayRevenue(DateOnly Date, Money Revenue, long Bookings);

/// <summary>How many bookings to show.</summary>
public sealed record RecentFilter
{
    /// <summary>1 to 50.</summary>
    [Range(1, 50)]
    public int Limit { get; init; } = 10;
}

/// <summary>The newest bookings, whatever their status.</summary>
public sealed record RecentBookings(RecentBooking[] Bookings);

/// <summary>A booking in a line.</summary>
public sealed record RecentBooking
{
    public long Id { get; init; }

    public string BookingNumber { get; init; } = "";

    public string UserEmail { get; init; } = "";

    /// <summary>The full name, else the username.</summary>
    public string UserName { get; init; } = "";

    public string EventTitle { get; init; } = "";

    /// <summary>What is, or was, to be paid.</summary>
    public Money Amount { get; init; }

    public string Status { get; init; } = "";

    public string PaymentStatus { get; init; } = "";

    public int TicketCount { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>How many events to show.</summary>
public sealed record NextEventsFilter
{
    /// <summary>1 to 20.</summary>
    [Range(1, 20)]
    public int Limit { get; init; } = 5;
}

/// <summary>What comes next, soonest first.</summary>
public sealed record NextEvents(NextEvent[] Events);

/// <summary>An event that is still to begin, and how it sells.</summary>
public sealed record NextEvent
{
    public long Id { get; init; }

    public string Title { get; init; } = "";

    public DateTimeOffset EventDate { get; init; }

    public string Status { get; init; } = "";

    public long TotalSeats { get; init; }

    public long AvailableSeats { get; init; }

    /// <summary>Confirmed ones.</summary>
    public long Bookings { get; init; }

    /// <summary>Of confirmed bookings.</summary>
    public long TicketsSold { get; init; }
}
