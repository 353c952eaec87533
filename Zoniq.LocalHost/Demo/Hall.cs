using System.Text.Json.Nodes;

namespace Zoniq.LocalHost.Demo;

/// <summary>A numbered seat of a hall. Coordinates are in centimetres or so, the stage at the top, in the middle of x.</summary>
internal sealed record Place(int Tier, string Section, string Row, int Number, int X, int Y)
{
    public string Label => $"{Section}-{Row}{Number}";
}

/// <summary>How the numbered seats of a venue stand.</summary>
internal sealed class Hall
{
    private const int SeatWidth = 55;
    private const int RowDepth = 90;

    // I and O are left out, as on real seats: they look like 1 and 0.
    private const string RowNames = "ABCDEFGHJKLMNPQRSTUVWXYZ";

    private readonly JsonObject stage;

    private Hall(JsonObject stage, IReadOnlyList<Place> places)
    {
        this.stage = stage;
        Places = places;
    }

    public IReadOnlyList<Place> Places { get; }

    /// <summary>Three rings of wedge-shaped blocks bent around the stage, the nearest the dearest.</summary>
    public static Hall Arena { get; } = new(
        Stage("Stage", width: 1200, depth: 500),
        [
            .. Ring(tier: 1, sections: ["A", "B", "C"], nearest: 900, rows: 7, halfAngle: 62),
            .. Ring(tier: 2, sections: ["D", "E", "F", "G"], nearest: 1700, rows: 7, halfAngle: 70),
            .. Ring(tier: 3, sections: ["H", "J", "K", "L", "M"], nearest: 2500, rows: 6, halfAngle: 76),
        ]);

    /// <summary>Gently bent stalls with an aisle in the middle, and a balcony above them.</summary>
    public static Hall Theatre { get; } = new(
        Stage("Stage", width: 1100, depth: 400),
        [
            .. Rows(tier: 1, section: "Stalls", firstRow: 0, rows: 5, seats: 22, nearest: 350),
            .. Rows(tier: 2, section: "Stalls", firstRow: 5, rows: 7, seats: 22, nearest: 350),
            .. Rows(tier: 3, section: "Balcony", firstRow: 0, rows: 6, seats: 24, nearest: 1650),
        ]);

    /// <summary>What a page needs to draw the map besides the seats.</summary>
    public string Config()
    {
        var sections = Places.GroupBy(place => place.Section).Select(section => (JsonNode)new JsonObject
        {
            ["name"] = section.Key,
            ["seats"] = section.Count(),
            ["labelX"] = (section.Min(place => place.X) + section.Max(place => place.X)) / 2,
            ["labelY"] = (section.Min(place => place.Y) + section.Max(place => place.Y)) / 2,
        });
        var bounds = new JsonObject
        {
            ["left"] = Places.Min(place => place.X) - RowDepth,
            ["right"] = Places.Max(place => place.X) + RowDepth,
            ["top"] = stage["y"]!.GetValue<int>() - RowDepth,
            ["bottom"] = Places.Max(place => place.Y) + RowDepth,
        };
        return new JsonObject { ["stage"] = stage.DeepClone(), ["bounds"] = bounds, ["sections"] = new JsonArray([.. sections]) }.ToJsonString();
    }

    private static JsonObject Stage(string label, int width, int depth) =>
        new() { ["label"] = label, ["x"] = -width / 2, ["y"] = -depth / 2, ["width"] = width, ["height"] = depth };

    /// <summary>Blocks side by side between two angles, with a gangway between them; each row as long as its arc allows.</summary>
    private static IEnumerable<Place> Ring(int tier, string[] sections, int nearest, int rows, double halfAngle)
    {
        const double Gangway = 4;
        var width = ((2 * halfAngle) - (Gangway * (sections.Length - 1))) / sections.Length;

        for (var block = 0; block < sections.Length; block++)
        {
            var middle = Radians(-halfAngle + (width / 2) + (block * (width + Gangway)));
            for (var row = 0; row < rows; row++)
            {
                var radius = nearest + (row * RowDepth);
                var step = SeatWidth / (double)radius;
                var seats = (int)(Radians(width) / step);
                for (var seat = 0; seat < seats; seat++)
                {
                    var angle = middle + ((seat - ((seats - 1) / 2.0)) * step);
                    yield return new Place(
                        tier, sections[block], RowNames[row..(row + 1)], seat + 1, (int)Math.Round(radius * Math.Sin(angle)), (int)Math.Round(radius * Math.Cos(angle)));
                }
            }
        }
    }

    /// <summary>Rows of one length; the further from the middle, the nearer to the stage.</summary>
    private static IEnumerable<Place> Rows(int tier, string section, int firstRow, int rows, int seats, int nearest)
    {
        const int Aisle = 120;
        for (var row = firstRow; row < firstRow + rows; row++)
        {
            for (var seat = 0; seat < seats; seat++)
            {
                var side = seat < seats / 2 ? -1 : 1;
                var x = ((seat * SeatWidth) - ((seats - 1) * SeatWidth / 2)) + (side * Aisle / 2);
                yield return new Place(tier, section, RowNames[row..(row + 1)], seat + 1, x, nearest + (row * RowDepth) - (x * x / 6000));
            }
        }
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
