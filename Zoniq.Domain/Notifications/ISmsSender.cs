namespace Zoniq.Domain.Notifications;

/// <summary>What became of an SMS.</summary>
public enum SmsOutcome
{
    /// <summary>It has been taken over.</summary>
    Taken,

    /// <summary>It has certainly not: it was turned down, or nobody was there to take it.</summary>
    Refused,

    /// <summary>Nobody knows: it was handed over and no usable answer came. It may arrive, and may have to be paid for.</summary>
    Unknown,
}

/// <summary>What sends SMS.</summary>
public interface ISmsSender
{
    /// <summary>Several may be under way at once.</summary>
    /// <param name="number">With the country's code, digits only: <c>919876543210</c>.</param>
    /// <param name="code">Six digits, good for ten minutes.</param>
    /// <param name="cancellationToken">Gives up waiting; whether the SMS was sent is then unknown to the caller.</param>
    Task<SmsOutcome> SendCodeAsync(string number, string code, CancellationToken cancellationToken);
}

/// <summary>Where there is no provider of SMS.</summary>
public sealed class NoSmsSender : ISmsSender
{
    public Task<SmsOutcome> SendCodeAsync(string number, string code, CancellationToken cancellationToken) => Task.FromResult(SmsOutcome.Refused);
}
