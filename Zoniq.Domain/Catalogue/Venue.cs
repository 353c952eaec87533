using System.Text.Json.Nodes;

namespace Zoniq.Domain.Catalogue;

/// <summary>A place where events happen.</summary>
public record Venue
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public string? Address { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? Country { get; init; }

    public string? Pincode { get; init; }

    /// <summary>How many people it holds; for information, it limits nothing.</summary>
    public int? Capacity { get; init; }

    /// <summary>An IANA zone.</summary>
    public string TimeZone { get; init; } = "";

    public string? ContactPhone { get; init; }

    public string? ContactEmail { get; init; }

    /// <summary>Whether events can be put there.</summary>
    public bool IsActive { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A venue with its seat map, which Zoniq keeps for the front end and does not interpret.</summary>
public sealed record VenueDetail : Venue
{
    public JsonObject? SeatMapConfig => SeatMapConfigText is null ? null : (JsonObject?)JsonNode.Parse(SeatMapConfigText);

    internal string? SeatMapConfigText { get; init; }
}
