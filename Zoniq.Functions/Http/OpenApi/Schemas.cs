using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>JSON schemas (2020-12) of what is sent and answered. Records become components and are referred to.</summary>
internal sealed class Schemas(Summaries summaries)
{
    private readonly Dictionary<(Type Type, bool IsInput), string> names = [];
    private readonly NullabilityInfoContext nullability = new();

    /// <summary>The records met so far, by name.</summary>
    public JsonObject Components { get; } = [];

    /// <summary>The schema of a value that is not null.</summary>
    public JsonObject Of(Type type, bool isInput)
    {
        var shape = InputShape.Of(type);
        return shape.Kind switch
        {
            InputKind.Text => Plain("string"),
            InputKind.Flag => Plain("boolean"),
            InputKind.WholeNumber => Plain("integer", shape.Type == typeof(long) ? "int64" : "int32"),
            InputKind.Number => Plain("number"),
            InputKind.Amount => new JsonObject { ["type"] = "number", ["multipleOf"] = 0.01m, ["description"] = "Rupees with two decimals." },
            InputKind.Choice => new JsonObject { ["type"] = "string", ["enum"] = Strings(JsonFit.Choices(shape.Type)) },
            InputKind.List when shape.Type == typeof(byte[]) => Plain("string", "byte"),
            InputKind.List => new JsonObject { ["type"] = "array", ["items"] = Of(shape.Element!, isInput) },
            InputKind.Free => new JsonObject { ["type"] = "object", ["additionalProperties"] = true },
            InputKind.Own => Own(shape.Type),
            _ => Reference(shape.Type, isInput),
        };
    }

    /// <summary>The same, or null.</summary>
    public static JsonObject OrNull(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
            if (schema["enum"] is JsonArray choices && choices.All(choice => choice is not null))
            {
                choices.Add((JsonNode?)null);
            }

            return schema;
        }

