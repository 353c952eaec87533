using Microsoft.Extensions.Logging.Abstractions;
using QRCoder;
using SkiaSharp;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokens;
using Zoniq.Domain;
using Zoniq.Domain.Tickets;
using ZXing;

namespace Zoniq.Tests.Tickets;

public sealed class TicketPdfTests
{
    private static readonly DateTimeOffset DrawnAt = new(2026, 11, 1, 10, 0, 0, TimeSpan.Zero);

    private static readonly string Payload = $"ZQ1.k3Jd9_aZ.812345.4021.1.{new string('x', 86)}";

    private static readonly PrintedTicket Ticket = new()
    {
        TicketId = 812_345,
        TicketNumber = "TKT-7K3M9QXZ",
        BookingNumber = "ZQ-8F4K2M7C",
        EventTitle = "Monsoon Nights: Café Filmi & the Affable Fjord Office",
        EventDate = new DateTimeOffset(2026, 12, 12, 14, 0, 0, TimeSpan.Zero),
        TimeZone = "Asia/Kolkata",
        VenueName = "Jio World Garden",
        VenueAddress = "G Block, Bandra Kurla Complex",
        VenueCity = "Mumbai",
        CategoryName = "Gold",
        CategoryColor = "#C9A227",
        Section = "Lower East",
        RowName = "B",
        SeatNumber = "14",
        SeatLabel = "B-14",
        Price = new Money(1_23_456_789),
        HolderName = "Asha Kulkarni-D’Souza",
        QrPayload = Payload,
    };

    private readonly TicketPdf _pdf = new(NullLogger<TicketPdf>.Instance);

    [Fact]
    public void What_is_written_on_a_ticket_can_be_searched_and_copied()
    {
        using var document = PdfDocument.Open(_pdf.Draw([Ticket], DrawnAt));
        var text = TextOf(document.GetPage(1));

        Assert.All(
            [Ticket.EventTitle, Ticket.HolderName!, Ticket.TicketNumber, Ticket.BookingNumber, Ticket.VenueName!, "G Block, Bandra Kurla Complex, Mumbai", "Lower East", "14", "Gold", "₹12,34,567.89", "Sat, 12 December 2026 · 7:30 pm IST"],
            expected => Assert.Contains(expected, text));
        Assert.Contains(Ticket.HolderName!, document.Information.Subject);
        Assert.Contains(Ticket.EventTitle, document.Information.Title);
    }

    [Fact]
    public void Several_tickets_are_several_pages_each_with_its_own_number()
    {
        PrintedTicket[] tickets = [Ticket, Ticket with { TicketNumber = "TKT-00000002", SeatNumber = "15" }, Ticket with { TicketNumber = "TKT-00000003", SeatNumber = "16" }];

        using var document = PdfDocument.Open(_pdf.Draw(tickets, DrawnAt));

        Assert.Equal(3, document.NumberOfPages);
        Assert.All(tickets, (ticket, i) => Assert.Contains(ticket.TicketNumber, TextOf(document.GetPage(i + 1))));
        Assert.Contains("Page 2 of 3", TextOf(document.GetPage(2)));
    }

    [Fact]
    public void Times_are_those_of_the_venue()
    {
        var dubai = Ticket with { TimeZone = "Asia/Dubai", EventDate = new DateTimeOffset(2026, 12, 12, 21, 0, 0, TimeSpan.Zero), EventEndDate = new DateTimeOffset(2026, 12, 14, 18, 30, 0, TimeSpan.Zero) };

        using var document = PdfDocument.Open(_pdf.Draw([dubai], DrawnAt));

        Assert.Contains("Sun, 13 December 2026 · 1:00 am GMT+4 until Mon, 14 December 2026 · 10:30 pm", TextOf(document.GetPage(1)));
    }

    [Fact]
    public void A_standing_place_is_general_admission()
    {
        using var document = PdfDocument.Open(_pdf.Draw([Ticket with { Section = null, RowName = null, SeatNumber = null, SeatLabel = null }], DrawnAt));

        Assert.Contains("General admission", TextOf(document.GetPage(1)));
    }

    [Fact]
    public void A_ticket_is_small_enough_to_mail_by_the_dozen()
    {
        Assert.InRange(_pdf.Draw([Ticket], DrawnAt).Length, 1, 60_000);
    }

    [Fact]
    public void The_same_tickets_at_the_same_time_are_the_same_bytes_also_when_many_are_drawn_at_once()
    {
        var tickets = Enumerable.Range(0, 32)
            .Select(i => Ticket with { HolderName = i % 2 == 0 ? $"आशा कुलकर्णी {i}" : $"محمد عرفان {i}", TicketNumber = $"TKT-000000{i:00}" })
            .ToArray();
        var serial = tickets.Select(ticket => _pdf.Draw([ticket], DrawnAt)).ToArray();

        var parallel = tickets.AsParallel().AsOrdered().WithDegreeOfParallelism(32).Select(ticket => _pdf.Draw([ticket], DrawnAt)).ToArray();

        Assert.Equal(serial, parallel);
        Assert.NotEqual(serial[0], _pdf.Draw([tickets[0]], DrawnAt.AddSeconds(1)));
    }

