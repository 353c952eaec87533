using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zoniq.Domain;

/// <summary>An amount in Indian rupees, kept as whole paise. JSON shows rupees with two decimals unless <see cref="MoneyAsPaise"/> says otherwise.</summary>
/// <param name="Paise">Hundredths of a rupee.</param>
[JsonConverter(typeof(MoneyAsRupees))]
public readonly record struct Money(long Paise) : IComparable<Money>
{
    /// <summary>The currency of every amount.</summary>
    public const string Currency = "INR";

    public static readonly Money Zero;

    /// <summary>Rupees with exactly two decimals.</summary>
    public decimal Rupees => new(
        lo: unchecked((int)Math.Abs(Paise)), mid: unchecked((int)(Math.Abs(Paise) >> 32)), hi: 0, isNegative: Paise < 0, scale: 2);

    /// <summary>Exact; null when the amount has more than two decimals or does not fit.</summary>
    public static Money? FromRupees(decimal rupees)
    {
        if (Math.Abs(rupees) > 1_000_000_000_000m)
        {
            return null;
        }

        var paise = rupees * 100m;
        return paise == decimal.Truncate(paise) ? new Money((long)paise) : null;
    }

    public static Money operator +(Money left, Money right) => new(checked(left.Paise + right.Paise));

    public static Money operator -(Money left, Money right) => new(checked(left.Paise - right.Paise));

    public static Money operator *(Money money, int times) => new(checked(money.Paise * times));

    public static bool operator <(Money left, Money right) => left.Paise < right.Paise;

    public static bool operator >(Money left, Money right) => left.Paise > right.Paise;

    public static bool operator <=(Money left, Money right) => left.Paise <= right.Paise;

    public static bool operator >=(Money left, Money right) => left.Paise >= right.Paise;

    public int CompareTo(Money other) => Paise.CompareTo(other.Paise);

    /// <summary>As people in India write it: <c>₹12,34,567.89</c>.</summary>
    public override string ToString() => RupeeText.Format(this);
}

/// <summary>Money in JSON as rupees: <c>5000.00</c>.</summary>
public sealed class MoneyAsRupees : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDecimal(out var rupees) && Money.FromRupees(rupees) is { } money
            ? money
            : throw new JsonException("An amount in rupees has at most two decimals.");

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Rupees);
}

/// <summary>Money in JSON as whole paise, as the payment provider counts.</summary>
public sealed class MoneyAsPaise : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetInt64(out var paise) ? new Money(paise) : throw new JsonException("An amount in paise is a whole number.");

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Paise);
}

internal static class RupeeText
{
    /// <summary>Groups by lakh and crore: the last three digits, then pairs.</summary>
    public static string Format(Money money)
    {
        var paise = Math.Abs(money.Paise);
        var digits = (paise / 100).ToString();
        var grouped = digits.Length <= 3 ? digits : digits[^3..];

        for (var end = digits.Length - 3; end > 0; end -= 2)
        {
            grouped = $"{digits[Math.Max(0, end - 2)..end]},{grouped}";
        }

        return $"{(money.Paise < 0 ? "-" : "")}₹{grouped}.{paise % 100:00}";
    }
}
