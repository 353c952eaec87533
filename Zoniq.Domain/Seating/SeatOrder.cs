namespace Zoniq.Domain.Seating;

/// <summary>Section, row, seat number, with numbers compared as numbers: seat 2 comes before seat 10.</summary>
internal sealed class SeatOrder : IComparer<Seat>, IComparer<AdminSeat>
{
    public static readonly SeatOrder Instance = new();

    public int Compare(Seat? x, Seat? y) =>
        Compare((x?.Section, x?.RowName, x?.SeatNumber, x?.Id), (y?.Section, y?.RowName, y?.SeatNumber, y?.Id));

    public int Compare(AdminSeat? x, AdminSeat? y) =>
        Compare((x?.Section, x?.RowName, x?.SeatNumber, x?.Id), (y?.Section, y?.RowName, y?.SeatNumber, y?.Id));

    private static int Compare((string? Section, string? Row, string? Number, long? Id) x, (string? Section, string? Row, string? Number, long? Id) y)
    {
        var order = Natural(x.Section, y.Section);
        order = order != 0 ? order : Natural(x.Row, y.Row);
        order = order != 0 ? order : Natural(x.Number, y.Number);
        return order != 0 ? order : Comparer<long?>.Default.Compare(x.Id, y.Id);
    }

    /// <summary>Digits as the number they make, other characters one by one, without regard to case.</summary>
    public static int Natural(string? left, string? right)
    {
        left ??= "";
        right ??= "";
        var (i, j) = (0, 0);

        while (i < left.Length && j < right.Length)
        {
            int order;
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                var one = Number(left, ref i);
                var other = Number(right, ref j);
                order = one.Length != other.Length ? one.Length - other.Length : one.SequenceCompareTo(other);
            }
            else
            {
                order = char.ToUpperInvariant(left[i++]) - char.ToUpperInvariant(right[j++]);
            }

            if (order != 0)
            {
                return order;
            }
        }

        return (left.Length - i) - (right.Length - j);
    }

    private static ReadOnlySpan<char> Number(string text, ref int index)
    {
        var start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        return text.AsSpan(start, index - start).TrimStart('0');
    }
}
