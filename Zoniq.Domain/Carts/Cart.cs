using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Carts;

/// <summary>What a buyer is about to book for one event; every line is a real hold.</summary>
public sealed record Cart
{
    public long Id { get; init; }

    public long UserId { get; init; }

    public long EventId { get; init; }

    public string? EventTitle { get; init; }

    public DateTimeOffset? EventDate { get; init; }

    /// <summary>The thumbnail, else the banner.</summary>
    public string? EventImage { get; init; }

    /// <summary>active, converted, abandoned or expired.</summary>
    public string Status { get; init; } = "";

    public CartItem[] Items { get; init; } = [];

    public Money Subtotal { get; init; }

    public Money DiscountAmount { get; init; }

    public string? PromoCode { get; init; }

    public Money Total { get; init; }

    /// <summary>Tickets, not lines.</summary>
    public int ItemCount { get; init; }

    /// <summary>Whether the cart was offered from the waiting list.</summary>
    public bool IsWaitlistOffer { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    internal string? PromoKind { get; init; }

    internal long PromoValue { get; init; }

    internal Money? PromoMinAmount { get; init; }
}

/// <summary>One category in a cart.</summary>
public sealed record CartItem
{
    public long Id { get; init; }

    public long SeatCategoryId { get; init; }

    public string? CategoryName { get; init; }

    public string? CategoryColor { get; init; }

    /// <summary>The chosen seats; null for standing places.</summary>
    public long[]? SeatIds { get; init; }

    public int Quantity { get; init; }

    /// <summary>The price when it was added; used at checkout.</summary>
    public Money UnitPrice { get; init; }

    public Money Subtotal { get; init; }

    /// <summary>Until when the places are held.</summary>
    public DateTimeOffset LockedUntil { get; init; }
}

/// <summary>Opens a cart.</summary>
public sealed record OpenCart
{
    [Required]
    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }
}

/// <summary>Puts places of one category into the cart.</summary>
public sealed record AddCartItem : IValidatableObject
{
    [Required]
    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }

    [Required]
    [Range(1, long.MaxValue)]
    public long? SeatCategoryId { get; init; }

    /// <summary>Standing places, 1 to 50. Not looked at when seats are chosen.</summary>
    public int Quantity { get; init; } = 1;

    /// <summary>The chosen numbered seats: 1 to 50, each once.</summary>
    [Length(1, 50, ErrorMessage = "must name 1 to 50 seats.")]
    [Distinct]
    public long[]? SeatIds { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        SeatIds is null && Quantity is (< 1 or > 50) ? [new ValidationResult("must be between 1 and 50.", [nameof(Quantity)])] : [];
}

/// <summary>Changes the number of standing places.</summary>
public sealed record ChangeQuantity
{
    [Required]
    [Range(1, 50)]
    public int? Quantity { get; init; }
}

/// <summary>Whether the cart could be checked out now.</summary>
public sealed record CartCheck
{
    public bool IsValid { get; init; }

    public string[] Errors { get; init; } = [];

    public string[] Warnings { get; init; } = [];
}

/// <summary>Tickets in all live carts of a person.</summary>
public sealed record CartCount
{
    public int Count { get; init; }
}

/// <summary>No value occurs twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DistinctAttribute : ValidationAttribute
{
    public DistinctAttribute()
        : base("must not name the same one twice.")
    {
    }

    public override bool IsValid(object? value) =>
        value is not long[] ids || ids.Distinct().Count() == ids.Length;
}
