namespace Zoniq.Domain;

/// <summary>What the HTTP layer needs to know of any <see cref="Result{T}"/>.</summary>
public interface IOutcome
{
    /// <summary>The refusal, or null when it went well.</summary>
    Problem? Problem { get; }

    /// <summary>The value, when it went well.</summary>
    object? Value { get; }
}

/// <summary>Either a value or a refusal. Refusals are returned, not thrown: an on-sale is mostly refusals.</summary>
public readonly struct Result<T> : IOutcome
{
    private readonly T? value;

    internal Result(T value) => this.value = value;

    private Result(Problem problem) => Problem = problem;

    /// <summary>The refusal, or null when it went well.</summary>
    public Problem? Problem { get; }

    /// <summary>The value; only to be read when there is no problem.</summary>
    public T Value => Problem is null ? value! : throw new InvalidOperationException($"Refused: {Problem.Code}");

    object? IOutcome.Value => value;

    public static implicit operator Result<T>(T value) => new(value);

    public static implicit operator Result<T>(Problem problem) => new(problem);
}

/// <summary>Makes results where the compiler does not: a value known only by its interface.</summary>
public static class Result
{
    public static Result<T> Of<T>(T value) => new(value);
}

/// <summary>The plain answer of an endpoint that has nothing else to say.</summary>
public sealed record Done(bool Success, string Message)
{
    /// <summary>It went well.</summary>
    public static Done Well(string message) => new(true, message);
}

/// <summary>A list's answer has one page and the number of all.</summary>
/// <param name="Number">1 or more.</param>
/// <param name="Size">1 to 100.</param>
public readonly record struct PageRequest(int Number, int Size)
{
    /// <summary>Rows before this page.</summary>
    public long Offset => (Number - 1L) * Size;
}
