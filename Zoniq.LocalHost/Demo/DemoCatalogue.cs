namespace Zoniq.LocalHost.Demo;

/// <summary>A place where something is on.</summary>
internal sealed record DemoVenue(string Name, string Address, string City, string State, string Pincode, int Capacity, Hall? Hall = null);

/// <summary>A price of an event; its places are those of the tier it stands at, or so many to stand.</summary>
internal sealed record DemoPrice(string Name, decimal Rupees, string Colour, int Standing = 0, string? Description = null);

/// <summary>Something that is on, so many days from today, at an hour of Indian time.</summary>
internal sealed record DemoEvent(string Title, string Slug, string Category, string Venue, int InDays, double AtHour, double Hours)
{
    public required string Short { get; init; }

    public required string Description { get; init; }

    public required string Organiser { get; init; }

    public required DemoPrice[] Prices { get; init; }

    public int MostTickets { get; init; } = 8;

    /// <summary>Below zero: sales have begun.</summary>
    public int SalesInDays { get; init; } = -3;
}

/// <summary>What the demo has on.</summary>
internal static class DemoCatalogue
{
    private const string Arena = "Sagar Arena";
    private const string Theatre = "Rangayana Theatre";
    private const string Club = "The Stepwell";
    private const string Lawns = "Marina Lawns";
    private const string Forum = "Deccan Forum";

    public static DemoVenue[] Venues { get; } =
    [
        new(Arena, "Bandra Kurla Complex, Bandra East", "Mumbai", "Maharashtra", "400051", Hall.Arena.Places.Count, Hall.Arena),
        new(Theatre, "14 Jayachamaraja Road", "Bengaluru", "Karnataka", "560002", Hall.Theatre.Places.Count, Hall.Theatre),
        new(Club, "7 Hauz Khas Village", "New Delhi", "Delhi", "110016", 420),
        new(Lawns, "Kamarajar Salai, Marina", "Chennai", "Tamil Nadu", "600005", 4000),
        new(Forum, "Senapati Bapat Road", "Pune", "Maharashtra", "411016", 900),
    ];

