using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>Text of a body: trimmed, except where it is marked <see cref="UntrimmedAttribute"/>.</summary>
internal sealed class IncomingText(bool trims) : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        trims ? reader.GetString()?.Trim() : reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    /// <summary>A password may begin or end with a space.</summary>
    public static void KeepUntrimmed(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(UntrimmedAttribute), inherit: true) == true)
            {
                property.CustomConverter = new IncomingText(trims: false);
            }
        }
    }
}