        return new JsonObject { ["oneOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
    }

    /// <summary>Adds what the annotations of a property demand.</summary>
    public static void Restrict(JsonObject schema, InputProperty property)
    {
        foreach (var rule in property.Rules)
        {
            var isList = property.Shape.Kind == InputKind.List;
            switch (rule)
            {
                case RequiredAttribute when property.Shape.Kind == InputKind.Text:
                    schema["minLength"] ??= 1;
                    break;
                case StringLengthAttribute length:
                    schema["minLength"] = length.MinimumLength > 0 ? length.MinimumLength : schema["minLength"]?.DeepClone();
                    schema["maxLength"] = length.MaximumLength;
                    break;
                case LengthAttribute length:
                    schema[isList ? "minItems" : "minLength"] = length.MinimumLength;
                    schema[isList ? "maxItems" : "maxLength"] = length.MaximumLength;
                    break;
                case MinLengthAttribute length:
                    schema[isList ? "minItems" : "minLength"] = length.Length;
                    break;
                case MaxLengthAttribute length:
                    schema[isList ? "maxItems" : "maxLength"] = length.Length;
                    break;
                case RangeAttribute range:
                    schema["minimum"] = Number(range.Minimum);
                    schema["maximum"] = Number(range.Maximum);
                    break;
                case RegularExpressionAttribute pattern:
                    schema["pattern"] = Pattern(pattern.Pattern, property);
                    break;
                case UsernameFormatAttribute:
                    schema["pattern"] = Pattern(UsernameFormatAttribute.Pattern, property);
                    break;
                case PhoneFormatAttribute:
                    schema["pattern"] = Pattern(PhoneFormatAttribute.Pattern, property);
                    break;
                case EmailFormatAttribute:
                    // A format knows no empty text, which stands for none where one need not be given.
                    schema["format"] = property.Required is null && !property.Rules.OfType<StringLengthAttribute>().Any() ? null : "email";
                    schema["maxLength"] = EmailAddress.Longest;
                    break;
                case EmailAddressAttribute:
                    schema["format"] = "email";
                    break;
                case AllowedValuesAttribute allowed:
                    schema["enum"] = new JsonArray([.. allowed.Values.Select(value => value is null ? null : JsonNode.Parse(JsonSerializer.Serialize(value, value.GetType(), JsonSerializerOptions.Default)))]);
                    break;
                default:
                    break;
            }
        }

        foreach (var empty in schema.Where(member => member.Value is null).Select(member => member.Key).ToArray())
        {
            schema.Remove(empty);
        }
    }

    public static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    /// <summary>The rules take an empty text for none at all.</summary>
    private static string Pattern(string pattern, InputProperty property) => property.Required is null ? $"^(?:{pattern})?$" : $"^(?:{pattern})$";

    private JsonObject Reference(Type type, bool isInput)
    {
        if (!names.TryGetValue((type, isInput), out var name))
        {
            name = NameOf(type, isInput);
            names[(type, isInput)] = name;
            Components[name] = new JsonObject();
            Components[name] = isInput ? InputRecord(type) : OutputRecord(type);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonObject InputRecord(Type type)
    {
        var usual = type.GetConstructor(Type.EmptyTypes) is null ? null : Activator.CreateInstance(type);
        var properties = new JsonObject();
        var required = new JsonArray();

        foreach (var property in InputShape.Of(type).Properties)
        {
            var schema = property.HasOwnConverter ? OwnConverter(property.Property) : Of(property.Property.PropertyType, isInput: true);
            Restrict(schema, property);
            Describe(schema, summaries.Of(property.Property));
            Exemplify(schema, summaries.ExampleOf(property.Property));

            if (property.Required is not null)
            {
                required.Add(property.Name);
            }
            else if (usual is not null && Usual(property, usual) is { } value)
            {
                schema["default"] = value;
            }

            properties[property.Name] = property.Required is null && AllowsNull(property.Property) ? OrNull(schema) : schema;
        }

        return Record(type, properties, required);
    }

    private JsonObject OutputRecord(Type type)
    {
        var properties = new JsonObject();
        var required = new JsonArray();

        foreach (var property in Answered(type))
        {
            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var schema = property.IsDefined(typeof(JsonConverterAttribute)) ? OwnConverter(property) : Of(property.PropertyType, isInput: false);
            Describe(schema, summaries.Of(property));
            Exemplify(schema, summaries.ExampleOf(property));
            properties[name] = AllowsNull(property) ? OrNull(schema) : schema;
            required.Add(name);
        }

        return Record(type, properties, required);
    }

    private JsonObject Record(Type type, JsonObject properties, JsonArray required)
    {
        var record = new JsonObject { ["type"] = "object" };
        Describe(record, summaries.Of(type));
        record["properties"] = properties;
        if (required.Count > 0)
        {
            record["required"] = required;
        }

        if (JsonFit.IsExact(type))
        {
            record["additionalProperties"] = false;
        }

        return record;
    }

    /// <summary>What generated code writes: public properties, those of the base type first.</summary>
    private static IEnumerable<PropertyInfo> Answered(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always });

    private bool AllowsNull(PropertyInfo property) =>
        property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is not null
            : nullability.Create(property).ReadState == NullabilityState.Nullable;

    /// <summary>A default is worth saying when it is more than nothing.</summary>
    public static JsonNode? Usual(InputProperty property, object usual) =>
        property.Property.GetValue(usual) is { } value && property.Shape.Kind is InputKind.Text or InputKind.Flag or InputKind.WholeNumber or InputKind.Choice
        && property.Property.GetValue(usual) is var read and not (null or "" or 0 or 0L or false)
            ? JsonNode.Parse(JsonSerializer.Serialize(read, ZoniqJson.Bodies.GetTypeInfo(read.GetType())))
            : null;

    private static JsonObject OwnConverter(PropertyInfo property) =>
        property.GetCustomAttribute<JsonConverterAttribute>()!.ConverterType == typeof(MoneyAsPaise)
            ? new JsonObject { ["type"] = "integer", ["format"] = "int64", ["description"] = "Whole paise." }
            : [];

    private JsonObject Own(Type type)
    {
        if (type.IsGenericType && type.GetInterfaces().Prepend(type).FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IDictionary<,>)) is { } dictionary)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(dictionary.GetGenericArguments()[1], isInput: false) };
        }

        var schema = type == typeof(DateTimeOffset) || type == typeof(DateTime) ? Plain("string", "date-time")
            : type == typeof(DateOnly) ? Plain("string", "date")
            : type == typeof(Guid) ? Plain("string", "uuid")
            : type == typeof(Uri) ? Plain("string", "uri")
            : type == typeof(object) ? []
            : Plain("string");
        Describe(schema, summaries.Of(type));
        return schema;
    }

    private string NameOf(Type type, bool isInput)
    {
        var plain = type.IsGenericType
            ? $"{type.Name.Split('`')[0]}Of{string.Concat(type.GetGenericArguments().Select(argument => argument.Name))}"
            : type.Name;
        var area = type.Namespace!.Split('.')[^1];
        return new[] { plain, isInput ? $"{plain}Input" : $"{plain}Answer", $"{area}{plain}", $"{area}{plain}{(isInput ? "Input" : "Answer")}" }
            .First(name => !Components.ContainsKey(name));
    }

    private static void Describe(JsonObject schema, string? sentence)
    {
        if (sentence is not null)
        {
            schema["description"] = schema["description"] is { } first && !sentence.Contains(first.GetValue<string>(), StringComparison.Ordinal) ? $"{sentence} {first}" : sentence;
        }
    }

    private static void Exemplify(JsonObject schema, string? example)
    {
        if (example is not null)
        {
            schema["examples"] = new JsonArray(schema["type"]?.ToString() == "string" ? example : JsonNode.Parse(example));
        }
    }

    private static JsonObject Plain(string type, string? format = null)
    {
        var schema = new JsonObject { ["type"] = type };
        if (format is not null)
        {
            schema["format"] = format;
        }

        return schema;
    }

    /// <summary>An end that is no limit is not said.</summary>
    private static JsonValue? Number(object limit) => limit switch
    {
        int.MaxValue or int.MinValue or long.MaxValue or long.MinValue or >= (double)long.MaxValue or <= (double)long.MinValue => null,
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create((decimal)number),
        string text when decimal.TryParse(text, out var number) => JsonValue.Create(number),
        _ => null,
    };
}
