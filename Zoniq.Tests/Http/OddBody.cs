using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zoniq.Tests.Http;

/// <summary>Bodies in which one thing is odd, made from an operation's example.</summary>
/// <param name="Field">Where the odd thing is; empty for the body as a whole.</param>
/// <param name="Json">The body as it is sent.</param>
/// <param name="MustBeRefused">Whether the operation's own schema excludes it; otherwise it need only do no harm.</param>
internal sealed record OddBody(string Field, string Json, bool MustBeRefused)
{
    private const string Here = "\"@here@\"";
    private const int NoSuchId = 987_654_321;

    /// <summary>Further down than a schema looks.</summary>
    private const string Twice = "{\"x\":{\"a\":1,\"a\":2}}";

    /// <summary>As JSON, because half of them have no other form.</summary>
    private static readonly string[] Values =
    [
        "\"text\"", "\"\"", "12345", "true", "[]", "{}", "[null]", "[[]]", "[{}]", "[-1]", "{\"a\":1}", "null",
        "0", "-1", "2147483648", "9223372036854775808", "-9223372036854775809", "1e400", "1.5", "0.001",
        "\"\\u0000\"", "\"a\\ud800b\"", "[\"\\u0000\"]", "{\"\\u0000\":\"\\udfff\"}", $"\"{new string('x', 10_000)}\"", $"\"{new string('७', 10_000)}\"",
        "\"2026-02-30T25:61:00Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"", Nested(40), Twice, $"{{\"n\":0.{new string('1', 20_000)}}}",
    ];

    /// <summary>Every value in the place of every field, all the way down.</summary>
    /// <param name="operation">Whose body it is.</param>
    /// <param name="idOf">The id a property holds; one that nothing has, unless told otherwise.</param>
    public static IEnumerable<OddBody> Of(Operation operation, Func<string, long?>? idOf = null)
    {
        var example = WithIds(operation.Media!["example"]!.DeepClone(), "", idOf);
        return Places(example, operation.Media["schema"]!, "").SelectMany(place => Values.Select(value => new OddBody(
            place.Field,
            place.Text.Replace(Here, value, StringComparison.Ordinal),
            !IsKeepable(value, place.Schema) || !SchemaFit.Fits(JsonNode.Parse(value), place.Schema) || (value == "null" && place.IsRequired))));
    }

    /// <summary>The example, with ids that nothing has.</summary>
    public static string Plain(Operation operation) => WithIds(operation.Media!["example"]!.DeepClone(), "", null).ToJsonString();

    /// <summary>So many lists in each other.</summary>
    public static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    public override string ToString() => $"{Field}: {(Json.Length > 300 ? Json[..300] : Json)}";

    /// <summary>
    /// A schema says nothing of characters that cannot be kept, nor of names that stand twice in an object: they are refused wherever they would be kept, and a member nobody knows is not.
    /// </summary>
    private static bool IsKeepable(string value, JsonNode schema) =>
        (!value.Contains("\\u", StringComparison.Ordinal) && value != Twice) || (value[0] == '{' && Record(schema)["properties"] is not null);

    private static JsonNode Record(JsonNode schema) =>
        Operation.Resolve(schema) is var record && record["oneOf"] is JsonArray choices ? Operation.Resolve(choices[0]!) : record;

    private static JsonNode WithIds(JsonNode node, string name, Func<string, long?>? idOf)
    {
        switch (node)
        {
            case JsonObject record:
                foreach (var (member, value) in record.ToArray())
                {
                    record[member] = value is null ? null : WithIds(value.DeepClone(), member, idOf);
                }

                return record;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => item is null ? null : WithIds(item.DeepClone(), name, idOf))]);
            default:
                return node.GetValueKind() == JsonValueKind.Number && (name.EndsWith("Id", StringComparison.Ordinal) || name.EndsWith("Ids", StringComparison.Ordinal))
                    ? idOf?.Invoke(name) ?? NoSuchId
                    : node;
        }
    }

    private static IEnumerable<(string Field, string Text, JsonNode Schema, bool IsRequired)> Places(JsonNode example, JsonNode schema, string path)
    {
        var record = Record(schema);
        foreach (var (name, described) in record["properties"] as JsonObject ?? [])
        {
            var field = path.Length == 0 ? name : $"{path}.{name}";
            var isRequired = record["required"] is JsonArray required && required.Any(one => one!.GetValue<string>() == name);
            var changed = example.DeepClone();
            changed[name] = "@here@";
            yield return (field, changed.ToJsonString(), described!, isRequired);

            if (example[name] is JsonObject inner)
            {
                foreach (var place in Places(inner, described!, field))
                {
                    var around = example.DeepClone();
                    around[name] = "@here@";
                    yield return place with
                    {
                        Text = around.ToJsonString().Replace(Here, place.Text, StringComparison.Ordinal),
                    };
                }
            }
        }
    }
}
