using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>Says of every field at once whether its JSON fits, where reading would stop at the first that does not.</summary>
internal static class JsonFit
{
    private const string Unkeepable = "holds characters that cannot be kept.";

    public static void Check(JsonElement json, InputShape shape, FieldErrors errors) => Check(json, shape, "", errors);

    private static void Check(JsonElement json, InputShape shape, string path, FieldErrors errors)
    {
        if (json.ValueKind == JsonValueKind.Null && shape.AllowsNull && path.Length > 0)
        {
            return;
        }

        if (WhyNot(json, shape) is { } reason)
        {
            errors.Add(path, reason);
            return;
        }

        switch (shape.Kind)
        {
            case InputKind.List:
                CheckElements(json, InputShape.Of(shape.Element!), path, errors);
                break;
            case InputKind.Record:
                CheckProperties(json, shape, path, errors);
                break;
            default:
                break;
        }
    }

    private static string? WhyNot(JsonElement json, InputShape shape) => shape.Kind switch
    {
        InputKind.Text => json.ValueKind != JsonValueKind.String ? "must be text." : IsKeepable(json) ? null : Unkeepable,
        InputKind.Flag => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false.",
        InputKind.WholeNumber => WhyNotWhole(json, shape.Type),
        InputKind.Number => json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out _) ? null : "must be a number.",
        InputKind.Amount => json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out var rupees) && Money.FromRupees(rupees) is not null
            ? null : "must be an amount in rupees with at most two decimals.",
        InputKind.Choice => json.ValueKind == JsonValueKind.String && IsKeepable(json) && Choices(shape.Type).Contains(json.GetString()!.Trim(), StringComparer.OrdinalIgnoreCase)
            ? null : $"must be one of {string.Join(", ", Choices(shape.Type))}.",
        InputKind.List => json.ValueKind == JsonValueKind.Array ? null : "must be a list.",
        InputKind.Record => json.ValueKind == JsonValueKind.Object ? null : "must be an object.",
        InputKind.Free => json.ValueKind != JsonValueKind.Object ? "must be an object." : !IsKeepable(json) ? Unkeepable : NamesTwice(json) ? "has a name twice in one object." : null,
        _ => json.ValueKind == JsonValueKind.String && !IsKeepable(json) ? Unkeepable : null,
    };

    /// <summary>As they stand in JSON.</summary>
    public static IReadOnlyList<string> Choices(Type type) => [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)];

    private static string? WhyNotWhole(JsonElement json, Type type)
    {
        const string NoNumber = "must be a whole number.";
        if (json.ValueKind != JsonValueKind.Number)
        {
            return NoNumber;
        }

        var fits = type == typeof(long) ? json.TryGetInt64(out _) : type == typeof(int) ? json.TryGetInt32(out _) : json.TryGetInt16(out _);
        return fits ? null : JsonMarshal.GetRawUtf8Value(json).ContainsAny(".eE"u8) ? NoNumber : "is out of range.";
    }

    private static void CheckElements(JsonElement json, InputShape element, string path, FieldErrors errors)
    {
        var at = 0;
        foreach (var item in json.EnumerateArray())
        {
            var itemPath = $"{path}[{at++}]";
            if (item.ValueKind == JsonValueKind.Null)
            {
                errors.Add(itemPath, "is required.");
            }
            else
            {
                Check(item, element, itemPath, errors);
            }
        }
    }

    private static void CheckProperties(JsonElement json, InputShape shape, string path, FieldErrors errors)
    {
        if (IsExact(shape.Type))
        {
            CheckNames(json, shape, path, errors);
        }

        foreach (var property in shape.Properties)
        {
            var said = json.TryGetProperty(property.Name, out var value) && value.ValueKind != JsonValueKind.Null;
            var propertyPath = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!said && property.Required is not null)
            {
                errors.Add(propertyPath, "is required.");
            }
            else if (value.ValueKind != JsonValueKind.Undefined && !property.HasOwnConverter)
            {
                Check(value, property.Shape, propertyPath, errors);
            }
        }
    }

    /// <summary>Whether nothing may be named but what is known.</summary>
    public static bool IsExact(Type type) =>
        type.GetCustomAttribute<JsonUnmappedMemberHandlingAttribute>() is { UnmappedMemberHandling: JsonUnmappedMemberHandling.Disallow };

    /// <summary>Where leaving something out means much, a name that was misspelt must not be taken for one that was left out.</summary>
    private static void CheckNames(JsonElement json, InputShape shape, string path, FieldErrors errors)
    {
        var named = new HashSet<string>();
        foreach (var member in json.EnumerateObject())
        {
            var memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (shape.Properties.All(property => property.Name != member.Name))
            {
                errors.Add(memberPath, "is not known here.");
            }
            else if (!named.Add(member.Name))
            {
                errors.Add(memberPath, "is given twice.");
            }
        }
    }

    /// <summary>Of two values under one name nobody knows which is meant, and a <see cref="System.Text.Json.Nodes.JsonObject"/> cannot hold both.</summary>
    private static bool NamesTwice(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().Any(NamesTwice),
        JsonValueKind.Object => NamesTwice([.. json.EnumerateObject()]),
        _ => false,
    };

    private static bool NamesTwice(JsonProperty[] properties) =>
        properties.DistinctBy(property => property.Name).Count() < properties.Length || properties.Any(property => NamesTwice(property.Value));

    /// <summary>False for NUL and for halves of surrogate pairs, which PostgreSQL cannot keep. Both can only be written with an escape.</summary>
    private static bool IsKeepable(JsonElement json)
    {
        if (!JsonMarshal.GetRawUtf8Value(json).Contains((byte)'\\'))
        {
            return true;
        }

        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.String => !json.GetString()!.Contains('\0'),
                JsonValueKind.Array => json.EnumerateArray().All(IsKeepable),
                JsonValueKind.Object => json.EnumerateObject().All(property => !property.Name.Contains('\0') && IsKeepable(property.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
