using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>How a value looks in JSON.</summary>
internal enum InputKind
{
    /// <summary>Whatever its own converter takes.</summary>
    Own,
    Text,
    Flag,
    WholeNumber,
    Number,
    Amount,
    Choice,
    List,
    Record,

    /// <summary>Any JSON object, kept as it is.</summary>
    Free,
}

/// <summary>What a type of the input looks like and which rules it has: read from its properties once.</summary>
internal sealed class InputShape
{
    private static readonly ConcurrentDictionary<Type, InputShape> Shapes = new();

    private readonly Lazy<InputProperty[]> properties;

    private InputShape(Type type)
    {
        Type = Nullable.GetUnderlyingType(type) ?? type;
        AllowsNull = !type.IsValueType || Type != type;
        Element = ElementOf(Type);
        Kind = KindOf(Type, Element);
        Rules = Kind == InputKind.Record ? [.. Type.GetCustomAttributes<ValidationAttribute>(inherit: true)] : [];
        properties = new(() => Kind == InputKind.Record ? InputProperty.All(Type) : []);
    }

    public Type Type { get; }

    public InputKind Kind { get; }

    /// <summary>False for numbers and the like without a question mark.</summary>
    public bool AllowsNull { get; }

    /// <summary>The type of a list's elements.</summary>
    public Type? Element { get; }

    /// <summary>Rules about the whole.</summary>
    public IReadOnlyList<ValidationAttribute> Rules { get; }

    /// <summary>Of a record; of nothing else.</summary>
    public IReadOnlyList<InputProperty> Properties => properties.Value;

    /// <summary>Nothing in it has to be said, so nothing at all may be sent.</summary>
    public bool MayBeEmpty => Kind == InputKind.Record && Properties.All(property => property.Required is null);

    public static InputShape Of(Type type) => Shapes.GetOrAdd(type, static type => new InputShape(type));

    private static Type? ElementOf(Type type) =>
        type == typeof(string) || type.IsAssignableTo(typeof(JsonNode)) || type.IsAssignableTo(typeof(IDictionary))
            ? null
            : type.IsArray
                ? type.GetElementType()
                : type.GetInterfaces().Prepend(type).FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static bool IsParsable(Type type) =>
        type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IParsable<>));

    private static InputKind KindOf(Type type, Type? element) =>
        type == typeof(string) ? InputKind.Text
        : type == typeof(bool) ? InputKind.Flag
        : type == typeof(int) || type == typeof(long) || type == typeof(short) ? InputKind.WholeNumber
        : type == typeof(decimal) || type == typeof(double) ? InputKind.Number
        : type == typeof(Money) ? InputKind.Amount
        : type.IsEnum ? InputKind.Choice
        : type == typeof(JsonObject) || type == typeof(JsonElement) || type == typeof(JsonNode) ? InputKind.Free
        : element is not null ? InputKind.List
        : type.IsDefined(typeof(JsonConverterAttribute), inherit: true) || IsParsable(type) || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true ? InputKind.Own
        : InputKind.Record;
}

/// <summary>A property of an input record.</summary>
internal sealed class InputProperty
{
    private InputProperty(PropertyInfo property)
    {
        Property = property;
        Shape = InputShape.Of(property.PropertyType);
        Name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Rules = [.. property.GetCustomAttributes<ValidationAttribute>(inherit: true).OrderByDescending(rule => rule is RequiredAttribute)];
        Required = Rules.OfType<RequiredAttribute>().FirstOrDefault();
        HasOwnConverter = property.IsDefined(typeof(JsonConverterAttribute), inherit: true);
    }

    public PropertyInfo Property { get; }

    public InputShape Shape { get; }

    /// <summary>As it stands in JSON and in field errors.</summary>
    public string Name { get; }

    public IReadOnlyList<ValidationAttribute> Rules { get; }

    public RequiredAttribute? Required { get; }

    public bool HasOwnConverter { get; }

    public static InputProperty[] All(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
            .Select(property => new InputProperty(property)),
    ];
}
