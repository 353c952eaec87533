using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Seating;

/// <summary>Which part of a seat map somebody wants.</summary>
public sealed record SeatMapFilter
{
    /// <summary>Only this category.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? CategoryId { get; init; }

    /// <summary>Only what changed after this version of the map; all of it when the version is not known, or not any more.</summary>
    public long? Since { get; init; }
}
