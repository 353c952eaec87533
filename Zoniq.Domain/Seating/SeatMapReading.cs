using System.Collections.Concurrent;

namespace Zoniq.Domain.Seating;

/// <summary>What was read of a map and, once somebody has asked for them, its categories: who looks at the same part is given the same object.</summary>
/// <param name="whole">Of all categories.</param>
/// <param name="part">Makes the part that belongs to a category; null when it is not on sale there.</param>
internal sealed class SeatMapReading(SeatMapAnswer whole, Func<long, SeatMapAnswer?> part)
{
    private readonly ConcurrentDictionary<long, SeatMapAnswer> parts = new();

    public SeatMapAnswer Whole => whole;

    /// <summary>One category of it; null when it is not on sale there.</summary>
    public SeatMapAnswer? Of(long categoryId)
    {
        if (!parts.TryGetValue(categoryId, out var known) && part(categoryId) is { } made)
        {
            known = parts.GetOrAdd(categoryId, made);    // strangers' numbers are not remembered
        }

        return known;
    }
}
