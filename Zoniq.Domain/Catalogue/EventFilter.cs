using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Catalogue;

/// <summary>What a list of events is narrowed to.</summary>
public sealed record EventFilter : IValidatableObject
{
    /// <summary>Words or parts of words; no character has a special meaning.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Exactly this one.</summary>
    [StringLength(50)]
    public string? Category { get; init; }

    /// <summary>Part of the name of the venue's city.</summary>
    [StringLength(100)]
    public string? City { get; init; }

    /// <summary>The first day, in the zone of each event.</summary>
    public DayInput? DateFrom { get; init; }

    /// <summary>The last day, which is included.</summary>
    public DayInput? DateTo { get; init; }

    /// <summary>Nothing costs more: rupees.</summary>
    internal const decimal HighestPrice = 1_000_000_000;

    /// <summary>Rupees.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal? MinPrice { get; init; }

    /// <summary>Rupees.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal? MaxPrice { get; init; }

    /// <summary>By date when not given; when searching, by relevance.</summary>
    public EventSort? Sort { get; init; }

    /// <summary>As the clock on the wall of each event has it.</summary>
    public EventTime? When { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var reversed in DayBounds.Check(DateFrom, DateTo, zone: null))
        {
            yield return reversed;
        }

        if (MinPrice > MaxPrice)
        {
            yield return new ValidationResult("must not be below min_price.", [nameof(MaxPrice)]);
        }
    }
}

/// <summary>What comes first in a list of events; where it says the same, the sooner one.</summary>
public enum EventSort
{
    Date,

    /// <summary>The lowest price, free ones first; those without a price last.</summary>
    Price,

    /// <summary>Three for each ticket and one for each wish of the last seven days.</summary>
    Popularity,

    /// <summary>To what is searched for; without a search, by date.</summary>
    Relevance,
}

/// <summary>When an event takes place, in its own zone.</summary>
public enum EventTime
{
    Today,

    Tomorrow,

    /// <summary>Saturday and Sunday: of the week that runs, which begins on Monday.</summary>
    Weekend,

    /// <summary>After this moment.</summary>
    Upcoming,
}

/// <summary>What somebody is looking for.</summary>
public sealed record EventSearch
{
    /// <summary>Words or parts of words.</summary>
    [Required]
    [StringLength(100, MinimumLength = 1)]
    public string? Q { get; init; }
}

/// <summary>How many of the next events, and of which sort.</summary>
public sealed record UpcomingEvents
{
    /// <summary>1 to 50.</summary>
    [Range(1, 50)]
    public int Limit { get; init; } = 10;

    [StringLength(50)]
    public string? Category { get; init; }
}

/// <summary>One page of events and the number of all.</summary>
public sealed record EventPage(Event[] Events, long Total, int Page, int PageSize);
