using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Bookings;

/// <summary>A buyer's bookings; somebody else's do not exist for them.</summary>
public sealed class BookingService(Database database, TimeProvider clock)
{
    /// <summary>Newest first, without their tickets.</summary>
    public async Task<BookingPage> Mine(long accountId, BookingFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            from   booking
            where  account_id = @accountId
            and    (@Status::text is null or status = @Status);

            {BookingReader.Select}
            where    booking.account_id = @accountId
            and      (@Status::text is null or booking.status = @Status)
            order by booking.id desc
            offset   @Offset
            limit    @Size
            """,
            new { accountId, filter.Status, page.Offset, page.Size });

        return new BookingPage
        {
            Total = await read.ReadSingleAsync<long>(),
            Bookings = [.. (await read.ReadAsync<BookingReader.BookingRow>()).Select(row => row.Summary())],
            Page = page.Number,
            PageSize = page.Size,
        };
    }

    public async Task<Result<BookingDetail>> Get(long accountId, long bookingId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await BookingReader.Load(db, accountId, bookingId, null, clock.GetUtcNow()) is { } booking
            ? booking
            : BookingProblems.NotFound;
    }

    /// <summary>By its number, in any case and with I, L and O read as the digits they look like.</summary>
    public async Task<Result<BookingDetail>> GetByNumber(long accountId, string number, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await BookingReader.Load(db, accountId, null, NumberAlphabet.Normalise(number), clock.GetUtcNow()) is { } booking
            ? booking
            : BookingProblems.NotFound;
    }
}
