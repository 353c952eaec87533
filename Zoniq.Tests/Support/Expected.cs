namespace Zoniq.Tests.Support;

/// <summary>What may be answered, and what follows if it is a success.</summary>
internal sealed class Expected
{
    public const string Success = "a success";

    private readonly string[] answers;
    private readonly Action? then;

    public Expected(Action then) => (answers, this.then) = ([Success], then);

    /// <summary>One of these refusals.</summary>
    public Expected(params string[] refusals) => answers = refusals;

    /// <summary>The refusal unless it is a success, or either.</summary>
    public Expected(bool? isSuccess, string refusal, Action then) =>
        (answers, this.then) = (isSuccess switch { true => [Success], false => [refusal], null => [Success, refusal] }, then);

    public static implicit operator Expected(string refusal) => new([refusal]);

    public bool Allows(string answer) => answers.Contains(answer);

    public void Follows(string answer)
    {
        if (answer == Success)
        {
            then!();
        }
    }

    public override string ToString() => string.Join(" or ", answers);
}
