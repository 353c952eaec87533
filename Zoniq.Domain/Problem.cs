namespace Zoniq.Domain;

/// <summary>What sort of refusal it is. The HTTP layer turns it into a status.</summary>
public enum ProblemKind
{
    /// <summary>The request cannot be read: not JSON, or a parameter that does not parse.</summary>
    Unreadable,

    /// <summary>A proof does not match: password, one-time code, signature.</summary>
    WrongProof,

    /// <summary>The bearer token is missing, forged, expired or revoked.</summary>
    Unauthenticated,

    /// <summary>Known, but not allowed.</summary>
    Forbidden,

    /// <summary>Unknown, not public, or somebody else's.</summary>
    NotFound,

    /// <summary>In conflict with the current state.</summary>
    Conflict,

    /// <summary>It existed and has expired.</summary>
    Gone,

    /// <summary>The body is larger than allowed.</summary>
    TooLarge,

    /// <summary>The body is of a type the endpoint does not take.</summary>
    WrongContentType,

    /// <summary>Readable, but breaks a field rule.</summary>
    Invalid,

    /// <summary>Too many requests; <see cref="Problem.RetryAfter"/> says when to come back.</summary>
    Limited,

    /// <summary>Something Zoniq depends on is down.</summary>
    Unavailable,

    /// <summary>A defect.</summary>
    Defect,
}

/// <summary>A refusal: a stable code for programs and one sentence for people.</summary>
/// <param name="Code">Stable, lower-case, with a dot: <c>seat.taken</c>.</param>
/// <param name="Kind">What sort of refusal it is.</param>
/// <param name="Detail">One sentence a buyer can read.</param>
public sealed record Problem(string Code, ProblemKind Kind, string Detail)
{
    /// <summary>Further members of the answer, such as the seats that were taken; values must be known to the JSON contexts.</summary>
    public IReadOnlyDictionary<string, object?> Members { get; init; } = EmptyMembers;

    /// <summary>Field errors of a validation refusal: path to messages.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>When trying again may help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The limit that was reached, of a refusal because of one.</summary>
    public Allowance? Allowance { get; init; }

    private static readonly IReadOnlyDictionary<string, object?> EmptyMembers = new Dictionary<string, object?>();

    /// <summary>The same refusal with a member added.</summary>
    public Problem With(string name, object? value) =>
        this with { Members = new Dictionary<string, object?>(Members) { [name] = value } };

    /// <summary>A field rule was broken.</summary>
    public static Problem Validation(string field, string message) =>
        Validation(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>Field rules were broken.</summary>
    public static Problem Validation(IReadOnlyDictionary<string, string[]> errors) =>
        CommonProblems.ValidationFailed with { Errors = errors };
}

/// <summary>How much of a limit is left.</summary>
/// <param name="Limit">So often within the window.</param>
/// <param name="Remaining">So often still.</param>
/// <param name="Reset">After this time everything is counted anew.</param>
public sealed record Allowance(int Limit, int Remaining, TimeSpan Reset);

/// <summary>Refusals that belong to no area.</summary>
public static class CommonProblems
{
    public static readonly Problem ValidationFailed =
        new("validation.failed", ProblemKind.Invalid, "Some fields are not valid.");

    public static readonly Problem ServiceUnavailable =
        new("service.unavailable", ProblemKind.Unavailable, "The service is busy; please try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(2) };

    public static readonly Problem RateLimited =
        new("rate.limited", ProblemKind.Limited, "That is too often; please wait a little.");

    public static readonly Problem InternalError =
        new("internal.error", ProblemKind.Defect, "Something went wrong on our side.");
}
