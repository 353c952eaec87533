using System.Text.RegularExpressions;

namespace Zoniq.Domain.Catalogue;

/// <summary>What somebody typed into a search box, as PostgreSQL wants it.</summary>
internal static partial class SearchWords
{
    /// <summary>Each of the words, perhaps only begun, for full-text search: <c>'indi':*</c>.</summary>
    public static string[] Beginnings(string? typed) =>
        typed is null ? [] : [.. Word().Matches(typed).Select(word => $"'{word.Value}':*").Distinct()];

    /// <summary>The text as it was typed, anywhere in another, for <c>like</c>: its own signs mean nothing there.</summary>
    public static string? Part(string? typed) =>
        typed is null ? null : $"%{Sign().Replace(typed, @"\$0")}%";

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"[\\%_]")]
    private static partial Regex Sign();
}
