namespace Zoniq.Functions.Realtime;

/// <summary>The SignalR hub that pages connect to. They only listen.</summary>
internal static class Hub
{
    public const string Name = "zoniq";
}

/// <summary>Groups of connections that are told the same; a connection is in one until it ends.</summary>
internal static class LiveGroup
{
    /// <summary>Who looks at the seats of an event.</summary>
    public static string SeatsOf(long eventId) => $"seats:{eventId}";
}
