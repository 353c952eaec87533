using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Zoniq.LocalHost.Hosting;

/// <summary>A text of an attribute with names in braces: <c>{userId}</c> from the route or the query, <c>{headers.x-user}</c> from a header.</summary>
/// <param name="function">Whose attribute it is.</param>
/// <param name="text">As it stands there.</param>
internal sealed partial class BindingExpression(string function, string text)
{
    private const string Headers = "headers.";

    /// <summary>With the values of the request; a name without a value fails the invocation.</summary>
    public string Of(HttpRequest request) =>
        Names().Replace(text, name => ValueOf(request, name.Groups[1].Value)
            ?? throw new InvalidOperationException($"There is no value for {name.Value} in a binding of function {function}."));

    private static string? ValueOf(HttpRequest request, string name) =>
        name.StartsWith(Headers, StringComparison.OrdinalIgnoreCase)
            ? request.Headers.TryGetValue(name[Headers.Length..], out var values) ? values.ToString() : null
            : ParameterBindings.Text(request, name);

    [GeneratedRegex(@"\{([^{}]+)}")]
    private static partial Regex Names();
}
