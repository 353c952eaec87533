using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>Whether there is such an event, for those who have found nothing of it.</summary>
internal static class KnownEvent
{
    /// <summary>One value, for <c>@eventId</c>.</summary>
    public const string ExistsSql = "select exists (select from event where id = @eventId)";

    public static Task<bool> ExistsAsync(Session db, long eventId) => db.QuerySingleAsync<bool>(ExistsSql, new { eventId });
}
