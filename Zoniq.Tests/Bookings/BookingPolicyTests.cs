using Microsoft.Extensions.Configuration;
using Zoniq.Domain;
using Zoniq.Domain.Bookings;

namespace Zoniq.Tests.Bookings;

/// <summary>What a cancellation gives back, to the paisa and to the instant.</summary>
public sealed class BookingPolicyTests
{
    private static readonly DateTimeOffset Begins = new(2027, 1, 14, 13, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("full_until", 24, 100, 24 * 3600, 0, 50_001)]
    [InlineData("full_until", 24, 100, 24 * 3600, -1, 0)]        // an instant too late
    [InlineData("full_until", 24, 50, 25 * 3600, 0, 25_000)]     // 25,000.5: down
    [InlineData("full_until", 24, 0, 25 * 3600, 0, 0)]
    [InlineData("full_until", 0, 100, 0, 1, 50_001)]
    [InlineData("full_until", 0, 100, 0, 0, 0)]                  // it has begun
    [InlineData("full_until", 24, 1, 25 * 3600, 0, 500)]
    [InlineData("none", 24, 100, 25 * 3600, 0, 0)]
    public void It_gives_back_a_share_until_so_many_hours_before(string type, int hoursBefore, int percent, int secondsLeft, int instantsMore, long paise) =>
        Assert.Equal(new Money(paise), BookingPolicy.Refundable(new Money(50_001), type, hoursBefore, percent, Begins, Begins.AddSeconds(-secondsLeft).AddTicks(-instantsMore)));

    [Fact]
    public void The_largest_amount_there_is_has_its_share_too() =>
        Assert.Equal(new Money(long.MaxValue), BookingPolicy.Refundable(new Money(long.MaxValue), "full_until", 0, 100, Begins, Begins.AddDays(-1)));

    [Theory]
    [InlineData("", 15)]
    [InlineData("1", 1)]
    [InlineData("1440", 1440)]
    public void The_operator_gives_a_minute_to_a_day_to_pay(string setting, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), BookingPolicy.From(With(setting)).TimeToPay);

    [Theory]
    [InlineData("0")]
    [InlineData("1441")]
    public void Another_time_to_pay_stops_the_app(string setting) => Assert.Throws<SettingsException>(() => BookingPolicy.From(With(setting)));

    [Theory]
    [InlineData(99, 0)]
    [InlineData(100, 100)]
    public void Less_than_a_rupee_is_nothing(long paise, long sent) => Assert.Equal(new Money(sent), BookingPolicy.IfSendable(new Money(paise)));

    private static Settings With(string minutes) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new("BOOKING_PAYMENT_MINUTES", minutes)]).Build());
}
