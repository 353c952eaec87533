namespace Zoniq.LocalHost.Postgres;

/// <summary>How a private cluster is run.</summary>
public sealed record ClusterSettings
{
    /// <summary>Connections at once; an app's pool takes up to 40.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>Whether what was committed survives a loss of power.</summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>The superuser's password, asked for over TCP; a socket is protected by its directory.</summary>
    public string Password { get; init; } = "zoniq";

    /// <summary>For tests: fast, and worth nothing after a crash.</summary>
    public static ClusterSettings ForTests { get; } = new() { MaxConnections = 500, IsDurable = false };

    /// <summary>Settings of the server, by name.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        yield return new("max_connections", MaxConnections.ToString());
        yield return new("shared_buffers", "256MB");
        yield return new("max_wal_size", "1GB");
        yield return new("timezone", "UTC");
        yield return new("log_timezone", "UTC");
        if (!IsDurable)
        {
            yield return new("fsync", "off");
            yield return new("synchronous_commit", "off");
            yield return new("full_page_writes", "off");
        }
    }
}