    [Fact]
    public void Whatever_the_names_are_they_stay_on_the_paper()
    {
        var endless = string.Join(' ', Enumerable.Repeat("Extraordinarily", 16));
        var unbroken = new string('W', 255);
        PrintedTicket[] tickets = [.. new[] { endless, unbroken, "", "अतिविस्तृतनामवाले " + endless }.Select(name => Ticket with
        {
            EventTitle = name, VenueName = name, VenueAddress = name, VenueCity = name, CategoryName = name, Section = name, RowName = name, SeatNumber = name,
            HolderName = name, OrganizerName = name, Terms = string.Join('\n', Enumerable.Repeat(name, 60)),
        })];

        using var document = PdfDocument.Open(_pdf.Draw(tickets, DrawnAt));

        Assert.All(document.GetPages(), page => Assert.All(page.Letters, letter =>
        {
            Assert.InRange(letter.BoundingBox.Left, 26, page.Width - 26);
            Assert.InRange(letter.BoundingBox.Right, 26, page.Width - 26);
            Assert.InRange(letter.BoundingBox.Bottom, 6, page.Height - 6);
        }));
    }

    [Theory]
    [InlineData("Devanagari", "श्रीकृष्ण कुलकर्णी, क्षत्रिय")]
    [InlineData("Tamil", "கார்த்திகேயன் ஸ்ரீநிவாசன்")]
    [InlineData("Telugu", "వెంకట సుబ్రహ్మణ్యం")]
    [InlineData("Bengali", "রবীন্দ্রনাথ চট্টোপাধ্যায়")]
    [InlineData("Kannada", "ಕೃಷ್ಣಮೂರ್ತಿ")]
    [InlineData("Malayalam", "ശ്രീകുമാർ നമ്പൂതിരി")]
    [InlineData("Gujarati", "શ્રીમતી પટેલ")]
    [InlineData("Gurmukhi", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ")]
    [InlineData("Odia", "ଶ୍ରୀକାନ୍ତ ମହାନ୍ତି")]
    [InlineData("Urdu", "محمد عرفان خان، ٹکٹ ڑ ں ے ۱۲")]
    [InlineData("Latin", "Zoë O’Brien–Łukasz ₹ “½” …")]
    public void Every_script_of_india_has_its_letters(string script, string name)
    {
        var shaped = TextShaper.Shape(name, bold: true);

        Assert.True(shaped.Missing.Count == 0, $"{script}: {string.Join(' ', shaped.Missing)}");
        Assert.DoesNotContain(0, shaped.Glyphs);
    }

    [Fact]
    public void Letters_are_joined_as_their_script_demands()
    {
        Assert.True(TextShaper.Shape("क्ष").Glyphs.Count() < "क्ष".Length);          // a conjunct
        Assert.NotEqual(TextShaper.Shape("ب").Glyphs, TextShaper.Shape("بب").Glyphs.Take(1));   // a letter joined to the next
    }

    [Theory]
    [InlineData("Asha 🎉", "🎉")]
    [InlineData("👨‍👩‍👧 Rao", "👨‍👩‍👧")]
    [InlineData("中 Li", "中")]
    [InlineData("a\uD800", null)]
    [InlineData("a\u202Eb\u0007\u200D", null)]
    public void A_character_no_font_has_becomes_a_box_and_is_reported(string name, string? missing)
    {
        var shaped = TextShaper.Shape(name);

        Assert.Equal(missing is null ? [] : [missing], shaped.Missing);
        Assert.Equal(missing is null ? 0 : 1, shaped.Glyphs.Count(glyph => glyph == 0));
        Assert.NotEmpty(_pdf.Draw([Ticket with { HolderName = name, EventTitle = name }], DrawnAt));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(384)]
    [InlineData(1024)]
    public void The_picture_of_a_code_shows_its_modules_with_white_around_them(int size)
    {
        using var data = QRCodeGenerator.GenerateQrCode(Payload, QRCodeGenerator.ECCLevel.M);
        using var picture = SKBitmap.Decode(TicketQr.Png(Payload, size));
        var across = data.ModuleMatrix.Count;     // with a quiet zone of four on each side
        var scale = size / across;
        var margin = (size - (scale * across)) / 2;

        Assert.Equal((size, size), (picture.Width, picture.Height));
        for (var row = 0; row < across; row++)
        {
            for (var column = 0; column < across; column++)
            {
                var pixel = picture.GetPixel(margin + (column * scale) + (scale / 2), margin + (row * scale) + (scale / 2));
                Assert.Equal(data.ModuleMatrix[row][column], pixel.Red < 128);
            }
        }
    }

    [Fact]
    public void A_ticket_number_is_one_word_whatever_stands_in_it()
    {
        const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        var pairs = Alphabet.SelectMany(first => Alphabet, (first, second) => $"{first}{second}").ToArray();
        var numbers = pairs.Chunk(4).Select(four => $"TKT-{string.Concat(four)}").ToArray();

        using var document = PdfDocument.Open(_pdf.Draw([.. numbers.Select(number => Ticket with { TicketNumber = number, BookingNumber = BookingOf(number) })], DrawnAt));

        // Readers differ in how wide a gap ends a word, so no pair is pushed further apart than others.
        static float Width(string text) => TextShaper.ShapeNumber(text, bold: true).Width;
        Assert.All(pairs, pair => Assert.Equal(Width(pair[..1]) + Width(pair[1..]), Width(pair), tolerance: 0.0001f));
        Assert.All(numbers, (number, i) =>
        {
            var words = document.GetPage(i + 1).GetWords().Select(word => word.Text).ToArray();
            Assert.Contains(number, words);
            Assert.Contains(BookingOf(number), words);
        });
    }

    [Fact]
    public void The_printed_code_scans_as_what_was_issued()
    {
        PrintedTicket[] tickets = [Ticket, Ticket with { QrPayload = Payload.Replace("812345", "812346", StringComparison.Ordinal), Terms = string.Join('\n', Enumerable.Repeat("No re-entry.", 40)) }];

        using var document = PdfDocument.Open(_pdf.Draw(tickets, DrawnAt));

        Assert.All(tickets, (ticket, i) => Assert.Equal(ticket.QrPayload, ScannedFrom(document.GetPage(i + 1))));
    }

    [Fact]
    public void Every_letter_brings_its_font()
    {
        using var document = PdfDocument.Open(_pdf.Draw([Ticket with { HolderName = "आशा কবি கவி కవి محمد" }], DrawnAt));

        var fonts = document.Structure.CrossReferenceTable.ObjectOffsets.Keys
            .Select(reference => document.Structure.GetObject(reference).Data)
            .OfType<DictionaryToken>()
            .Where(token => token.TryGet(NameToken.Type, out var type) && type.Equals(NameToken.FontDescriptor))
            .ToArray();

        Assert.InRange(fonts.Length, 7, 10);    // two weights of Latin, five scripts
        Assert.All(fonts, font => Assert.True(font.ContainsKey(NameToken.FontFile2) || font.ContainsKey(NameToken.FontFile3), font.ToString()));
    }

    /// <summary>The filled shapes of a page at 200 dots to the inch, as a printer puts them on paper and a gate's camera sees them.</summary>
    private static string? ScannedFrom(Page page)
    {
        const float Scale = 200 / 72f;
        var height = (float)page.Height;
        using var paper = new SKBitmap(new SKImageInfo((int)(page.Width * Scale), (int)(height * Scale), SKColorType.Gray8));
        using var canvas = new SKCanvas(paper);
        canvas.Clear(SKColors.White);
        foreach (var path in page.Paths.Where(path => path.IsFilled && path.FillColor is not null))
        {
            var (r, g, b) = path.FillColor!.ToRGBValues();
            using var ink = new SKPaint { Color = new SKColor((byte)(r * 255), (byte)(g * 255), (byte)(b * 255)), IsAntialias = true };
            using var shape = new SKPath { FillType = path.FillingRule == FillingRule.EvenOdd ? SKPathFillType.EvenOdd : SKPathFillType.Winding };
            SKPoint At(PdfPoint point) => new((float)point.X * Scale, (height - (float)point.Y) * Scale);
            foreach (var command in path.SelectMany(part => part.Commands))
            {
                switch (command)
                {
                    case PdfSubpath.Move move: shape.MoveTo(At(move.Location)); break;
                    case PdfSubpath.Line line: shape.LineTo(At(line.To)); break;
                    case PdfSubpath.CubicBezierCurve curve: shape.CubicTo(At(curve.FirstControlPoint), At(curve.SecondControlPoint), At(curve.EndPoint)); break;
                    case PdfSubpath.Close: shape.Close(); break;
                }
            }

            canvas.DrawPath(shape, ink);
        }

        canvas.Flush();
        var reader = new BarcodeReaderGeneric { Options = { PossibleFormats = [BarcodeFormat.QR_CODE], TryHarder = true } };
        return reader.Decode(new RGBLuminanceSource(paper.Bytes, paper.Width, paper.Height, RGBLuminanceSource.BitmapFormat.Gray8))?.Text;
    }

    private static string BookingOf(string ticketNumber) => $"ZNQ-20261101-{ticketNumber[4..10]}";

    private static string TextOf(Page page) => string.Join(' ', page.GetWords().Select(word => word.Text));
}
