namespace Zoniq.Domain.Catalogue;

/// <summary>The states of an event: draft → published → completed; any → cancelled → draft.</summary>
public static class EventStatus
{
    public const string Draft = "draft";

    public const string Published = "published";

    public const string Completed = "completed";

    public const string Cancelled = "cancelled";
}
