using System.Collections.Concurrent;
using System.Text.Json;

namespace Zoniq.Load.Fuzz;

/// <summary>Ids, numbers, tokens and versions seen in answers, by what they belong to: a request that names something real gets further than one that does not.</summary>
internal sealed class Finds
{
    private const int Kept = 64;

    private readonly ConcurrentDictionary<string, string[]> values = new();
    private readonly ConcurrentDictionary<string, int> counts = new();

    /// <summary>Forgets what else was seen under this name: these are on sale now.</summary>
    public void Put(string name, IReadOnlyList<long> ids)
    {
        for (var at = 0; at < Kept && ids.Count > 0; at++)
        {
            Keep(Key(name), $"{ids[at % ids.Count]}");
        }
    }

    /// <summary>Remembers what an answer names.</summary>
    public void LookAt(JsonElement answer, Operation operation)
    {
        string[] owners = [.. Words(operation.Thing), Noun(operation.Path)];
        Walk(answer, owners, depth: 0);
    }

    /// <summary>Something that was seen under a name such as <c>eventId</c>, <c>seat_category_id</c> or the path's <c>id</c> after <c>/venues/</c>; null when nothing was.</summary>
    public string? Any(string name, string path, Random random)
    {
        var key = name is "id" or "idOrSlug" or "number" ? Noun(path[..Math.Max(path.IndexOf('{', StringComparison.Ordinal), 0)]) : Key(name);
        var seen = values.GetValueOrDefault(key) is { } known ? known : values.GetValueOrDefault(Words(name).LastOrDefault(word => word is not ("id" or "ids")) ?? "");
        return seen is null ? null : seen[random.Next(Kept)] ?? seen[0];
    }

    private void Walk(JsonElement value, string[] owners, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth < 6:
                foreach (var member in value.EnumerateObject())
                {
                    if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        Walk(member.Value, [Singular(member.Name.ToLowerInvariant())], depth + 1);
                    }
                    else if (member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String && Text(member.Value) is { Length: < 200 } text)
                    {
                        foreach (var owner in member.Name is "id" or "slug" or "bookingNumber" ? owners : [])
                        {
                            Keep(owner, text);
                        }

                        Keep(Key(member.Name), text);
                    }
                }

                break;
            case JsonValueKind.Array when depth < 6:
                foreach (var item in value.EnumerateArray().Take(Kept))
                {
                    Walk(item, owners, depth + 1);
                    if (item.ValueKind == JsonValueKind.Number)
                    {
                        Keep(owners[0], Text(item));
                    }
                }

                break;
        }
    }

    private void Keep(string key, string text)
    {
        var kept = values.GetOrAdd(key, _ => new string[Kept]);
        kept[counts.AddOrUpdate(key, 0, (_, count) => (count + 1) % Kept)] = text;
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary><c>eventId</c>, <c>event_id</c> and <c>eventIds</c> are one.</summary>
    private static string Key(string name) => string.Concat(Words(name).Where(word => word is not ("id" or "ids")).Select(Singular));

    private static string Noun(string path) =>
        Singular(path.Split('/').LastOrDefault(part => part.Length > 0 && part[0] != '{' && part is not ("me" or "api" or "event" or "number")) ?? "");

    private static string Singular(string word) => word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y" : word.TrimEnd('s');

    private static IEnumerable<string> Words(string name)
    {
        var start = 0;
        for (var at = 1; at <= name.Length; at++)
        {
            if (at == name.Length || char.IsUpper(name[at]) || name[at] == '_')
            {
                yield return name[start..at].Trim('_').ToLowerInvariant();
                start = at;
            }
        }
    }
}
