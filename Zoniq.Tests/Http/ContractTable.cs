using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>A line of endpoints.txt.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Path">With empty braces for its parameters: <c>/api/bookings/{}</c>.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="Codes">The refusals of its own.</param>
internal sealed record ContractEndpoint(string Method, string Path, Access Access, IReadOnlyList<string> Codes)
{
    /// <summary>Every endpoint the app must have, and there may be no other.</summary>
    public static IReadOnlyList<ContractEndpoint> All { get; } =
    [
        .. File.ReadLines(System.IO.Path.Combine(Repository.Root, "Zoniq.Tests", "Http", "endpoints.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => Read(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))),
    ];

    public override string ToString() => $"{Method} {Path}";

    private static ContractEndpoint Read(string[] words) =>
        new(words[0], $"/api{words[1]}", AccessOf(words[2]), [.. words.Skip(3).Select(code => code.TrimStart('+'))]);

    private static Access AccessOf(string word) => word switch
    {
        "none" => Access.Anonymous,
        "user" => Access.User,
        "admin" => Access.Admin,
        "gateway" => Access.Gateway,
        _ => throw new InvalidOperationException($"endpoints.txt knows no access {word}."),
    };
}
