namespace Zoniq.Domain.Administration;

/// <summary>
/// The where clause of a filter, with only what is asked for in it: a condition that allows for its own absence would cost the others their index,
/// once the plan is kept.
/// </summary>
internal sealed class Conditions
{
    private readonly List<string> asked = [];

    /// <summary>Adds a condition if it is asked for.</summary>
    public Conditions When(bool isAsked, string condition)
    {
        if (isAsked)
        {
            asked.Add(condition);
        }

        return this;
    }

    public override string ToString() => asked.Count == 0 ? "" : $"where {string.Join("\nand   ", asked)}";
}
