using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Zoniq.Functions.Http;

/// <summary>Checks a value against its annotations, all the way down. Messages are the second half of a sentence that begins with the field.</summary>
internal static class Annotations
{
    /// <param name="value">What was read.</param>
    /// <param name="shape">Of its type.</param>
    /// <param name="path">Where it stands; empty for the whole.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="services">For rules that depend on what an operator settled, such as the default time zone.</param>
    public static void Check(object value, InputShape shape, string path, FieldErrors errors, IServiceProvider? services = null)
    {
        var context = new ValidationContext(value, services, items: null);
        foreach (var property in shape.Properties)
        {
            var propertyPath = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            var content = property.Property.GetValue(value);
            foreach (var rule in property.Rules)
            {
                context.MemberName = property.Property.Name;
                context.DisplayName = property.Name;
                if (rule.GetValidationResult(content, context) is { } broken)
                {
                    errors.Add(propertyPath, MessageOf(rule, broken));
                    if (rule is RequiredAttribute)
                    {
                        break;
                    }
                }
            }

            CheckWithin(content, property.Shape, propertyPath, errors);
        }

        foreach (var rule in shape.Rules)
        {
            context.MemberName = null;
            context.DisplayName = shape.Type.Name;
            if (rule.GetValidationResult(value, context) is { } broken)
            {
                AddAll(broken, path, errors);
            }
        }

        if (value is IValidatableObject validatable)
        {
            context.MemberName = null;
            foreach (var broken in validatable.Validate(context))
            {
                AddAll(broken, path, errors);
            }
        }
    }

    private static void CheckWithin(object? content, InputShape shape, string path, FieldErrors errors)
    {
        if (content is null)
        {
            return;
        }

        if (shape.Kind == InputKind.Record)
        {
            Check(content, shape, path, errors);
        }
        else if (shape.Kind == InputKind.List && InputShape.Of(shape.Element!) is { Kind: InputKind.Record } element)
        {
            var at = 0;
            foreach (var item in (IEnumerable)content)
            {
                Check(item, element, $"{path}[{at++}]", errors);
            }
        }
    }

    private static void AddAll(ValidationResult broken, string path, FieldErrors errors)
    {
        var prefix = path.Length == 0 ? "" : $"{path}.";
        foreach (var name in broken.MemberNames.DefaultIfEmpty(""))
        {
            errors.Add(name.Length == 0 ? path : prefix + JsonNamingPolicy.CamelCase.ConvertName(name), broken.ErrorMessage ?? "is not valid.");
        }
    }

    private static string MessageOf(ValidationAttribute rule, ValidationResult broken) =>
        rule.ErrorMessageResourceName is not null || rule.ErrorMessage?.StartsWith("The {0} ", StringComparison.Ordinal) == false
            ? broken.ErrorMessage!
            : rule switch
            {
                RequiredAttribute => "is required.",
                RangeAttribute { Minimum: var least, Maximum: var most } => RangeMessage(least, most),
                StringLengthAttribute { MinimumLength: var least, MaximumLength: var most } => LengthMessage(least, most),
                LengthAttribute { MinimumLength: var least, MaximumLength: var most } => $"must have {least} to {most} entries.",
                MaxLengthAttribute { Length: var most } => $"must have at most {most} entries.",
                MinLengthAttribute { Length: var least } => $"must have at least {least} entries.",
                EmailAddressAttribute => "must be an e-mail address.",
                UrlAttribute => "must be a web address.",
                AllowedValuesAttribute { Values: var values } => $"must be one of {string.Join(", ", values)}.",
                RegularExpressionAttribute => "has the wrong form.",
                _ => broken.ErrorMessage ?? "is not valid.",
            };

    private static string RangeMessage(object least, object most) =>
        most is int.MaxValue or long.MaxValue or >= (double)long.MaxValue ? $"must be at least {least}." : $"must be between {least} and {most}.";

    private static string LengthMessage(int least, int most) =>
        least > 0 ? $"must have {least} to {most} characters." : $"must have at most {most} characters.";
}
