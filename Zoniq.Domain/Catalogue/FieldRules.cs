using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zoniq.Domain.Catalogue;

/// <summary>A date and time that can be read.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReadableTimeAttribute() : ValidationAttribute("must be a date and time such as 2026-12-31T19:00, with or without an offset.")
{
    public override bool IsValid(object? value) => value is null or TimeInput { IsReadable: true };
}

/// <summary>An address on the web, or a file uploaded here.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebAddressAttribute() : ValidationAttribute("must be an address that starts with http:// or https://, or the path of an upload.")
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

/// <summary>An e-mail address, or nothing in its place.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmailAddressOrNoneAttribute() : ValidationAttribute("must be an e-mail address.")
{
    private static readonly EmailAddressAttribute Address = new();

    public override bool IsValid(object? value) => value is null or "" || Address.IsValid(value);
}

/// <summary>A JSON object of bounded size that PostgreSQL can keep: its numbers are within the range of a double.</summary>
/// <param name="bytes">Of the object written without blanks, in UTF-8.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonSizeAttribute(int bytes) : ValidationAttribute($"must be an object of at most {bytes / 1024} kB, without numbers beyond measure.")
{
    /// <summary>Room for every digit of the largest double; PostgreSQL keeps 16,383 decimals and refuses more.</summary>
    private const int LongestNumber = 400;

    public int Bytes { get; } = bytes;

    public override bool IsValid(object? value) =>
        value is null || (value is JsonObject json && StoredJson.Size(json) <= Bytes && CanBeKept(json));

    private static bool CanBeKept(JsonNode? node) => node switch
    {
        JsonObject json => json.All(property => CanBeKept(property.Value)),
        JsonArray array => array.All(CanBeKept),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => IsOrdinary(value.ToJsonString()),
        _ => true,
    };

    private static bool IsOrdinary(string number) =>
        number.Length <= LongestNumber && double.TryParse(number, out var size) && (double.IsNormal(size) || (size == 0 && !number.Contains('e', StringComparison.OrdinalIgnoreCase)));
}
