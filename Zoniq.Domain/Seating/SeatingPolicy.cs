namespace Zoniq.Domain.Seating;

/// <summary>Limits of the house.</summary>
public static class SeatingPolicy
{
    /// <summary>Places in one category.</summary>
    public const int MostPlaces = 200_000;
}
