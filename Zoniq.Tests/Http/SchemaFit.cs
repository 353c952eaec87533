using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Zoniq.Tests.Http;

/// <summary>Whether a value is what a schema of the API document describes: as much of JSON Schema as the document uses.</summary>
internal static class SchemaFit
{
    public static bool Fits(JsonNode? value, JsonNode schema) => !Objections(value, schema, "").Any();

    /// <summary>What does not fit, and where.</summary>
    public static IEnumerable<string> Objections(JsonNode? value, JsonNode schema, string path)
    {
        schema = Operation.Resolve(schema);
        if (schema["oneOf"] is JsonArray choices)
        {
            return choices.Any(choice => Fits(value, choice!)) ? [] : choices.SelectMany(choice => Objections(value, choice!, path));
        }

        if (schema["allOf"] is JsonArray parts)
        {
            return parts.SelectMany(part => Objections(value, part!, path));
        }

        if (schema["type"] is { } type && !Types(type).Any(name => Is(value, name)))
        {
            return [$"{path}: {value?.ToJsonString() ?? "null"} is not {type.ToJsonString()}"];
        }

        if (schema["enum"] is JsonArray values && !values.Any(allowed => JsonNode.DeepEquals(allowed, value)))
        {
            return [$"{path}: {value?.ToJsonString() ?? "null"} is none of {values.ToJsonString()}"];
        }

        return value?.GetValueKind() switch
        {
            JsonValueKind.String => OfText(value.GetValue<string>(), schema, path),
            JsonValueKind.Number => OfNumber(value, schema, path),
            JsonValueKind.Array => OfList(value.AsArray(), schema, path),
            JsonValueKind.Object => OfObject(value.AsObject(), schema, path),
            _ => [],
        };
    }

    /// <summary>Members that the schema does not know, and where. Of several schemas that may be meant, the one that fits.</summary>
    public static IEnumerable<string> Strangers(JsonNode? value, JsonNode schema, string path)
    {
        schema = Operation.Resolve(schema);
        if (schema["oneOf"] is JsonArray choices)
        {
            return choices.FirstOrDefault(choice => Fits(value, choice!)) is { } meant ? Strangers(value, meant, path) : [];
        }

        return value switch
        {
            JsonArray list => list.SelectMany((item, at) => Strangers(item, schema["items"]!, $"{path}[{at}]")),
            JsonObject record when schema["properties"] is JsonObject known => record.SelectMany(member =>
                (known[member.Key] ?? schema["additionalProperties"]) is not { } described ? [$"{path}.{member.Key} is not described"]
                : described is JsonObject ? Strangers(member.Value, described, $"{path}.{member.Key}")
                : []),
            _ => [],
        };
    }

    private static IEnumerable<string> OfText(string text, JsonNode schema, string path)
    {
        if (text.Length < Limit(schema, "minLength", 0) || text.Length > Limit(schema, "maxLength", int.MaxValue))
        {
            yield return $"{path}: {text.Length} characters";
        }

        if (schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern.GetValue<string>()))
        {
            yield return $"{path}: \"{text}\" does not match {pattern}";
        }

        var isOfFormat = schema["format"]?.GetValue<string>() switch
        {
            "date-time" => Regex.IsMatch(text, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$") && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
            "email" => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1,
            "uuid" => Guid.TryParse(text, out _),
            "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
            _ => true,
        };
        if (!isOfFormat)
        {
            yield return $"{path}: \"{text}\" is no {schema["format"]}";
        }
    }

    private static IEnumerable<string> OfNumber(JsonNode value, JsonNode schema, string path)
    {
        if (!decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || number < Limit(schema, "minimum", decimal.MinValue)
            || number > Limit(schema, "maximum", decimal.MaxValue)
            || (schema["multipleOf"] is not null && number % Limit(schema, "multipleOf", 1) != 0)
            || (schema["format"]?.GetValue<string>() == "int32" && number is < int.MinValue or > int.MaxValue)
            || (schema["format"]?.GetValue<string>() == "int64" && number is < long.MinValue or > long.MaxValue))
        {
            yield return $"{path}: {value.ToJsonString()} is out of range";
        }
    }

    private static IEnumerable<string> OfList(JsonArray list, JsonNode schema, string path)
    {
        if (list.Count < Limit(schema, "minItems", 0) || list.Count > Limit(schema, "maxItems", int.MaxValue))
        {
            yield return $"{path}: {list.Count} entries";
        }

        foreach (var objection in list.SelectMany((item, at) => Objections(item, schema["items"]!, $"{path}[{at}]")))
        {
            yield return objection;
        }
    }

    private static IEnumerable<string> OfObject(JsonObject record, JsonNode schema, string path)
    {
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()).Where(name => !record.ContainsKey(name)))
        {
            yield return $"{path}.{name} is missing";
        }

        foreach (var (name, value) in record)
        {
            var described = schema["properties"]?[name] ?? schema["additionalProperties"] as JsonObject;
            foreach (var objection in described is null ? [] : Objections(value, described, $"{path}.{name}"))
            {
                yield return objection;
            }
        }
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray several ? several.Select(name => name!.GetValue<string>()) : [type.GetValue<string>()];

    private static bool Is(JsonNode? value, string type) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) => true,
        ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("array", JsonValueKind.Array) => true,
        ("object", JsonValueKind.Object) => true,
        ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => Regex.IsMatch(value!.ToJsonString(), "^-?[0-9]+$"),
        _ => false,
    };

    private static decimal Limit(JsonNode schema, string name, decimal otherwise) =>
        schema[name] is { } limit ? decimal.Parse(limit.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) : otherwise;
}
