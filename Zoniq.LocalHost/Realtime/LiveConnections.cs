using System.Collections.Concurrent;

namespace Zoniq.LocalHost.Realtime;

/// <summary>Who is connected to this instance, and in which groups each connection is: the hub itself does not tell.</summary>
internal sealed class LiveConnections
{
    private readonly ConcurrentDictionary<string, Connection> connections = new(StringComparer.Ordinal);

    public void Add(string connectionId, string? userId) => connections[connectionId] = new Connection(userId);

    public void Remove(string connectionId) => connections.TryRemove(connectionId, out _);

    public bool Has(string connectionId) => connections.ContainsKey(connectionId);

    public string[] Of(string userId) => [.. connections.Where(connection => connection.Value.UserId == userId).Select(connection => connection.Key)];

    /// <summary>Notes that a connection is in a group.</summary>
    public void Join(string connectionId, string group)
    {
        if (connections.TryGetValue(connectionId, out var connection))
        {
            connection.Groups.TryAdd(group, 0);
        }
    }

    /// <summary>Notes that it is not any more.</summary>
    public void Leave(string connectionId, string group)
    {
        if (connections.TryGetValue(connectionId, out var connection))
        {
            connection.Groups.TryRemove(group, out _);
        }
    }

    /// <summary>Where a connection is; nowhere when it is not here.</summary>
    public ICollection<string> GroupsOf(string connectionId) =>
        connections.TryGetValue(connectionId, out var connection) ? connection.Groups.Keys : [];

    private sealed record Connection(string? UserId)
    {
        public ConcurrentDictionary<string, byte> Groups { get; } = new(StringComparer.Ordinal);
    }
}
