namespace Zoniq.Domain.Carts;

/// <summary>
/// What those on a waiting list can rely on. Whoever has waited longest and can be given all they want at once comes first. A larger group is passed over while there is too little
/// for it, but only so often: then what becomes free is saved up for it, for a while, and is meanwhile neither on public sale nor offered to others.
/// </summary>
public static class WaitlistPolicy
{
    /// <summary>An offer is held for so long, or until booking ends.</summary>
    public static readonly TimeSpan Offer = TimeSpan.FromMinutes(30);

    /// <summary>After so many offers to younger and smaller ones, places are saved up for the one who was passed over.</summary>
    public const int MostOvertakings = 3;

    /// <summary>Places that stay empty meanwhile may be saved for so long; then they go to others, and counting starts again.</summary>
    public static readonly TimeSpan LongestSaving = TimeSpan.FromHours(2);

    /// <summary>So long before booking ends nothing is saved any more, so that no place stays empty for it.</summary>
    public static readonly TimeSpan NoSavingBeforeEnd = TimeSpan.FromHours(6);
}
