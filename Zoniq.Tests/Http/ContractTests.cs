using System.Text.RegularExpressions;
using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>The API document and the contract's table of endpoints, walked from both ends.</summary>
public sealed partial class ContractTests
{
    private static readonly string[] Token = ["auth.token_missing", "auth.token_invalid", "auth.token_expired", "auth.token_revoked", "auth.account_blocked"];
    private static readonly string[] Body = ["request.malformed_json", "request.too_large", "request.unsupported_media_type", "validation.failed"];
    private static readonly string[] Parameters = ["request.invalid_parameter", "validation.failed"];

    [Fact]
    public void Every_endpoint_of_the_contract_is_described_and_no_other() =>
        ContractEndpoint.All.Select(endpoint => endpoint.ToString()).Except(Operation.All.Select(NameOf)).Select(endpoint => $"{endpoint} is missing")
            .Concat(Operation.All.Select(NameOf).Except(ContractEndpoint.All.Select(endpoint => endpoint.ToString())).Select(endpoint => $"{endpoint} is not in endpoints.txt"))
            .MustBeNone();

    [Fact]
    public void Every_endpoint_refuses_with_the_codes_of_the_contract_and_no_other() =>
        (from operation in Operation.All
         from endpoint in ContractEndpoint.All
         where endpoint.ToString() == NameOf(operation)
         let expected = endpoint.Codes.Concat(SharedBy(operation)).ToHashSet()
         from difference in operation.Codes.Except(expected).Select(code => $"{operation} may not refuse with {code}")
             .Concat(expected.Except(operation.Codes).Select(code => $"{operation} does not name {code}"))
         select difference).MustBeNone();

    [Fact]
    public void Every_endpoint_is_for_whom_the_contract_says() =>
        (from operation in Operation.All
         from endpoint in ContractEndpoint.All
         where endpoint.ToString() == NameOf(operation)
         where endpoint.Access != operation.Access
         select $"{operation} is for {operation.Access}, not {endpoint.Access}").MustBeNone();

    private static IEnumerable<string> SharedBy(Operation operation) =>
    [
        .. operation.Access is Access.User or Access.Admin ? Token : [],
        .. operation.Access is Access.Admin ? ["auth.admin_required"] : Array.Empty<string>(),
        .. operation.HasFields || operation.TakesForm ? Body : operation.Access == Access.Gateway ? ["request.too_large"] : [],
        .. operation.Query.Count + operation.Headers.Count > 0 ? Parameters : [],
        "internal.error",
        .. operation.Name == "HealthReady" ? Array.Empty<string>() : ["service.unavailable"],    // it answers 503 with its findings
    ];

    private static string NameOf(Operation operation) => $"{operation.Method} {Names().Replace(operation.Path, "{}")}";

    [GeneratedRegex(@"\{[^}]+}")]
    private static partial Regex Names();
}
