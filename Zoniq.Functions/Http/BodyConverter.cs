using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Net.Http.Headers;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>Reads a JSON body: what is no JSON is refused as unreadable, what breaks a rule with the field it breaks it in.</summary>
public sealed class BodyConverter : IInputConverter
{
    private static readonly byte[] NothingSaid = "{}"u8.ToArray();

    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        var request = context.FunctionContext.GetHttpContext()!.Request;
        var isJson = IsJson(request.ContentType);
        if (request.ContentType is not null && !isJson)
        {
            throw new BindingRefusedException(RequestProblems.UnsupportedMediaType);
        }

        var body = await RequestBody.ReadAsync(request);
        if (body.Length > 0 && !isJson)
        {
            throw new BindingRefusedException(RequestProblems.UnsupportedMediaType);
        }

        return ConversionResult.Success(Read(body, context.TargetType));
    }

    /// <summary>The value, or a refusal that names every field that is wrong.</summary>
    internal static object Read(byte[] body, Type type)
    {
        var shape = InputShape.Of(type);
        if (body.Length == 0 && shape.MayBeEmpty)
        {
            body = NothingSaid;
        }

        if (!Utf8.IsValid(body))
        {
            throw new BindingRefusedException(RequestProblems.MalformedJson);
        }

        using var document = Parse(body);
        var errors = new FieldErrors();
        JsonFit.Check(document.RootElement, shape, errors);
        errors.RefuseIfAny();

        var value = Deserialize(document, type);
        Annotations.Check(value, shape, "", errors);
        errors.RefuseIfAny();
        return value;
    }

    private static JsonDocument Parse(byte[] body)
    {
        var mark = body.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        try
        {
            return JsonDocument.Parse(body.AsMemory(mark));
        }
        catch (JsonException)
        {
            throw new BindingRefusedException(RequestProblems.MalformedJson);
        }
    }

    /// <summary>What fits can still be refused by the converter of a single type, such as a date that does not exist.</summary>
    private static object Deserialize(JsonDocument document, Type type)
    {
        try
        {
            return document.Deserialize(ZoniqJson.Bodies.GetTypeInfo(type))!;
        }
        catch (JsonException wrong)
        {
            var path = wrong.Path is { Length: > 2 } found ? found[2..] : "body";
            var own = wrong.InnerException is null && !wrong.Message.Contains("Path:", StringComparison.Ordinal);
            throw new BindingRefusedException(Problem.Validation(path, own ? wrong.Message : "has the wrong form."));
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}

/// <summary>Fields and what is wrong with them.</summary>
/// <param name="named">How a path is written; as it is, unless said otherwise.</param>
internal sealed class FieldErrors(Func<string, string>? named = null)
{
    private Dictionary<string, string[]>? errors;

    public void Add(string path, string message)
    {
        errors ??= [];
        path = path.Length == 0 ? "body" : named?.Invoke(path) ?? path;
        errors[path] = errors.TryGetValue(path, out var earlier) ? [.. earlier, message] : [message];
    }

    public void RefuseIfAny()
    {
        if (errors is not null)
        {
            throw new BindingRefusedException(Problem.Validation(errors));
        }
    }

    /// <summary>The same, when what is wrong is that a parameter cannot be read at all.</summary>
    public void RefuseAsUnreadableIfAny()
    {
        if (errors is not null)
        {
            throw new BindingRefusedException(RequestProblems.InvalidParameter with { Errors = errors });
        }
    }
}
