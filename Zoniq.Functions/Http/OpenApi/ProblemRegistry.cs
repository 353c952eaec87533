using System.Collections.Frozen;
using System.Reflection;
using Zoniq.Domain;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>Every refusal there is, by its code, from the lists of all areas.</summary>
internal static class ProblemRegistry
{
    private static readonly FrozenDictionary<string, Problem> Problems =
        new[] { typeof(ProblemRegistry).Assembly, typeof(Problem).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Problems", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Where(field => field.FieldType == typeof(Problem))
            .Select(field => (Problem)field.GetValue(null)!)
            .DistinctBy(problem => problem.Code)
            .ToFrozenDictionary(problem => problem.Code, StringComparer.Ordinal);

    /// <summary>All codes.</summary>
    public static IEnumerable<string> Codes => Problems.Keys;

    /// <summary>The refusal with this code; a code that no area lists is a slip in a function's attribute.</summary>
    public static Problem Of(string code) =>
        Problems.TryGetValue(code, out var problem) ? problem : throw new InvalidOperationException($"No area lists the refusal {code}.");
}
