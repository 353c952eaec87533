using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Seating;

/// <summary>Rupees with at most two decimals: nothing, or at least one rupee.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PriceAttribute() : ValidationAttribute("must be 0, or at least 1.00, with at most two decimals.")
{
    public override bool IsValid(object? value) =>
        value is null || (value is decimal rupees && Money.FromRupees(rupees) is { } price && (price == Money.Zero || price.Paise is >= 100 and <= 100_000_000_000));
}

/// <summary>Names of rows: none empty, none longer than 10, none twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RowNamesAttribute() : ValidationAttribute("must be different names of 1 to 10 characters.")
{
    public override bool IsValid(object? value) =>
        value is null || (value is string?[] rows && rows.All(row => row?.Trim().Length is >= 1 and <= 10) && rows.Select(row => row!.Trim()).Distinct().Count() == rows.Length);
}
