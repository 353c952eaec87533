using Xunit.Sdk;

namespace Zoniq.Tests.Support;

/// <summary>For tests that look at many things at once.</summary>
internal static class Objections
{
    /// <summary>Fails with all of them, each in full, where an assertion about a collection would shorten them.</summary>
    public static void MustBeNone(this IEnumerable<string> objections)
    {
        var found = objections.ToArray();
        if (found.Length > 0)
        {
            throw new XunitException($"{found.Length} of them:\n{string.Join('\n', found.Take(40))}");
        }
    }
}
