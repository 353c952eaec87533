using System.Text.Json;

namespace Zoniq.Tests.Infrastructure;

/// <summary>Every resource that a parameter file makes, with what the compiler can work out worked out; what only Azure knows stays an expression in brackets.</summary>
public sealed class Installation
{
    private readonly JsonElement[] resources;

    private Installation(JsonElement[] resources) => this.resources = resources;

    /// <param name="bicep">With a copy of infra/.</param>
    /// <param name="name">Of the parameter file: dev or prod.</param>
    /// <param name="variables">What it finds in its environment.</param>
    public static async Task<Installation> OfAsync(Bicep bicep, string name, params (string Name, string Value)[] variables)
    {
        var said = await bicep.RunAsync(
            [
                "snapshot", $"{name}.bicepparam", "--mode", "overwrite", "--location", "centralindia",
                "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002",
            ],
            variables);
        Assert.Equal("", said);

        using var snapshot = JsonDocument.Parse(bicep.Read($"{name}.snapshot.json"));
        Assert.Empty(snapshot.RootElement.GetProperty("diagnostics").EnumerateArray());
        return new Installation([.. snapshot.RootElement.GetProperty("predictedResources").EnumerateArray().Select(resource => resource.Clone())]);
    }

    public IEnumerable<JsonElement> All(string type) =>
        resources.Where(resource => string.Equals(resource.GetProperty("type").GetString(), type, StringComparison.OrdinalIgnoreCase));

    public JsonElement The(string type) => Assert.Single(All(type));
}

internal static class JsonPath
{
    /// <summary>The text, number or truth at a path of names, as text; null where there is none.</summary>
    public static string? At(this JsonElement element, string path)
    {
        foreach (var name in path.Split('/'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? element.GetRawText() : element.ToString();
    }
}
