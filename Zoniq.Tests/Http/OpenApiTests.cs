using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;
using Zoniq.Functions.Http;
using OurDocument = Zoniq.Functions.Http.OpenApi.OpenApiDocument;

namespace Zoniq.Tests.Http;

public sealed class OpenApiTests
{
    private static readonly JsonElement Document = JsonDocument.Parse(OurDocument.Bytes).RootElement;

    [Fact]
    public void The_document_is_valid()
    {
        var read = OpenApiDocument.Parse(Encoding.UTF8.GetString(OurDocument.Bytes), "json");

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal("Zoniq", read.Document!.Info.Title);
    }

    [Fact]
    public void Every_function_is_in_it_once() =>
        Assert.Equal(
            FunctionPlan.All.Where(plan => plan.Trigger is not null).Select(plan => plan.Name),
            Operations.Select(operation => operation.GetProperty("operationId").GetString()!).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_function_has_a_summary() =>
        Assert.Empty(Operations.Where(operation => !operation.TryGetProperty("summary", out _)).Select(operation => operation.GetProperty("operationId").GetString()));

    [Fact]
    public void Every_reference_leads_somewhere() =>
        Assert.All(References(Document).Distinct(), reference => Assert.True(LeadsSomewhere(reference), reference));

    [Fact]
    public void An_operation_tells_what_it_takes_answers_refuses_and_who_may()
    {
        var add = Operations.Single(operation => operation.GetProperty("operationId").GetString() == "AddCartItem");
        var responses = add.GetProperty("responses");

        Assert.Equal("#/components/schemas/AddCartItem", add.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString());
        Assert.Equal("#/components/schemas/Cart", responses.GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString());
        Assert.Contains("seat.taken", responses.GetProperty("409").GetRawText(), StringComparison.Ordinal);
        Assert.True(add.GetProperty("security")[0].TryGetProperty("bearer", out _));
        Assert.Equal(["200", "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503"], responses.EnumerateObject().Select(response => response.Name));
    }

    private static IEnumerable<JsonElement> Operations =>
        Document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value);

    private static bool LeadsSomewhere(string reference)
    {
        var place = Document;
        return reference.Split('/').Skip(1).All(name => place.TryGetProperty(name, out place));
    }

    private static IEnumerable<string> References(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
