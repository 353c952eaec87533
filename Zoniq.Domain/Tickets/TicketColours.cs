using SkiaSharp;

namespace Zoniq.Domain.Tickets;

/// <summary>A category's colour and what can be read on it.</summary>
/// <param name="Band">The category's own.</param>
/// <param name="OnBand">Black or white, at a contrast of at least 4.5 to 1.</param>
/// <param name="Tint">A breath of the colour, on which dark text stands.</param>
internal readonly record struct TicketColours(SKColor Band, SKColor OnBand, SKColor Tint)
{
    public static readonly SKColor Ink = new(0x16, 0x18, 0x1D);
    public static readonly SKColor Muted = new(0x5B, 0x62, 0x70);
    public static readonly SKColor Line = new(0xC9, 0xCD, 0xD6);

    private static readonly SKColor House = new(0x2B, 0x2F, 0x77);

    // Web Content Accessibility Guidelines 2.2, 1.4.3.
    private const double ReadableContrast = 4.5;

    public static TicketColours Of(string categoryColour)
    {
        var band = categoryColour.StartsWith('#') && categoryColour.Length is 4 or 7 && SKColor.TryParse(categoryColour, out var colour) ? colour : House;
        var whiteContrast = 1.05 / (Luminance(band) + 0.05);

        return new TicketColours(band, whiteContrast >= ReadableContrast ? SKColors.White : SKColors.Black, Blend(band, SKColors.White, 0.08f));
    }

    private static double Luminance(SKColor colour) =>
        (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));

    private static double Linear(byte channel) =>
        channel / 255.0 is var value && value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    public static SKColor Blend(SKColor over, SKColor under, float share) => new(
        (byte)Math.Round((over.Red * share) + (under.Red * (1 - share))),
        (byte)Math.Round((over.Green * share) + (under.Green * (1 - share))),
        (byte)Math.Round((over.Blue * share) + (under.Blue * (1 - share))));
}
