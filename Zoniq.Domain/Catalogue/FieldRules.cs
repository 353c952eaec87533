using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zoniq.Domain.Catalogue;

/// <summary>A date and time that can be read.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReadableTimeAttribute() : ValidationAttribute("Give a date and time such as 2026-12-31T19:00, with or without an offset.")
{
    public override bool IsValid(object? value) => value is null or TimeInput { IsReadable: true };
}

/// <summary>An address on the web, or a file uploaded here.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebAddressAttribute() : ValidationAttribute("Give an address that starts with http:// or https://, or the path of an upload.")
{
    /// <summary>Where uploaded files are served.</summary>
    public const string UploadPath = "/uploads/";

    public override bool IsValid(object? value) => value switch
    {
        null or "" => true,
        string text when text.StartsWith(UploadPath, StringComparison.Ordinal) => !text.Contains("..", StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace),
        string text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0 && !text.Any(char.IsWhiteSpace),
        _ => false,
    };
}

/// <summary>A JSON object of bounded size that PostgreSQL can keep: no NUL, no half of a character, no number beyond measure.</summary>
/// <param name="bytes">Of the object written without blanks, in UTF-8.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonSizeAttribute(int bytes) : ValidationAttribute($"The object may take at most {bytes / 1024} kB, and its texts and numbers must be ordinary ones.")
{
    public int Bytes { get; } = bytes;

    public override bool IsValid(object? value) =>
        value is null || (value is JsonObject json && JsonSerializer.SerializeToUtf8Bytes(json, StoredJson.Default.JsonObject).Length <= Bytes && CanBeKept(json));

    private static bool CanBeKept(JsonNode? node) => node switch
    {
        JsonObject json => json.All(property => IsWhole(property.Key) && CanBeKept(property.Value)),
        JsonArray array => array.All(CanBeKept),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => IsWhole(value.GetValue<string>()),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => double.TryParse(value.ToJsonString(), out var number) && (number == 0 ? !value.ToJsonString().Contains('e', StringComparison.OrdinalIgnoreCase) : double.IsNormal(number)),
        _ => true,
    };

    private static bool IsWhole(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\0' || (char.IsSurrogate(text[index]) && !char.IsSurrogatePair(text, index++)))
            {
                return false;
            }
        }

        return true;
    }
}
