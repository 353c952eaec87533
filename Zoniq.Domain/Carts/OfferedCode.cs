namespace Zoniq.Domain.Carts;

/// <summary>A code as a cart meets it.</summary>
internal record OfferedCode
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    /// <summary>Whether it is switched on and for the cart's event.</summary>
    public bool IsForCart { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>percent or amount.</summary>
    public string Kind { get; init; } = "";

    public long Value { get; init; }

    public Money? MinAmount { get; init; }

    public PromoTerms Terms => new(Kind, Value);

    /// <summary>Why it cannot be used for so much at this moment, uses aside; it can be from its first moment until just before its last.</summary>
    public Problem? Refusal(Money subtotal, DateTimeOffset now) => this switch
    {
        { IsForCart: false } => PromoProblems.NotFound,
        _ when now < StartsAt => PromoProblems.NotStarted,
        _ when EndsAt <= now => PromoProblems.Ended,
        { MinAmount: { } minimum } when subtotal < minimum => PromoProblems.MinimumNotMet(minimum),
        _ => null,
    };
}
