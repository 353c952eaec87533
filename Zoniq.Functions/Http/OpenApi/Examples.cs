using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>Makes an example of what a schema describes, from what the properties are called and may hold.</summary>
/// <param name="components">The schemas that are referred to, by name.</param>
internal sealed class Examples(JsonObject components)
{
    private const int Deepest = 8;

    /// <summary>Null is an example too, where the schema allows it.</summary>
    public JsonNode? Of(JsonNode schema) => Of(schema.AsObject(), record: "", property: "", depth: 0);

    private JsonNode? Of(JsonObject schema, string record, string property, int depth)
    {
        if (schema["examples"] is JsonArray { Count: > 0 } own)
        {
            return own[0]?.DeepClone();
        }

        foreach (var value in ExampleValues.For(record, property).Where(value => Fits(value, schema)))
        {
            return value;
        }

        if (schema["$ref"] is { } reference)
        {
            var name = reference.GetValue<string>().Split('/')[^1];
            return Of(components[name]!.AsObject(), name, property: "", depth + 1);
        }

        if (schema["oneOf"] is JsonArray choices)
        {
            return Of(choices[0]!.AsObject(), record, property, depth);
        }

        return TypeOf(schema) switch
        {
            "object" => Object(schema, record, depth),
            "array" => depth > Deepest ? new JsonArray() : new JsonArray(Of(schema["items"]!.AsObject(), record, property, depth + 1)),
            "boolean" => true,
            "integer" => schema["default"]?.DeepClone() ?? Math.Max(1, schema["minimum"]?.GetValue<long>() ?? 1),
            "number" => schema["minimum"]?.DeepClone() ?? 1500.00m,
            "string" => Text(schema),
            _ => null,
        };
    }

    private JsonObject Object(JsonObject schema, string record, int depth)
    {
        var made = new JsonObject();
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            made[name] = Of(property!.AsObject(), record, name, depth + 1);
        }

        return made;
    }

    private static JsonNode Text(JsonObject schema) =>
        schema["default"]?.DeepClone()
        ?? (schema["enum"] as JsonArray)?[0]?.DeepClone()
        ?? schema["format"]?.GetValue<string>() switch
        {
            "date-time" => "2026-11-14T09:12:30Z",
            "date" => "2026-11-14",
            "email" => "asha@example.in",
            "uuid" => "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "uri" => "https://zoniq.app/",
            _ => "text",
        };

    /// <summary>Whether a value can stand here; the property of that name may be something else in this record.</summary>
    private bool Fits(JsonNode? value, JsonObject schema)
    {
        if (schema["oneOf"] is JsonArray choices)
        {
            return choices.Any(choice => Fits(value, choice!.AsObject()));
        }

        if (schema["$ref"] is { } reference)
        {
            return value is not null && Fits(value, components[reference.GetValue<string>().Split('/')[^1]]!.AsObject());
        }

        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        return Types(schema).Any(type => type == NameOf(kind, value))
            && (kind != JsonValueKind.Array || value!.AsArray().All(item => Fits(item, schema["items"]!.AsObject())))
            && (kind != JsonValueKind.Object || HasItsProperties(value!.AsObject(), schema))
            && (kind != JsonValueKind.String || FitsText(value!.GetValue<string>(), schema))
            && (kind != JsonValueKind.Number || FitsNumber(value!.GetValue<decimal>(), schema));
    }

    private static bool HasItsProperties(JsonObject value, JsonObject schema) =>
        schema["properties"] is not JsonObject properties || (value.All(member => properties.ContainsKey(member.Key)) && properties.All(member => value.ContainsKey(member.Key)));

    private static bool FitsText(string text, JsonObject schema) =>
        (schema["enum"] is not JsonArray choices || choices.Any(choice => choice?.GetValue<string>() == text))
        && text.Length <= (schema["maxLength"]?.GetValue<int>() ?? int.MaxValue)
        && (schema["pattern"] is not { } pattern || Regex.IsMatch(text, pattern.GetValue<string>()));

    private static bool FitsNumber(decimal number, JsonObject schema) =>
        (schema["minimum"] is not { } least || number >= Number(least)) && (schema["maximum"] is not { } most || number <= Number(most));

    private static decimal Number(JsonNode limit) => decimal.Parse(limit.ToJsonString());

    private static string NameOf(JsonValueKind kind, JsonNode? value) => kind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => value!.ToJsonString().Contains('.') ? "number" : "integer",
    };

    private static string? TypeOf(JsonObject schema) => Types(schema).FirstOrDefault(type => type != "null");

    private static IEnumerable<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => several.Select(type => type!.GetValue<string>()),
        JsonValue one => [one.GetValue<string>()],
        _ => [],
    };
}
