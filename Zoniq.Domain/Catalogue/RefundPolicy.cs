using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Catalogue;

/// <summary>What somebody who cancels gets back: <see cref="Percent"/> of what was paid until so many hours before the event, later nothing.</summary>
public sealed record RefundPolicy
{
    /// <summary>Nothing is ever returned on cancelling.</summary>
    public const string None = "none";

    /// <summary>A share is returned until some hours before the event.</summary>
    public const string FullUntil = "full_until";

    /// <summary>none or full_until.</summary>
    [AllowedValues(None, FullUntil)]
    public string Type { get; init; } = FullUntil;

    /// <summary>0 to 8760.</summary>
    [Range(0, 8760)]
    public int HoursBeforeEvent { get; init; } = 24;

    /// <summary>0 to 100, of what was paid.</summary>
    [Range(0, 100)]
    public int Percent { get; init; } = 100;
}

/// <summary>What is to be different about a refund policy.</summary>
public sealed record PatchRefundPolicy
{
    /// <summary>none or full_until.</summary>
    [AllowedValues(null, RefundPolicy.None, RefundPolicy.FullUntil, ErrorMessage = "must be none or full_until.")]
    public string? Type { get; init; }

    /// <summary>0 to 8760.</summary>
    [Range(0, 8760)]
    public int? HoursBeforeEvent { get; init; }

    /// <summary>0 to 100, of what was paid.</summary>
    [Range(0, 100)]
    public int? Percent { get; init; }
}
