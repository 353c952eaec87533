using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zoniq.Domain.Catalogue;

/// <summary>A date and time as somebody entered it: <c>2026-12-31T19:00</c>, meant in the zone of the venue, or with an offset of its own.</summary>
[JsonConverter(typeof(TimeInputJson))]
public sealed record TimeInput(string Text) : IParsable<TimeInput>
{
    private static readonly string[] Formats =
        [.. from separator in new[] { "'T'", " " }
            from time in new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" }
            select $"yyyy-MM-dd{separator}{time}"];

    private static readonly string[] FormatsWithOffset = [.. Formats.SelectMany(format => new[] { $"{format}zzz", $"{format}'Z'" })];

    /// <summary>Dates outside 1900 to 2199 are slips of the pen.</summary>
    private static bool IsPlausible(int year) => year is >= 1900 and < 2200;

    /// <summary>Whether it is a date and time at all.</summary>
    public bool IsReadable => Local is not null || Instant is not null;

    /// <summary>What the clock on the wall shows, when no offset was given.</summary>
    internal DateTime? Local =>
        DateTime.TryParseExact(Text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && IsPlausible(local.Year)
            ? local.AddTicks(-Finer(local.Ticks))
            : null;

    /// <summary>The moment, when an offset was given.</summary>
    internal DateTimeOffset? Instant =>
        DateTimeOffset.TryParseExact(Text, FormatsWithOffset, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && IsPlausible(instant.Year)
            ? instant.AddTicks(-Finer(instant.Ticks)).ToUniversalTime()
            : null;

    /// <summary>The moment that is meant. In the gap of a clock change it moves forward; in the overlap it is the earlier one.</summary>
    public DateTimeOffset In(TimeZoneInfo zone)
    {
        if (Instant is { } instant)
        {
            return instant;
        }

        return At(Local ?? throw new InvalidOperationException("Not a date and time."), zone);
    }

    /// <summary>The moment at which the clock on the wall of a zone shows this; gap and overlap as above.</summary>
    internal static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        // In a gap the clock before the change is still the one that counts: 02:30 + the jump = 03:30.
        var offset = zone.IsInvalidTime(local)
            ? zone.GetUtcOffset(local.AddDays(-1))
            : zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);

        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>What the database would not keep: times that are compared here are those that are stored.</summary>
    private static long Finer(long ticks) => ticks % TimeSpan.TicksPerMicrosecond;

    public static TimeInput Parse(string s, IFormatProvider? provider) => new(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out TimeInput result)
    {
        result = new TimeInput(s ?? "");
        return result.IsReadable;
    }

    public override string ToString() => Text;
}

/// <summary>Takes any text, so that a wrong one is a message at its field and not an unreadable body.</summary>
public sealed class TimeInputJson : JsonConverter<TimeInput>
{
    public override TimeInput? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new TimeInput(reader.GetString()!.Trim())
            : throw new JsonException("must be a date and time such as 2026-12-31T19:00, with or without an offset.");

    public override void Write(Utf8JsonWriter writer, TimeInput value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}
