using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>Choosing numbered seats for somebody who is not there to choose.</summary>
public static class BestTogether
{
    /// <summary>So many free seats of a category: side by side, else in one row, else any; earlier ones first. Fewer when there are not so many.</summary>
    public static async Task<long[]> ChooseAsync(Session db, long categoryId, int quantity, DateTimeOffset now)
    {
        var free = await db.QueryAsync<Seat>(
            $"""
            select s.id, s.category_id, s.label as seat_label, s.row_name, s.section, s.seat_number
            from   seat s
            where  s.category_id = @categoryId
            and    s.label is not null
            and    {SeatStatus.IsFreeSql}
            """,
            new { categoryId, now });
        Array.Sort(free, SeatOrder.Instance);

        var rows = free.GroupBy(seat => (seat.Section, seat.RowName)).Select(row => row.ToArray()).Where(row => row.Length >= quantity).ToArray();
        var chosen = rows.Select(row => SideBySide(row, quantity)).FirstOrDefault(found => found is not null) ?? rows.FirstOrDefault() ?? free;
        return [.. chosen.Take(quantity).Select(seat => seat.Id)];
    }

    /// <summary>The first seats of a row whose numbers follow each other; null when there are none.</summary>
    private static Seat[]? SideBySide(Seat[] row, int quantity)
    {
        for (var from = 0; from + quantity <= row.Length; from++)
        {
            var seats = row[from..(from + quantity)];
            if (int.TryParse(seats[0].SeatNumber, out var first) && seats.Select((seat, at) => int.TryParse(seat.SeatNumber, out var number) && number == first + at).All(follows => follows))
            {
                return seats;
            }
        }

        return null;
    }
}
