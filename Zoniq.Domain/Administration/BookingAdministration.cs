using System.Runtime.CompilerServices;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Every booking, for administrators.</summary>
public sealed class BookingAdministration(Database database, CatalogueOptions options)
{
    private const string Shown =
        """
        select booking.*,
               booking.promo_code as promo_code_used,
               account.username,
               account.email,
               account.full_name,
               event.title,
               event.event_date
        from   booking
        join   account on account.id = booking.account_id
        join   event on event.id = booking.event_id
        """;

    /// <summary>Bookings whose contact or account has the address.</summary>
    private const string WithAddress =
        """
        from (
            select id
            from   booking
            where  lower(contact_email) = @Email
            union all
            select booking.id
            from   booking
            join   account on account.id = booking.account_id
            where  account.email = @Email) as reachable
        """;

    /// <summary>Newest first.</summary>
    public async Task<AdminBookingPage> List(AdminBookingFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await database.SnapshotAsync(cancellationToken);
        var search = await SearchText.OfAsync(db, filter.Search, WithAddress);
        var where = Where(filter, search);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            from   booking
            {where};

            {Shown}
            where    booking.id in (
                select   booking.id
                from     booking
                {where}
                order by booking.id desc
                offset   @Offset
                limit    @Size)    -- what belongs to them is read of this page only, not of all before it
            order by booking.id desc
            """,
            Parameters(filter, search, page));

        var total = await read.ReadSingleAsync<long>();
        return new AdminBookingPage([.. await read.ReadAsync<AdminBooking>()], total, page.Number, page.Size);
    }

    /// <summary>All that the filter lets through, in the same order.</summary>
    public async IAsyncEnumerable<AdminBooking> All(AdminBookingFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SearchText? search;
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            search = await SearchText.OfAsync(db, filter.Search, WithAddress);
        }

        var rows = database.StreamAsync<AdminBooking>(
            $"""
            {Shown}
            {Where(filter, search)}
            order by booking.id desc
            """,
            Parameters(filter, search, default),
            cancellationToken);
        await foreach (var row in rows)
        {
            yield return row;
        }
    }

    /// <summary>With tickets and money. Refuses a booking that is not there.</summary>
    public async Task<Result<AdminBookingDetail>> Get(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.SnapshotAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            {Shown}
            where  booking.id = @id;

            {BookingReader.SelectItems}
            where    booking.id = @id
            order by ticket.id;

            select   *
            from     payment
            where    booking_id = @id
            order by id;

            select   refund.*
            from     refund
            join     payment on payment.id = refund.payment_id
            where    payment.booking_id = @id
            order by refund.id
            """,
            new { id });

        if (await read.ReadSingleOrDefaultAsync<AdminBookingDetail>() is not { } booking)
        {
            return BookingProblems.NotFound;
        }

        BookingItem[] items = [.. await read.ReadAsync<BookingItem>()];
        Payment[] payments = [.. await read.ReadAsync<Payment>()];
        Refund[] refunds = [.. await read.ReadAsync<Refund>()];
        return booking with
        {
            Items = items,
            Payments = [.. payments.Select(payment => payment with { Refunds = [.. refunds.Where(refund => refund.PaymentId == payment.Id)] })],
            Refunds = refunds,
        };
    }

    private static Conditions Where(AdminBookingFilter filter, SearchText? search) => new Conditions()
        .When(filter.Status is not null, "booking.status = @Status")
        .When(filter.PaymentStatus is not null, "booking.payment_status = @PaymentStatus")
        .When(filter.EventId is not null, "booking.event_id = @EventId")
        .When(filter.UserId is not null, "booking.account_id = @UserId")
        .When(filter.DateFrom is not null, "booking.created_at >= @From")
        .When(filter.DateTo is not null, "booking.created_at < @Until")
        .When(search?.BookingNumber is not null, "booking.booking_number = @BookingNumber")
        .When(
            search?.Email is not null,
            $"""
            booking.id in (
                select id
                {WithAddress})
            """)
        .When(
            search is { IsPart: true },
            """
            (strpos(booking.booking_number, @NumberPart) > 0
             or strpos(lower(booking.contact_email), @Part) > 0
             or booking.account_id in (select id from account where strpos(email, @Part) > 0))
            """);

    private object Parameters(AdminBookingFilter filter, SearchText? search, PageRequest page)
    {
        var days = Days.Between(filter.DateFrom, filter.DateTo, options.DefaultTimeZone);
        return new
        {
            filter.Status,
            filter.PaymentStatus,
            filter.EventId,
            filter.UserId,
            days.From,
            days.Until,
            search?.BookingNumber,
            search?.Email,
            search?.NumberPart,
            search?.Part,
            page.Offset,
            page.Size,
        };
    }
}
