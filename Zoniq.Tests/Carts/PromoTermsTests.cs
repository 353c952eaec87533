using Zoniq.Domain;
using Zoniq.Domain.Carts;

namespace Zoniq.Tests.Carts;

/// <summary>What a code takes off, to the paisa.</summary>
public sealed class PromoTermsTests
{
    [Theory]
    [InlineData("percent", 1_000, 50_000, 5_000)]
    [InlineData("percent", 3_333, 10_050, 3_350)]        // 3349.665: up
    [InlineData("percent", 50, 10_100, 51)]              // 50.5: half up
    [InlineData("percent", 10_000, 50_000, 50_000)]
    [InlineData("percent", 9_999, 50_000, 49_900)]       // 5 paise would be left to pay: a rupee
    [InlineData("amount", 20_000, 50_000, 20_000)]
    [InlineData("amount", 60_000, 50_000, 50_000)]
    [InlineData("amount", 49_901, 50_000, 49_900)]
    [InlineData("amount", 49_900, 50_000, 49_900)]
    [InlineData("amount", 5_000, 0, 0)]
    public void A_discount_is_half_up_and_leaves_nothing_or_a_rupee(string kind, long value, long subtotal, long discount) =>
        Assert.Equal(new Money(discount), new PromoTerms(kind, value).DiscountOn(new Money(subtotal)));

    [Fact]
    public void A_split_goes_to_the_largest_remainders_and_among_equal_ones_to_the_first() =>
        Assert.Equal([34, 33, 33, 0], PromoTerms.Split(new Money(100), [new(500), new(500), new(500), new(0)]).Select(share => share.Paise));

    [Fact]
    public void Of_a_hundred_thousand_carts_each_adds_up_to_the_paisa()
    {
        var random = new Random(20_261_126);

        for (var cart = 0; cart < 100_000; cart++)
        {
            var prices = Enumerable.Range(0, random.Next(1, 51)).Select(_ => APrice(random)).ToArray();
            var subtotal = prices.Aggregate(Money.Zero, (sum, price) => sum + price);
            var terms = random.Next(2) == 0
                ? new PromoTerms("percent", random.Next(1, 10_001))
                : new PromoTerms("amount", random.NextInt64(1, (2 * subtotal.Paise) + 2));
            var discount = terms.DiscountOn(subtotal);
            var shares = PromoTerms.Split(discount, prices);
            var payable = subtotal - discount;

            Assert.True(discount >= Money.Zero && discount <= subtotal && (payable == Money.Zero || payable.Paise >= 100), $"Cart {cart}: {discount} of {subtotal}");
            Assert.True(shares.Aggregate(Money.Zero, (sum, share) => sum + share) == discount, $"Cart {cart}: the shares do not add up to {discount}.");
            Assert.All(shares.Zip(prices), pair =>
            {
                var exact = subtotal == Money.Zero ? 0 : (decimal)discount.Paise * pair.Second.Paise / subtotal.Paise;
                Assert.True(Math.Abs(pair.First.Paise - exact) < 1 && pair.First <= pair.Second && pair.First >= Money.Zero, $"Cart {cart}: {pair.First} of {pair.Second}");
            });
        }
    }

    /// <summary>Nothing, or at least a rupee; a few of the largest there can be.</summary>
    private static Money APrice(Random random) => new(random.Next(20) switch
    {
        0 => 0,
        1 => random.NextInt64(100, 100_000_000_001),
        2 => 100,
        _ => random.Next(100, 1_000_000),
    });
}
