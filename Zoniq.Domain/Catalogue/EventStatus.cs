namespace Zoniq.Domain.Catalogue;

/// <summary>The states of an event: draft → published → completed; any → cancelled → draft.</summary>
public static class EventStatus
{
    public const string Draft = "draft";

    public const string Published = "published";

    public const string Completed = "completed";

    public const string Cancelled = "cancelled";

    /// <summary>Whether the public may know of it.</summary>
    public static bool IsPublic(string status) => status is Published or Completed;
}
