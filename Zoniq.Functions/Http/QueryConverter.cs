using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>Makes a record from query parameters, or a <see cref="PageRequest"/> from page and page_size.</summary>
public sealed class QueryConverter : IInputConverter
{
    private static readonly ConcurrentDictionary<Type, QueryParameter[]> Plans = new();

    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        var request = context.FunctionContext.GetHttpContext()!.Request;
        return ValueTask.FromResult(ConversionResult.Success(
            context.TargetType == typeof(PageRequest)
                ? PageOf(request, FunctionPlan.Of(context.FunctionContext))
                : Read(request.Query, context.TargetType, context.FunctionContext.InstanceServices)));
    }

    /// <summary>A file has no pages: what is said about them then is not looked at.</summary>
    private static object PageOf(HttpRequest request, FunctionPlan plan) =>
        plan.AnswersCsv && ListFormatConverter.IsCsv(request) ? default(PageRequest) : Paging.Read(request.Query, plan.Pages);

    /// <summary>The parameters of a type, in the order of its properties.</summary>
    internal static QueryParameter[] ParametersOf(Type type) =>
        Plans.GetOrAdd(type, static type => [.. InputShape.Of(type).Properties.Select(property => new QueryParameter(property))]);

    internal static object Read(IQueryCollection query, Type type, IServiceProvider? services = null)
    {
        var value = Activator.CreateInstance(type)!;
        var unreadable = new FieldErrors();
        var errors = new FieldErrors(path => JsonNamingPolicy.SnakeCaseLower.ConvertName(path));

        foreach (var parameter in ParametersOf(type))
        {
            if (query.TryGetValue(parameter.Name, out var texts) && texts[0]?.Trim() is { Length: > 0 } text)
            {
                if (text.Contains('\0') || !parameter.TryParse(text, out var parsed))
                {
                    (parameter.Property.Shape.Kind == InputKind.Choice ? errors : unreadable).Add(parameter.Name, parameter.Expectation);
                }
                else
                {
                    parameter.Property.Property.SetValue(value, parsed);
                }
            }
        }

        unreadable.RefuseAsUnreadableIfAny();
        Annotations.Check(value, InputShape.Of(type), "", errors, services);
        errors.RefuseIfAny();
        return value;
    }
}

/// <summary>A property that is read from a query parameter.</summary>
internal sealed class QueryParameter
{
    private delegate bool Parser(string text, out object? value);

    private static readonly MethodInfo ParseAny = typeof(QueryParameter).GetMethod(nameof(TryParseAny), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Parser parser;

    public QueryParameter(InputProperty property)
    {
        Property = property;
        Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Property.Name);
        parser = ParserOf(property.Shape);
        Expectation = ExpectationOf(property.Shape);
    }

    public InputProperty Property { get; }

    /// <summary>In snake_case.</summary>
    public string Name { get; }

    /// <summary>What to say when it cannot be read.</summary>
    public string Expectation { get; }

    public bool TryParse(string text, out object? value) => parser(text, out value);

    private static Parser ParserOf(InputShape shape) => shape.Kind switch
    {
        InputKind.Text => TryParseText,
        InputKind.Amount => TryParseAmount,
        InputKind.Number => TryParseNumber,
        InputKind.Choice => (string text, out object? value) => TryParseChoice(shape.Type, text, out value),
        _ when shape.Type == typeof(DateOnly) => TryParseDate,
        _ => ParseAny.MakeGenericMethod(shape.Type).CreateDelegate<Parser>(),
    };

    private static string ExpectationOf(InputShape shape) => shape.Kind switch
    {
        InputKind.Flag => "must be true or false.",
        InputKind.WholeNumber => "must be a whole number.",
        InputKind.Number => "must be a number.",
        InputKind.Amount => "must be an amount in rupees with at most two decimals.",
        InputKind.Choice => $"must be one of {string.Join(", ", JsonFit.Choices(shape.Type))}.",
        InputKind.Text => "holds characters that cannot be kept.",
        _ => shape.Type == typeof(DateOnly) ? "must be a date, such as 2026-01-31." : "cannot be read.",
    };

    private static bool TryParseText(string text, out object? value)
    {
        value = text;
        return true;
    }

    private static bool TryParseDate(string text, out object? value)
    {
        var parsed = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        value = date;
        return parsed;
    }

    private static bool TryParseNumber(string text, out object? value)
    {
        var parsed = decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        value = number;
        return parsed;
    }

    private static bool TryParseAmount(string text, out object? value)
    {
        value = TryParseNumber(text, out var rupees) ? Money.FromRupees((decimal)rupees!) : null;
        return value is not null;
    }

    private static bool TryParseChoice(Type type, string text, out object? value)
    {
        var at = JsonFit.Choices(type).ToList().FindIndex(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = at < 0 ? null : Enum.Parse(type, Enum.GetNames(type)[at]);
        return at >= 0;
    }

    private static bool TryParseAny<T>(string text, out object? value)
        where T : IParsable<T>
    {
        var parsed = T.TryParse(text, CultureInfo.InvariantCulture, out var result);
        value = result;
        return parsed;
    }
}

/// <summary>Pages are numbered from 1 and hold 20 unless asked otherwise.</summary>
internal static class Paging
{
    public static object Read(IQueryCollection query, PagesAttribute pages)
    {
        var unreadable = new FieldErrors();
        var errors = new FieldErrors();
        var number = Number(query, "page", 1, int.MaxValue, unreadable, errors);
        var size = Number(query, "page_size", pages.Size, pages.Largest, unreadable, errors);
        unreadable.RefuseAsUnreadableIfAny();
        errors.RefuseIfAny();
        return new PageRequest((int)number, (int)size);
    }

    private static long Number(IQueryCollection query, string name, long otherwise, long most, FieldErrors unreadable, FieldErrors errors)
    {
        if (!query.TryGetValue(name, out var texts) || texts[0]?.Trim() is not { Length: > 0 } text)
        {
            return otherwise;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            unreadable.Add(name, "must be a whole number.");
        }
        else if (number < 1 || number > most)
        {
            errors.Add(name, most == int.MaxValue && number < 1 ? "must be at least 1." : $"must be between 1 and {most}.");
        }

        return number;
    }
}
