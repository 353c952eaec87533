using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>Choosing numbered seats for somebody who has not chosen.</summary>
public static class BestTogether
{
    /// <summary>Of choices that are about as good, one is taken at random, so that not everybody who asks at the same moment is told the same.</summary>
    private const int AboutAsGood = 4;

    /// <summary>So many free seats of a category, as they stand at this moment; fewer when there are not so many.</summary>
    /// <param name="db">Where to look.</param>
    /// <param name="categoryId">Of which category.</param>
    /// <param name="quantity">How many.</param>
    /// <param name="chance">Picks among what is about as good; null always picks the best.</param>
    /// <param name="now">The moment.</param>
    public static async Task<(Seat[] Seats, bool AreTogether)> ChooseAsync(Session db, long categoryId, int quantity, Random? chance, DateTimeOffset now)
    {
        var seats = await db.QueryAsync<Seat>(
            $"""
            select s.id, s.category_id, s.label as seat_label, s.row_name, s.section, s.seat_number, s.position_x, s.position_y,
                   case when {SeatStatus.IsFreeSql} then 'available' else 'locked' end as status
            from   seat s
            where  s.category_id = @categoryId
            and    s.label is not null
            """,
            new { categoryId, now });
        return Choose(seats, quantity, chance);
    }

    /// <summary>
    /// Side by side, rather without leaving one seat alone, rather in front, rather in the middle of the row. Where so many are nowhere side by side, in as few groups as can be.
    /// </summary>
    public static (Seat[] Seats, bool AreTogether) Choose(IEnumerable<Seat> seats, int quantity, Random? chance = null)
    {
        var rows = seats
            .GroupBy(seat => (seat.Section, seat.RowName))
            .Select(row => row.OrderBy(seat => seat.PositionX ?? 0).ThenBy(seat => seat, SeatOrder.Instance).ToArray())
            .OrderBy(row => row.Min(seat => seat.PositionY) ?? 0)
            .ThenBy(row => row[0], SeatOrder.Instance)
            .ToArray();
        var runs = rows.SelectMany((row, rank) => FreeRuns(row).Select(run => new Run(row, rank, run.From, run.Length))).ToArray();

        var best = runs
            .SelectMany(run => run.Windows(quantity))
            .OrderBy(window => window.Alone)
            .ThenBy(window => window.Rank)
            .ThenBy(window => window.FromMiddle)
            .ThenBy(window => window.From)
            .Take(chance is null ? 1 : AboutAsGood)
            .ToArray();

        // What leaves somebody alone, or is in another row, is not as good as the best.
        best = [.. best.Where(window => window.Alone == best[0].Alone && window.Rank == best[0].Rank)];
        return best.Length > 0
            ? (best[chance?.Next(best.Length) ?? 0].Seats, true)
            : ([.. runs.OrderByDescending(run => run.Length).ThenBy(run => run.Rank).SelectMany(run => run.Row[run.From..(run.From + run.Length)]).Take(quantity)], false);
    }

    /// <summary>Free seats that follow each other without a gap.</summary>
    private static IEnumerable<(int From, int Length)> FreeRuns(Seat[] row)
    {
        var step = row.Zip(row.Skip(1), (left, right) => right.PositionX - left.PositionX).Where(distance => distance > 0).Min();
        for (var from = 0; from < row.Length; from++)
        {
            if (row[from].Status != SeatStatus.Available)
            {
                continue;
            }

            var length = 1;
            while (from + length < row.Length && row[from + length].Status == SeatStatus.Available && AreNeighbours(row[from + length - 1], row[from + length], step))
            {
                length++;
            }

            yield return (from, length);
            from += length - 1;
        }
    }

    /// <summary>By where they stand, with no room for a third between them; where that is not known, by their numbers; without numbers, by their order.</summary>
    private static bool AreNeighbours(Seat left, Seat right, int? step) =>
        step is { } least && (left.PositionX, right.PositionX) is ({ } x, { } next) ? next - x < 2 * least
        : !int.TryParse(left.SeatNumber, out var number) || !int.TryParse(right.SeatNumber, out var other) || other - number == 1;

    private sealed record Run(Seat[] Row, int Rank, int From, int Length)
    {
        public IEnumerable<Window> Windows(int quantity) =>
            from start in Enumerable.Range(From, Math.Max(0, Length - quantity + 1))
            let left = start - From
            let right = From + Length - start - quantity
            select new Window(
                Row[start..(start + quantity)],
                Rank,
                start,
                (left == 1 ? 1 : 0) + (right == 1 ? 1 : 0),
                Math.Abs((2 * start) + quantity - Row.Length));
    }

    /// <param name="Seats">Side by side.</param>
    /// <param name="Rank">Of the row, from the front.</param>
    /// <param name="From">Where in the row it begins.</param>
    /// <param name="Alone">Seats that would be left alone.</param>
    /// <param name="FromMiddle">Twice the distance from the middle of the row.</param>
    private sealed record Window(Seat[] Seats, int Rank, int From, int Alone, int FromMiddle);
}
