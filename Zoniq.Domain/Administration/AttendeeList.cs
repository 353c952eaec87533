using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>A ticket that lets somebody in, and its holder.</summary>
public sealed record Attendee
{
    public long TicketId { get; init; }

    public string TicketNumber { get; init; } = "";

    public string CategoryName { get; init; } = "";

    /// <summary>Null for a standing place.</summary>
    public string? SeatLabel { get; init; }

    public bool IsUsed { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>The holder, who need not be the buyer.</summary>
    public Customer User => new(HolderId, Username, Email, FullName);

    public string BookingNumber { get; init; } = "";

    public long BookingId { get; init; }

    internal long HolderId { get; init; }

    internal string Username { get; init; } = "";

    internal string Email { get; init; } = "";

    internal string? FullName { get; init; }
}

/// <summary>Which attendees to list.</summary>
public sealed record AttendeeFilter
{
    /// <summary>A ticket or booking number, the holder's name or e-mail address, or a part of one.</summary>
    [StringLength(254)]
    public string? Search { get; init; }
}

/// <summary>One page of attendees, by ticket number.</summary>
/// <param name="Attendees">The tickets of this page.</param>
/// <param name="Total">Of the whole filter.</param>
/// <param name="Page">1 or more.</param>
/// <param name="PageSize">1 to 200.</param>
/// <param name="CheckedIn">Tickets used, of the whole filter.</param>
public sealed record AttendeePage(Attendee[] Attendees, long Total, int Page, int PageSize, long CheckedIn);

/// <summary>Who comes to an event: the tickets of its confirmed bookings.</summary>
public sealed class AttendeeList(Database database)
{
    private const string Tickets =
        """
        from   booking
        join   ticket on ticket.booking_id = booking.id
        join   account on account.id = ticket.holder_id
        join   seat on seat.id = ticket.seat_id
        join   seat_category as category on category.id = ticket.category_id
        """;

    private const string Shown =
        $"""
        select ticket.id as ticket_id,
               ticket.ticket_number,
               category.name as category_name,
               seat.label as seat_label,
               ticket.status = 'used' as is_used,
               ticket.used_at,
               ticket.holder_id,
               account.username,
               account.email,
               account.full_name,
               booking.booking_number,
               booking.id as booking_id
        {Tickets}
        """;

    /// <summary>In another collation than the index of all numbers there are, which would be walked through for a page of one event's.</summary>
    private const string ByNumber = "ticket.ticket_number collate \"C\"";

    /// <summary>Refuses an event that is not there.</summary>
    public async Task<Result<AttendeePage>> List(long eventId, AttendeeFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var search = SearchText.Of(filter.Search);
        var where = Where(search);

        await using var db = await database.SnapshotAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            {KnownEvent.ExistsSql};

            select count(*) as total,
                   count(*) filter (where ticket.status = 'used') as checked_in
            {Tickets}
            {where};

            {Shown}
            {where}
            order by {ByNumber}
            offset   @Offset
            limit    @Size
            """,
            Parameters(eventId, search, page));

        if (!await read.ReadSingleAsync<bool>())
        {
            return CatalogueProblems.EventNotFound;
        }

        var counted = await read.ReadSingleAsync<Counted>();
        return new AttendeePage([.. await read.ReadAsync<Attendee>()], counted.Total, page.Number, page.Size, counted.CheckedIn);
    }

    /// <summary>All that the filter lets through, in the same order. Refuses an event that is not there.</summary>
    public async Task<Result<IAsyncEnumerable<Attendee>>> All(long eventId, AttendeeFilter filter, CancellationToken cancellationToken)
    {
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            if (!await KnownEvent.ExistsAsync(db, eventId))
            {
                return CatalogueProblems.EventNotFound;
            }
        }

        var search = SearchText.Of(filter.Search);
        return Result.Of(database.StreamAsync<Attendee>(
            $"""
            {Shown}
            {Where(search)}
            order by {ByNumber}
            """,
            Parameters(eventId, search, default),
            cancellationToken));
    }

    private static Conditions Where(SearchText? search) => new Conditions()
        .When(true, "booking.event_id = @eventId")
        .When(true, "booking.status = 'confirmed'")
        .When(true, "ticket.status <> 'void'")
        .When(
            search is not null,
            """
            (strpos(ticket.ticket_number, @NumberPart) > 0
             or strpos(booking.booking_number, @NumberPart) > 0
             or strpos(lower(account.username), @Part) > 0
             or strpos(lower(account.full_name), @Part) > 0
             or strpos(account.email, @Part) > 0)
            """);

    private static object Parameters(long eventId, SearchText? search, PageRequest page) =>
        new { eventId, search?.NumberPart, search?.Part, page.Offset, page.Size };

    private sealed record Counted
    {
        public long Total { get; init; }

        public long CheckedIn { get; init; }
    }
}
