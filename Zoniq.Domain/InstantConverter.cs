using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zoniq.Domain;

/// <summary>A moment in JSON: ISO 8601 in UTC with <c>Z</c>, milliseconds only when there are any. Reading wants an offset.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const int Longest = 24; // 2026-01-31T18:30:00.000Z

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var instant)
            ? instant
            : throw new JsonException("must be a date and time with an offset, such as 2026-01-31T18:30:00+05:30.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Longest];
        var format = value.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        _ = value.UtcDateTime.TryFormat(text, out var written, format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..written]);
    }

    /// <summary>An instant needs its offset: without one it would mean the server's own zone.</summary>
    private static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        var time = text.IndexOf('T', StringComparison.OrdinalIgnoreCase);
        return time > 0
            && text.AsSpan(time).IndexOfAny("Zz+-") > 0
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
    }
}
