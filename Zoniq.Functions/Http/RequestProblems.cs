using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>Refusals of requests that no area gets to see.</summary>
public static class RequestProblems
{
    public static readonly Problem MalformedJson =
        new("request.malformed_json", ProblemKind.Unreadable, "The body is not readable JSON.");

    public static readonly Problem InvalidParameter =
        new("request.invalid_parameter", ProblemKind.Unreadable, "A parameter cannot be read.");

    public static readonly Problem TooLarge =
        new("request.too_large", ProblemKind.TooLarge, "The body is larger than 1 MB.");

    public static readonly Problem UnsupportedMediaType =
        new("request.unsupported_media_type", ProblemKind.WrongContentType, "The body must be application/json in UTF-8.");

    /// <summary>The same of an upload.</summary>
    public static readonly Problem NotAForm =
        UnsupportedMediaType with { Detail = "The body must be a form (multipart/form-data) with the field file." };
}

/// <summary>A parameter cannot be bound: converters have no other way to refuse than to throw.</summary>
public sealed class BindingRefusedException(Problem problem) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;
}
