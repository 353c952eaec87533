using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>The one place that knows HTTP's numbers.</summary>
internal static class Statuses
{
    public const int Ok = StatusCodes.Status200OK;

    public const int NotModified = StatusCodes.Status304NotModified;

    public static int Of(Success success) => success switch
    {
        Success.Ok => Ok,
        Success.Created => StatusCodes.Status201Created,
        Success.Accepted => StatusCodes.Status202Accepted,
        _ => throw new ArgumentOutOfRangeException(nameof(success), success, null),
    };

    public static int Of(ProblemKind kind) => kind switch
    {
        ProblemKind.Unreadable or ProblemKind.WrongProof => StatusCodes.Status400BadRequest,
        ProblemKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
        ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.Conflict => StatusCodes.Status409Conflict,
        ProblemKind.Gone => StatusCodes.Status410Gone,
        ProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemKind.WrongContentType => StatusCodes.Status415UnsupportedMediaType,
        ProblemKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        ProblemKind.Limited => StatusCodes.Status429TooManyRequests,
        ProblemKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ProblemKind.Defect => StatusCodes.Status500InternalServerError,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Whether it settles the request: not when somebody has to sign in or to wait first, or when we failed.</summary>
    public static bool IsFinal(int status) => status switch
    {
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests => false,
        >= StatusCodes.Status200OK and < StatusCodes.Status300MultipleChoices => true,
        >= StatusCodes.Status400BadRequest and < StatusCodes.Status500InternalServerError => true,
        _ => false,
    };

    /// <summary>Whether it was us who failed.</summary>
    public static bool IsFailure(int status) => status >= StatusCodes.Status500InternalServerError;

    /// <summary>Whether another service failed. That it does not know what it was asked for still shows that it is there.</summary>
    public static bool IsFailure(HttpResponseMessage answer) => IsFailure((int)answer.StatusCode);

    /// <summary>The short title of a status: <c>Conflict</c>.</summary>
    public static string Title(int status) => ReasonPhrases.GetReasonPhrase(status);

    /// <summary>What the server itself objected to while the body was read.</summary>
    public static Problem Refusal(BadHttpRequestException refused) =>
        refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? RequestProblems.TooLarge : RequestProblems.MalformedJson;
}
