using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Zoniq.Domain.Catalogue;

/// <summary>JSON objects on their way into the database.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    /// <summary>Letters of every script as they are: escaped, one of Devanagari would count as six.</summary>
    private static readonly StoredJson Plain = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>As text for a jsonb column.</summary>
    public static string? Text(JsonObject? json) => json is null ? null : JsonSerializer.Serialize(json, Plain.JsonObject);

    /// <summary>Written without blanks, in UTF-8.</summary>
    public static int Size(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, Plain.JsonObject).Length;
}