    public static DemoEvent[] Events { get; } =
    [
        new("Monsoon Nights: The Raga Rock Tour", "monsoon-nights-the-raga-rock-tour", "concert", Arena, InDays: 21, AtHour: 19.5, Hours: 3)
        {
            Short = "Sitar against six strings, and forty musicians who have waited for the rain.",
            Description =
                """
                Three years after their last evening in Mumbai, the Raga Rock collective returns with a new album and an orchestra of forty.
                Doors open at 6 pm. The concert has one interval.
                """,
            Organiser = "Sea Link Live",
            Prices = [new("Platinum", 7500, "#7C3AED"), new("Gold", 4500, "#D97706"), new("Silver", 1999, "#64748B")],
        },
        new("Mumbai Mariners v Jaipur Falcons", "mumbai-mariners-v-jaipur-falcons", "sports", Arena, InDays: 9, AtHour: 20, Hours: 2)
        {
            Short = "Kabaddi under lights: the night that decides who goes to the semi-final.",
            Description = "The last match of the league stage. Families are welcome; the outer ring is the loudest.",
            Organiser = "Western Kabaddi League",
            Prices = [new("Courtside", 2400, "#DC2626"), new("Lower stand", 900, "#2563EB"), new("Upper stand", 349.5m, "#059669")],
        },
        new("शाम-ए-ग़ज़ल: एक सुरीली शाम", "sham-e-ghazal-ek-surili-sham", "concert", Theatre, InDays: 14, AtHour: 19, Hours: 2.5)
        {
            Short = "ग़ज़लों की एक शाम, तबले और हारमोनियम के साथ। An evening of ghazals.",
            Description = "पुराने उस्तादों की ग़ज़लें और नए शायरों का कलाम। Sung in Hindi and Urdu, with the words projected in English.",
            Organiser = "Mehfil Foundation",
            Prices = [new("Front stalls", 1800, "#B45309"), new("Stalls", 1200, "#0F766E"), new("Balcony", 600, "#4338CA")],
        },
        new("The Girl Who Spoke to Rivers", "the-girl-who-spoke-to-rivers", "theater", Theatre, InDays: 6, AtHour: 18.5, Hours: 2)
        {
            Short = "A play for everybody above eight about a village, a dam and a promise.",
            Description = "Winner of the audience prize at the Prithvi festival, now in Bengaluru for one evening. In English and Kannada.",
            Organiser = "Kaveri Players",
            Prices = [new("Front stalls", 950, "#BE185D"), new("Stalls", 650, "#1D4ED8"), new("Balcony", 350, "#15803D")],
            MostTickets = 10,
        },
        new("Half-Baked Confessions: Meera Krishnan Live", "half-baked-confessions-meera-krishnan-live", "comedy", Club, InDays: 4, AtHour: 20.5, Hours: 1.5)
        {
            Short = "Stand-up about aunties, algorithms and the price of tomatoes.",
            Description = "An hour and a half of new material. In English with bursts of Tamil. Not for under-sixteens.",
            Organiser = "Punchline Collective",
            Prices = [new("Floor", 799, "#E11D48", Standing: 260), new("Mezzanine", 1299, "#7C3AED", Standing: 60)],
        },
        new("Bass Junction All-Nighter", "bass-junction-all-nighter", "concert", Club, InDays: 11, AtHour: 22, Hours: 6)
        {
            Short = "Drum and bass till the first metro, with eight crews from five cities.",
            Description = "Two rooms, eight crews. Entry for those over twenty-one with a government identity card.",
            Organiser = "Lowend Delhi",
            Prices = [new("Early entry", 599, "#0891B2", Standing: 120, Description: "Before 11 pm"), new("Any time", 999, "#0F172A", Standing: 300)],
            MostTickets = 4,
        },
        new("Marina Food & Folk Festival", "marina-food-and-folk-festival", "festival", Lawns, InDays: 18, AtHour: 11, Hours: 34)
        {
            Short = "Sixty kitchens and thirty folk troupes by the sea, for two days.",
            Description = "Parai drums, Therukoothu, Baul singers and more dosas than you can count. One ticket is good for both days.",
            Organiser = "Coromandel Culture Trust",
            Prices = [new("Two-day pass", 499, "#EA580C", Standing: 3000), new("Children under eight", 0, "#16A34A", Standing: 500, Description: "Free, with a grown-up")],
            MostTickets = 12,
        },
        new("Deccan Developers' Conference", "deccan-developers-conference", "conference", Forum, InDays: 32, AtHour: 9, Hours: 9)
        {
            Short = "One day, three tracks, no keynote longer than twenty minutes.",
            Description = "Distributed systems, databases and the people who run them. Lunch and too much filter coffee included.",
            Organiser = "Pune User Groups",
            Prices = [new("Standard", 2499, "#1E40AF", Standing: 700), new("Student", 499.5m, "#0D9488", Standing: 150, Description: "With a valid student card")],
            MostTickets = 5,
        },
        new("Ink & Indigo: A Block-Printing Workshop", "ink-and-indigo-a-block-printing-workshop", "workshop", Forum, InDays: 12, AtHour: 10.5, Hours: 4)
        {
            Short = "Carve a block, mix the dye, take home two metres of cloth.",
            Description = "Led by printers from Bagru. Everything is provided except an apron you do not mind spoiling.",
            Organiser = "Haath Studio",
            Prices = [new("Place at the table", 1250, "#3730A3", Standing: 24)],
            MostTickets = 4,
        },
        new("A Hundred Monsoons: Photographs of the Coast", "a-hundred-monsoons-photographs-of-the-coast", "exhibition", Lawns, InDays: 25, AtHour: 10, Hours: 10)
        {
            Short = "Four generations of one family photographed the same harbour. Entry is free.",
            Description = "Two hundred prints in the open air. Free, but places are limited: take a ticket for each visitor.",
            Organiser = "Coromandel Culture Trust",
            Prices = [new("Visitor", 0, "#0369A1", Standing: 800)],
            SalesInDays = 2,
        },
    ];
}
