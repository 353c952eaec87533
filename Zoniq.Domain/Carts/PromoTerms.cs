namespace Zoniq.Domain.Carts;

/// <summary>What a code takes off.</summary>
/// <param name="Kind">percent or amount.</param>
/// <param name="Value">Hundredths of a percent, 1 to 10,000; or paise, at least 1.</param>
public sealed record PromoTerms(string Kind, long Value)
{
    /// <summary>The least that the payment provider takes.</summary>
    private static readonly Money LeastPayment = new(100);

    /// <summary>
    /// Half up to the paisa, and never more than there is. What is left to pay is nothing, or at least a rupee, unless everything together costs less than
    /// that: then the code takes nothing off.
    /// </summary>
    public Money DiscountOn(Money subtotal)
    {
        var full = Kind == "percent" ? (long)((((Int128)subtotal.Paise * Value) + 5_000) / 10_000) : Value;
        var discount = new Money(Math.Min(full, subtotal.Paise));
        var payable = subtotal - discount;
        return payable > Money.Zero && payable < LeastPayment ? new Money(Math.Max(0, (subtotal - LeastPayment).Paise)) : discount;
    }

    /// <summary>
    /// The discount's share of each price, in proportion, so that the shares add up to it: what remains after rounding down goes, a paisa each, to the largest
    /// remainders, and among equal ones to the first.
    /// </summary>
    /// <param name="discount">At most the sum of the prices.</param>
    /// <param name="prices">Of each ticket.</param>
    public static Money[] Split(Money discount, Money[] prices)
    {
        var total = prices.Sum(price => price.Paise);

        if (total == 0)
        {
            return new Money[prices.Length];
        }

        var shares = Array.ConvertAll(prices, price => (long)((Int128)discount.Paise * price.Paise / total));
        var left = discount.Paise - shares.Sum();

        foreach (var at in Enumerable.Range(0, prices.Length).OrderByDescending(at => (Int128)discount.Paise * prices[at].Paise % total).Take((int)left))
        {
            shares[at]++;
        }

        return Array.ConvertAll(shares, share => new Money(share));
    }
}
