using Zoniq.Domain.Bookings;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>Tickets as their buyers and holders see them.</summary>
public sealed class TicketService(Database database, TimeProvider clock, TicketSigner signer, TicketPrinter printer)
{
    private const string Select =
        """
        select ticket.id,
               ticket.booking_id,
               ticket.ticket_number,
               ticket.generation,
               ticket.holder_id,
               seat_category.name as category_name,
               seat.label as seat_label,
               ticket.price,
               ticket.status,
               ticket.used_at,
               ticket.created_at,
               event.id as event_id,
               event.title as event_title,
               event.event_date,
               event.time_zone,
               venue.name as venue_name,
               venue.city as venue_city,
               booking.booking_number,
               booking.status as booking_status,
               coalesce(holder.full_name, holder.username) as holder_name,
               event.status <> 'cancelled' and not exists (
                   select from ticket_transfer
                   where  ticket_transfer.ticket_id = ticket.id
                   and    ticket_transfer.status = 'pending'
                   and    ticket_transfer.expires_at > @now) as may_be_offered
        from   ticket
        join   booking on booking.id = ticket.booking_id
        join   event on event.id = booking.event_id
        join   seat on seat.id = ticket.seat_id
        join   seat_category on seat_category.id = ticket.category_id
        join   account as holder on holder.id = ticket.holder_id
        left join venue on venue.id = event.venue_id
        """;

    /// <summary>For its buyer, its holder and administrators.</summary>
    public async Task<Result<Ticket>> Get(long accountId, bool isAdmin, long ticketId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        var row = await db.QuerySingleOrDefaultAsync<TicketRow>(
            $"""
            {Select}
            where  ticket.id = @ticketId
            and    (ticket.holder_id = @accountId or booking.account_id = @accountId or @isAdmin)
            """,
            new { ticketId, accountId, isAdmin, now });
        return row is null ? TicketProblems.NotFound : Show(row, accountId, now);
    }

    /// <summary>All tickets of a booking, for its buyer and administrators.</summary>
    public async Task<Result<Ticket[]>> OfBooking(long accountId, bool isAdmin, long bookingId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        var rows = await db.QueryAsync<TicketRow>(
            $"""
            {Select}
            where    ticket.booking_id = @bookingId
            and      (booking.account_id = @accountId or @isAdmin)
            order by ticket.id
            """,
            new { bookingId, accountId, isAdmin, now });

        // Every booking has tickets, so none means that it is unknown or somebody else's.
        return rows.Length == 0 ? BookingProblems.NotFound : rows.Select(row => Show(row, accountId, now)).ToArray();
    }

    /// <summary>The tickets with which the caller may enter, or could have: upcoming ones soonest first, others newest first.</summary>
    public async Task<TicketList> Mine(long accountId, TicketFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var parameters = new { accountId, filter.When, now, page.Offset, page.Size };
        await using var db = await database.OpenAsync(cancellationToken);

        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            from   ticket
            join   booking on booking.id = ticket.booking_id
            join   event on event.id = booking.event_id
            where  ticket.holder_id = @accountId
            and    (@When::text is null or (event.event_date > @now) = (@When = 'upcoming'));

            {Select}
            where    ticket.holder_id = @accountId
            and      (@When::text is null or (event.event_date > @now) = (@When = 'upcoming'))
            order by case when @When = 'upcoming' then event.event_date end,
                     ticket.id desc
            offset   @Offset
            limit    @Size
            """,
            parameters);

        return new TicketList
        {
            Total = await read.ReadSingleAsync<long>(),
            Tickets = [.. (await read.ReadAsync<TicketRow>()).Select(row => Show(row, accountId, now))],
            Page = page.Number,
            PageSize = page.Size,
        };
    }

    /// <summary>The printed ticket, for its holder.</summary>
    public async Task<Result<Document>> Download(long accountId, long ticketId, CancellationToken cancellationToken)
    {
        var found = await Get(accountId, isAdmin: false, ticketId, cancellationToken);

        if (found.Problem is { } problem)
        {
            return problem;
        }

        var ticket = found.Value;

        if (!ticket.IsHolder)
        {
            return TicketProblems.NotFound;
        }

        return await printer.PrintTicketAsync(ticketId, accountId, cancellationToken) is { } printed
            ? new Document(printed, "application/pdf", $"ticket-{ticket.TicketNumber}.pdf")
            : TicketProblems.NotConfirmed;
    }

    /// <summary>All tickets of a booking that its buyer holds, as one file. Refuses a booking that is not confirmed, and one whose tickets are all somebody else's by now.</summary>
    public async Task<Result<Document>> DownloadAll(long accountId, long bookingId, CancellationToken cancellationToken)
    {
        string? number;
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            number = await db.QuerySingleOrDefaultAsync<string>(
                """
                select booking_number
                from   booking
                where  id = @bookingId
                and    account_id = @accountId
                """,
                new { bookingId, accountId });
        }

        if (number is null)
        {
            return BookingProblems.NotFound;
        }

        return await printer.MakeAsync(bookingId, cancellationToken) is [var tickets]
            ? new Document(tickets.Content, tickets.ContentType, $"booking-{number}.pdf")
            : BookingProblems.NotConfirmed;
    }

    private Ticket Show(TicketRow row, long accountId, DateTimeOffset now)
    {
        var isHolder = row.HolderId == accountId;
        var mayEnter = row.BookingStatus == "confirmed" && row.Status is "valid" or "used";
        return new Ticket
        {
            Id = row.Id,
            BookingId = row.BookingId,
            TicketNumber = row.TicketNumber,
            CategoryName = row.CategoryName,
            SeatLabel = row.SeatLabel,
            Price = row.Price,
            Status = row.Status,
            IsUsed = row.Status == "used",
            UsedAt = row.UsedAt,
            CreatedAt = row.CreatedAt,
            EventId = row.EventId,
            EventTitle = row.EventTitle,
            EventDate = row.EventDate,
            TimeZone = row.TimeZone,
            VenueName = row.VenueName,
            VenueCity = row.VenueCity,
            BookingNumber = row.BookingNumber,
            BookingStatus = row.BookingStatus,
            HolderName = row.HolderName,
            IsHolder = isHolder,
            Transferable = isHolder && row.BookingStatus == "confirmed" && row.Status == "valid" && row.MayBeOffered && now < row.EventDate,
            QrPayload = isHolder && mayEnter ? signer.Sign(row.Id, row.EventId, row.Generation) : null,
        };
    }

    private sealed record TicketRow
    {
        public long Id { get; init; }

        public long BookingId { get; init; }

        public string TicketNumber { get; init; } = "";

        public int Generation { get; init; }

        public long HolderId { get; init; }

        public string CategoryName { get; init; } = "";

        public string? SeatLabel { get; init; }

        public Money Price { get; init; }

        public string Status { get; init; } = "";

        public DateTimeOffset? UsedAt { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public long EventId { get; init; }

        public string EventTitle { get; init; } = "";

        public DateTimeOffset EventDate { get; init; }

        public string TimeZone { get; init; } = "";

        public string? VenueName { get; init; }

        public string? VenueCity { get; init; }

        public string BookingNumber { get; init; } = "";

        public string BookingStatus { get; init; } = "";

        public string? HolderName { get; init; }

        public bool MayBeOffered { get; init; }
    }
}
