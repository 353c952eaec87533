namespace Zoniq.Domain.Notifications;

/// <summary>What sends SMS.</summary>
public interface ISmsSender
{
    /// <summary>True when the SMS has been taken over; false when nobody takes any at present, or not for this number. Several may be under way at once.</summary>
    /// <param name="number">With the country's code, digits only: <c>919876543210</c>.</param>
    /// <param name="code">Six digits, good for ten minutes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<bool> SendCodeAsync(string number, string code, CancellationToken cancellationToken);
}

/// <summary>Where there is no provider of SMS.</summary>
public sealed class NoSmsSender : ISmsSender
{
    public Task<bool> SendCodeAsync(string number, string code, CancellationToken cancellationToken) => Task.FromResult(false);
}
