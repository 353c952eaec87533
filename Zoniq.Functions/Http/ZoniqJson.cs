using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>How JSON is written and read: camelCase names and states, UTC times, names in any script left readable.</summary>
public static class ZoniqJson
{
    /// <summary>The generated descriptions of every type that is answered, from all areas.</summary>
    public static IReadOnlyList<JsonSerializerContext> Contexts { get; } =
    [
        .. typeof(ZoniqJson).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(JsonSerializerContext)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => (JsonSerializerContext)Activator.CreateInstance(type)!),
    ];

    /// <summary>For answers. What no area lists is still written, by reflection: a refusal must not fail for a member nobody listed.</summary>
    public static JsonSerializerOptions Options { get; } = Make(JsonTypeInfoResolver.Combine([.. Contexts, new DefaultJsonTypeInfoResolver()]));

    /// <summary>
    /// For bodies. They are read by reflection: generated code sets every init-only property, and so loses the default
    /// of a property that the body does not mention.
    /// </summary>
    internal static JsonSerializerOptions Bodies { get; } = Make(new DefaultJsonTypeInfoResolver { Modifiers = { IncomingText.KeepUntrimmed } }, new IncomingText(trims: true));

    /// <summary>Applies the same rules to options that somebody else owns.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Options.TypeInfoResolver!);
        options.PropertyNamingPolicy = Options.PropertyNamingPolicy;
        options.Encoder = Options.Encoder;
        foreach (var converter in Options.Converters)
        {
            options.Converters.Add(converter);
        }
    }

    private static JsonSerializerOptions Make(IJsonTypeInfoResolver resolver, params JsonConverter[] converters)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = resolver,
            Converters = { new InstantConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        foreach (var converter in converters)
        {
            options.Converters.Add(converter);
        }

        options.MakeReadOnly();
        return options;
    }
}

/// <summary>The types that belong to no area: refusals and the values that stand in them.</summary>
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(DateOnly))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(Money))]
[JsonSerializable(typeof(long[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class CommonJson : JsonSerializerContext;
