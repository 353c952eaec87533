namespace Zoniq.Domain.Catalogue;

/// <summary>The IANA time zones.</summary>
internal static class TimeZones
{
    /// <summary>The zone of that name in its proper spelling, or null when there is none. Files of the time zone database that are no zones of a place do not count.</summary>
    public static TimeZoneInfo? Find(string id) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId && (zone.Id == "UTC" || (zone.Id.Contains('/') && char.IsAsciiLetterUpper(zone.Id[0])))
            ? zone
            : null;
}
