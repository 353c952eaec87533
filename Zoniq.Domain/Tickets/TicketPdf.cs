using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using SkiaSharp;

namespace Zoniq.Domain.Tickets;

/// <summary>Draws tickets as a PDF, one A5 page each. Any number of threads may draw at once.</summary>
public sealed partial class TicketPdf(ILogger<TicketPdf> logger)
{
    /// <summary>The same tickets drawn at the same instant give the same bytes.</summary>
    /// <param name="tickets">At least one; a page each, in this order.</param>
    /// <param name="drawnAt">Stands in the document as the time it was made.</param>
    public byte[] Draw(IReadOnlyList<PrintedTicket> tickets, DateTimeOffset drawnAt)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tickets.Count);

        var layout = new TextLayout();
        using var fonts = new DocumentFonts();
        using (var nowhere = new SKNoDrawCanvas(width: 1, height: 1))
        {
            for (var i = 0; i < tickets.Count; i++)
            {
                new TicketSheet(nowhere, layout, fonts, tickets[i]).Draw(page: i + 1, tickets.Count);
            }
        }

        fonts.Embed();
        using var stream = new MemoryStream();
        using (var document = SKDocument.CreatePdf(stream, Metadata(tickets, drawnAt)))
        {
            for (var i = 0; i < tickets.Count; i++)
            {
                using (var canvas = document.BeginPage(TicketSheet.Width, TicketSheet.Height))
                {
                    new TicketSheet(canvas, layout, fonts, tickets[i]).Draw(page: i + 1, tickets.Count);
                }

                document.EndPage();
            }

            document.Close();
        }

        if (layout.Missing.Count > 0)
        {
            LogMissing(logger, tickets[0].BookingNumber, CodePoints(layout.Missing));
        }

        return stream.ToArray();
    }

    private static SKDocumentPdfMetadata Metadata(IReadOnlyList<PrintedTicket> tickets, DateTimeOffset drawnAt) => new()
    {
        Title = $"{(tickets.Count == 1 ? "Ticket" : "Tickets")} for {TextCharacters.OneLine(tickets[0].EventTitle)}",
        Author = "Zoniq",
        Creator = "Zoniq",
        Producer = "Zoniq",
        Subject = string.Join("; ", tickets.Select(ticket => TicketWords.IsSaid(ticket.HolderName)
            ? $"{ticket.TicketNumber} for {TextCharacters.OneLine(ticket.HolderName!)}"
            : ticket.TicketNumber)),
        Keywords = string.Join(", ", tickets.Select(ticket => ticket.TicketNumber).Prepend(tickets[0].BookingNumber)),
        Creation = drawnAt.UtcDateTime,
        Modified = drawnAt.UtcDateTime,
        RasterDpi = SKDocumentPdfMetadata.DefaultRasterDpi,
        EncodingQuality = SKDocumentPdfMetadata.DefaultEncodingQuality,
    };

    private static string CodePoints(IEnumerable<string> characters) =>
        string.Join(", ", characters.Select(character => string.Join(' ', character.EnumerateRunes().Select(CodePoint))).Order(StringComparer.Ordinal));

    private static string CodePoint(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");

    [LoggerMessage(LogLevel.Warning, "The tickets of booking {BookingNumber} were printed with boxes in place of characters no font has: {CodePoints}.")]
    private static partial void LogMissing(ILogger logger, string bookingNumber, string codePoints);
}
