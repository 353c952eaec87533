using System.Text.RegularExpressions;

namespace Zoniq.Domain.Catalogue;

/// <summary>What somebody typed into a search box, as PostgreSQL's full-text search wants it.</summary>
internal static partial class SearchWords
{
    /// <summary>All of the words, each of them perhaps only begun: <c>'indi':* &amp; 'rock':*</c>. Null when there is no word in it.</summary>
    public static string? Query(string? typed) =>
        typed is not null && Word().Matches(typed) is { Count: > 0 } words ? string.Join(" & ", words.Select(word => $"'{word.Value}':*")) : null;

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Word();
}
