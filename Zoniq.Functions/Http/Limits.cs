namespace Zoniq.Functions.Http;

/// <summary>What is limited: the functions of one limit are counted together.</summary>
public enum Limit
{
    SignIn,
    CodeSending,
    CodeTrying,
    Search,
    Cart,
    BestSeats,
    PromoCode,
    Queue,
    Payment,
    TransferStart,
    TransferAnswer,
    PersonalData,
}

/// <summary>Whose calls are counted.</summary>
internal enum LimitedBy
{
    /// <summary>An IP address, by all instances together.</summary>
    Address,

    /// <summary>An account, by all instances together.</summary>
    User,

    /// <summary>An account, by each instance for itself and in memory: a guard against a runaway client where every statement counts.</summary>
    UserHere,
}

/// <summary>How often.</summary>
internal sealed record LimitPolicy(int Most, TimeSpan Window, LimitedBy By)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Generous per address, because mobile carriers put thousands of people behind one; what is counted per e-mail address or number protects those.</summary>
    public static LimitPolicy Of(Limit limit) => limit switch
    {
        Limit.SignIn => new(300, Minute, LimitedBy.Address),
        Limit.CodeSending => new(300, Hour, LimitedBy.Address),
        Limit.CodeTrying => new(1000, Hour, LimitedBy.Address),
        Limit.Search => new(1200, Minute, LimitedBy.Address),
        Limit.Cart => new(30, Minute, LimitedBy.UserHere),
        Limit.BestSeats => new(30, Minute, LimitedBy.UserHere),
        Limit.PromoCode => new(10, Minute, LimitedBy.UserHere),
        Limit.Queue => new(30, Minute, LimitedBy.UserHere),
        Limit.Payment => new(20, Minute, LimitedBy.UserHere),
        Limit.TransferStart => new(20, Hour, LimitedBy.User),
        Limit.TransferAnswer => new(20, Hour, LimitedBy.User),
        Limit.PersonalData => new(3, Day, LimitedBy.User),
        _ => throw new ArgumentOutOfRangeException(nameof(limit), limit, null),
    };
}

/// <summary>How often one may call a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LimitedAttribute(Limit limit) : Attribute
{
    public Limit Limit { get; } = limit;

    /// <summary>A query parameter without which calls are not counted.</summary>
    public string? OnlyWith { get; init; }
}
