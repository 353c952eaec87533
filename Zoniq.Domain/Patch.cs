using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Zoniq.Domain;

/// <summary>An optional field of a <see cref="Patch"/> that <see cref="Patch.ClearFields"/> may set to null.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClearableAttribute : Attribute;

/// <summary>
/// A change of some fields: what is absent or null stays as it is, "" empties an optional text, and the names in
/// <see cref="ClearFields"/> set other optional fields to null.
/// </summary>
public abstract record Patch : IValidatableObject
{
    /// <summary>Names of optional fields to set to null; a field that cannot be null is refused.</summary>
    public string[]? ClearFields { get; init; }

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ClearFields is null)
        {
            yield break;
        }

        var clearable = GetType().GetProperties()
            .Where(property => property.IsDefined(typeof(ClearableAttribute)))
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            .ToArray();
        if (ClearFields.Any(field => !clearable.Contains(field)))
        {
            yield return new ValidationResult($"may name {string.Join(", ", clearable)} only.", [nameof(ClearFields)]);
        }
    }

    /// <summary>What an optional text becomes: <c>patch.After(patch.Phone, account.Phone)</c>.</summary>
    internal string? After(string? sent, string? kept, [CallerArgumentExpression(nameof(sent))] string field = "") =>
        Clears(field) || sent is "" ? null : sent ?? kept;

    /// <summary>What another optional field becomes.</summary>
    internal T? After<T>(T? sent, T? kept, [CallerArgumentExpression(nameof(sent))] string field = "")
        where T : struct =>
        Clears(field) ? null : sent ?? kept;

    /// <summary>Whether the field that the expression ends with is to be set to null.</summary>
    internal bool Clears(string field) =>
        ClearFields?.Contains(JsonNamingPolicy.CamelCase.ConvertName(field[(field.LastIndexOf('.') + 1)..])) == true;
}
