using System.Text.Json;
using System.Text.Json.Nodes;
using Zoniq.Functions.Http;
using Zoniq.Functions.Http.OpenApi;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

public sealed class OpenApiSnapshotTests
{
    private const string Renew = "ZONIQ_UPDATE_OPENAPI=1 dotnet test --filter FullyQualifiedName~OpenApiSnapshotTests";

    [Fact]
    public void A_change_of_the_API_is_a_visible_change_of_its_description()
    {
        var described = JsonNode.Parse(OpenApiDocument.Bytes)!.ToJsonString(new JsonSerializerOptions(ZoniqJson.Options) { WriteIndented = true, NewLine = "\n" }) + "\n";

        var file = Path.Combine(Repository.Root, "Zoniq.Functions", "Http", "OpenApi", "openapi.json");
        if (Environment.GetEnvironmentVariable("ZONIQ_UPDATE_OPENAPI") == "1")
        {
            File.WriteAllText(file, described);
        }

        var written = File.Exists(file) ? File.ReadAllText(file).Replace("\r\n", "\n") : "";
        Assert.True(described == written, $"Zoniq.Functions/Http/OpenApi/openapi.json is stale. Renew it with: {Renew}");
    }
}
