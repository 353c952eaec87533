using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;

namespace Zoniq.Domain.Administration;

/// <summary>A promo code as the office sees it.</summary>
public sealed record PromoCode
{
    public long Id { get; init; }

    /// <summary>3 to 32 of A-Z, 0-9, _ and -.</summary>
    public string Code { get; init; } = "";

    /// <summary>percent or amount.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Percent, or rupees.</summary>
    public Money Value { get; init; }

    /// <summary>Null when it is for every event.</summary>
    public long? EventId { get; init; }

    public int? MaxUses { get; init; }

    public int? PerUserLimit { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What the cart must cost at least.</summary>
    public Money? MinAmount { get; init; }

    public bool IsActive { get; init; }

    /// <summary>In carts that live, in bookings that wait, and in those that were ever confirmed.</summary>
    public int UsedCount { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A promo code as an administrator enters it.</summary>
public sealed record CreatePromoCode : IValidatableObject
{
    /// <summary>In any case; kept in capitals.</summary>
    [Required]
    [CodeName]
    public string? Code { get; init; }

    [Required]
    [AllowedValues("percent", "amount", ErrorMessage = "must be percent or amount.")]
    public string? Kind { get; init; }

    /// <summary>0.01 to 100 percent, or rupees from 0.01.</summary>
    [Required]
    [Hundredths]
    public decimal? Value { get; init; }

    /// <summary>Absent for every event.</summary>
    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }

    [Range(1, int.MaxValue)]
    public int? MaxUses { get; init; }

    [Range(1, int.MaxValue)]
    public int? PerUserLimit { get; init; }

    /// <summary>Meant in the event's zone when it has no offset.</summary>
    [ReadableTime]
    public TimeInput? StartsAt { get; init; }

    /// <summary>Later than the start; from this moment on the code has ended.</summary>
    [ReadableTime]
    public TimeInput? EndsAt { get; init; }

    /// <summary>Rupees.</summary>
    [Price]
    public decimal? MinAmount { get; init; }

    /// <summary>True when not given.</summary>
    public bool? IsActive { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == "percent" && Value > 100)
        {
            yield return new ValidationResult(PromoAdministration.AtMostHundred, [nameof(Value)]);
        }
    }
}

/// <summary>What is to be different about a promo code. Carts that have it keep the terms under which they took it.</summary>
public sealed record PatchPromoCode : Patch
{
    [CodeName]
    public string? Code { get; init; }

    [AllowedValues(null, "percent", "amount", ErrorMessage = "must be percent or amount.")]
    public string? Kind { get; init; }

    [Hundredths]
    public decimal? Value { get; init; }

    [Clearable]
    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }

    [Clearable]
    [Range(1, int.MaxValue)]
    public int? MaxUses { get; init; }

    /// <summary>For uses from now on.</summary>
    [Clearable]
    [Range(1, int.MaxValue)]
    public int? PerUserLimit { get; init; }

    [Clearable]
    [ReadableTime]
    public TimeInput? StartsAt { get; init; }

    [Clearable]
    [ReadableTime]
    public TimeInput? EndsAt { get; init; }

    [Clearable]
    [Price]
    public decimal? MinAmount { get; init; }

    public bool? IsActive { get; init; }
}

/// <summary>Which promo codes to list.</summary>
public sealed record PromoCodeFilter
{
    /// <summary>Part of the code.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }

    public bool? IsActive { get; init; }
}

/// <summary>One page of promo codes, newest first.</summary>
public sealed record PromoCodePage(PromoCode[] PromoCodes, long Total, int Page, int PageSize);

/// <summary>What a promo code may be called.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CodeNameAttribute() : ValidationAttribute("must be 3 to 32 of the letters A to Z, digits, _ and -.")
{
    public override bool IsValid(object? value) =>
        value is null || (value is string { Length: >= 3 and <= 32 } code && code.All(one => char.IsAsciiLetterOrDigit(one) || one is '_' or '-'));
}

/// <summary>More than nothing, with at most two decimals.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HundredthsAttribute() : ValidationAttribute("must be 0.01 or more, with at most two decimals.")
{
    public override bool IsValid(object? value) =>
        value is null || (value is decimal number && Money.FromRupees(number) is { Paise: >= 1 and <= 100_000_000_000 });
}
