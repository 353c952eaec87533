using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Catalogue;

namespace Zoniq.Domain.Administration;

/// <summary>A stretch of time: from its first moment up to, but not including, <see cref="Until"/>. An open end is null.</summary>
internal sealed record Days(DateTimeOffset? From, DateTimeOffset? Until)
{
    /// <summary>What the database can tell apart.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMicroseconds(1);

    /// <summary>From the first day or moment to the last, both included.</summary>
    public static Days Between(DayInput? first, DayInput? last, TimeZoneInfo zone) => new(
        first?.Day is { } from ? Start(from, zone) : first?.Time?.In(zone),
        last?.Day is { } to ? Start(to.AddDays(1), zone) : last?.Time?.In(zone) + Moment);

    /// <summary>So many days, of which today is the last.</summary>
    public static Days Last(int days, DateTimeOffset now, TimeZoneInfo zone) =>
        new(Start(Today(now, zone).AddDays(1 - days), zone), Start(Today(now, zone).AddDays(1), zone));

    /// <summary>What the calendar on the wall shows.</summary>
    public static DateOnly Today(DateTimeOffset now, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);

    /// <summary>The first moment of a day.</summary>
    public static DateTimeOffset Start(DateOnly day, TimeZoneInfo zone) => TimeInput.At(day.ToDateTime(TimeOnly.MinValue), zone);
}

/// <summary>A filter by days, in the default time zone; both ends are included.</summary>
public abstract record DayFilter : IValidatableObject
{
    /// <summary>The first day, or a date and time.</summary>
    public DayInput? DateFrom { get; init; }

    /// <summary>The last day, which is included, or a date and time.</summary>
    public DayInput? DateTo { get; init; }

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        DayBounds.Check(DateFrom, DateTo, validationContext.GetRequiredService<CatalogueOptions>().DefaultTimeZone);
}
