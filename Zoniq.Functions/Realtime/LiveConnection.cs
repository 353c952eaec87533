using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;

namespace Zoniq.Functions.Realtime;

/// <summary>Where a SignalR client connects, and what it shows there. Its library asks for this by itself and follows.</summary>
public sealed record LiveConnection
{
    /// <summary>Of the hub.</summary>
    public required string Url { get; init; }

    /// <summary>Valid for an hour, and for nothing but connecting as this person.</summary>
    public required string AccessToken { get; init; }

    /// <param name="connection">As the binding makes it; null, or empty, when there is nowhere to connect to.</param>
    /// <param name="userId">Whose messages are asked for.</param>
    /// <param name="callerId">Who asks.</param>
    public static Result<LiveConnection> For(SignalRConnectionInfo? connection, long userId, long callerId) =>
        userId != callerId ? RealtimeProblems.NotYou
            : connection is { Url: { } url, AccessToken: { } token } ? new LiveConnection { Url = url, AccessToken = token }
            : RealtimeProblems.Unavailable;
}
