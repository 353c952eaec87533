using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Zoniq.Domain.Catalogue;

/// <summary>JSON objects on their way into the database.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    /// <summary>As text for a jsonb column.</summary>
    public static string? Text(JsonObject? json) => json is null ? null : JsonSerializer.Serialize(json, Default.JsonObject);
}
