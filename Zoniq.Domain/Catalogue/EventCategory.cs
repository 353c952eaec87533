namespace Zoniq.Domain.Catalogue;

/// <summary>A sort of event that is offered for choosing; others may be entered.</summary>
public sealed record EventCategory(string Value, string Label)
{
    /// <summary>What an event is when nobody says otherwise.</summary>
    public const string Other = "other";

    public static readonly EventCategory[] All =
    [
        new("concert", "Concert"),
        new("sports", "Sports"),
        new("theater", "Theater"),
        new("comedy", "Comedy"),
        new("conference", "Conference"),
        new("workshop", "Workshop"),
        new("festival", "Festival"),
        new("exhibition", "Exhibition"),
        new(Other, "Other"),
    ];
}
