using SkiaSharp;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// One ticket on an A5 page, from the top: a band in the category's colour with the event and its time, the venue, the seat,
/// and below a line to tear along, the code for the gate with what it stands for. All measures are points, 72 to the inch.
/// </summary>
internal sealed class TicketSheet(SKCanvas canvas, TextLayout layout, DocumentFonts fonts, PrintedTicket ticket)
{
    public const float Width = 148 / 25.4f * 72;
    public const float Height = 210 / 25.4f * 72;

    private const float Margin = 28;
    private const float Right = Width - Margin;
    private const float Column = Width - (2 * Margin);
    private const float FooterTop = Height - 22;

    /// <summary>53 mm, without the quiet zone; where there is room it grows to 63 mm.</summary>
    private const float SmallestCode = 150;
    private const float LargestCode = 178;

    private readonly TicketColours _colours = TicketColours.Of(ticket.CategoryColor);

    /// <summary>Draws the whole page.</summary>
    public void Draw(int page, int pages)
    {
        var y = DrawBand();
        y = DrawVenue(y + 14);
        y = DrawPlace(y + 12);
        y = DrawTearLine(y + 14);
        y = DrawCode(y + 17);
        DrawTerms(y + 10);
        DrawFooter(page, pages);
    }

    private float DrawBand()
    {
        var (title, titleSize) = layout.Paragraph(ticket.EventTitle, bold: true, Column, most: 3, largest: 26, smallest: 15);
        var when = layout.OneLine(TicketWords.When(ticket), bold: true, Column, largest: 13, smallest: 9);
        var until = TicketWords.Until(ticket);

        var titleTop = 50f;
        var whenBaseline = titleTop + title.Sum(line => LineHeight(line, titleSize)) + 20;
        var bottom = whenBaseline + (until is null ? 18 : 33);

        using (var band = Fill(_colours.Band))
        {
            canvas.DrawRect(0, 0, Width, bottom, band);
        }

        using (var edge = Stroke(TicketColours.Line, 0.5f))
        {
            canvas.DrawLine(0, bottom, Width, bottom, edge);     // shows where the band is white or nearly so
        }

        using var ink = Fill(_colours.OnBand);
        layout.Shape("ZONIQ", bold: true).Draw(canvas, fonts, Margin, 31, 12, ink, spacing: 0.12f);
        DrawPill(ink);

        var y = titleTop;
        foreach (var line in title)
        {
            line.Draw(canvas, fonts, Margin, y + (line.Ascent * titleSize * 0.95f), titleSize, ink);
            y += LineHeight(line, titleSize);
        }

        when.Line.Draw(canvas, fonts, Margin, whenBaseline, when.Size, ink);
        if (until is not null)
        {
            layout.Shape(until, bold: false).Draw(canvas, fonts, Margin, whenBaseline + 15, 10, ink);
        }

        return bottom;
    }

    /// <summary>The category's name, in the band's upper right corner.</summary>
    private void DrawPill(SKPaint ink)
    {
        var (name, size) = layout.OneLine(ticket.CategoryName, bold: true, width: 200, largest: 9.5f, smallest: 7.5f);
        var width = (name.Width * size) + 20;
        using var pill = Stroke(_colours.OnBand, 1);
        canvas.DrawRoundRect(SKRect.Create(Right - width, 17, width, 20), 10, 10, pill);
        name.Draw(canvas, fonts, Right - width + 10, 30.4f, size, ink);
    }

    private float DrawVenue(float y)
    {
        var address = TicketWords.Address(ticket);
        if (!TicketWords.IsSaid(ticket.VenueName) && address.Length == 0)
        {
            return y - 8;
        }

        y = DrawLabel("VENUE", Margin, y);
        if (TicketWords.IsSaid(ticket.VenueName))
        {
            y = DrawLine(layout.OneLine(ticket.VenueName!, bold: true, Column, largest: 13, smallest: 9), Margin, y, TicketColours.Ink);
        }

        var (lines, size) = layout.Paragraph(address, bold: false, Column, most: 2, largest: 9.5f, smallest: 8.5f);
        return lines.Aggregate(y, (at, line) => DrawLine((line, size), Margin, at, TicketColours.Muted));
    }

    /// <summary>Where to sit, larger than anything else.</summary>
    private float DrawPlace(float y)
    {
        const float Inset = 14;
        const float Gap = 24;
        const float LeastWidth = 34;     // of a label
        const float PanelHeight = 62;

        using (var panel = Fill(_colours.Tint))
        {
            canvas.DrawRoundRect(SKRect.Create(Margin, y, Column, PanelHeight), 6, 6, panel);
        }

        using (var mark = Fill(_colours.Band))
        {
            canvas.DrawRoundRect(SKRect.Create(Margin, y, 4, PanelHeight), 2, 2, mark);
        }

        var parts = TicketWords.Place(ticket);
        var inner = Column - (2 * Inset) - (Gap * (parts.Count - 1));
        var largest = parts is [("ADMISSION", _)] ? 24f : 34f;
        var size = Math.Clamp(inner / parts.Sum(part => layout.Shape(part.Value, bold: true).Width), 20, largest);

        // The row and the seat are what one looks for in the dark: a long section gives way to them, over two lines if need be.
        float Wanted(string value) => Math.Clamp(layout.Shape(value, bold: true).Width * size, LeastWidth, inner / parts.Count);
        using var ink = Fill(TicketColours.Ink);
        var x = Margin + Inset;
        for (var i = 0; i < parts.Count; i++)
        {
            var room = Right - Inset - x - parts.Skip(i + 1).Sum(part => Gap + Wanted(part.Value));
            var used = DrawPart(parts[i].Value, x, y, room, size, ink);
            DrawLabel(parts[i].Label, x, y + 10);
            x += Math.Max(used, LeastWidth) + Gap;
        }

        return y + PanelHeight;
    }

    /// <summary>Answers the width it took.</summary>
    private float DrawPart(string value, float x, float y, float room, float size, SKPaint ink)
    {
        const float Baseline = 51;
        const float TwoLines = 15;

        var shaped = layout.Shape(value, bold: true);
        if (shaped.Width * size <= room + 0.01f)
        {
            shaped.Draw(canvas, fonts, x, y + Baseline, size, ink);
            return shaped.Width * size;
        }

        var (lines, smaller) = layout.Paragraph(value, bold: true, room, most: 2, largest: TwoLines, smallest: 9);
        for (var i = 0; i < lines.Count; i++)
        {
            lines[i].Draw(canvas, fonts, x, y + Baseline - ((lines.Count - 1 - i) * LineHeight(lines[i], smaller)), smaller, ink);
        }

        return lines.Max(line => line.Width) * smaller;
    }

    private float DrawTearLine(float y)
    {
        using var dashes = Stroke(TicketColours.Line, 1);
        using var pattern = SKPathEffect.CreateDash([4, 4], 0);
        dashes.PathEffect = pattern;
        canvas.DrawLine(12, y, Width - 12, y, dashes);

        using var notch = Stroke(TicketColours.Line, 1);
        canvas.DrawCircle(0, y, 7, notch);
        canvas.DrawCircle(Width, y, 7, notch);
        return y;
    }

    /// <summary>The code with the ticket's number under it; beside it who and what it is for.</summary>
    private float DrawCode(float y)
    {
        var below = TicketWords.IsSaid(ticket.Terms) ? 110 : 60;     // the number, the terms, some air
        var codeSize = Math.Clamp(FooterTop - y - below, SmallestCode, LargestCode);
        DrawModules(y, codeSize);

        using var ink = Fill(TicketColours.Ink);
        var number = TextShaper.ShapeNumber(ticket.TicketNumber, bold: true);
        var numberWidth = NumberWidth(number, 12);
        number.Draw(canvas, fonts, Margin + ((codeSize - numberWidth) / 2), y + codeSize + 25, 12, ink, NumberSpacing);

        var x = Margin + codeSize + 26;
        var width = Right - x;
        var line = y - 2;
        if (TicketWords.IsSaid(ticket.HolderName))
        {
            line = DrawLabel("TICKET HOLDER", x, line);
            var (lines, size) = layout.Paragraph(ticket.HolderName!, bold: true, width, most: 2, largest: 13, smallest: 10);
            line = lines.Aggregate(line, (at, name) => DrawLine((name, size), x, at, TicketColours.Ink)) + 9;
        }

        line = DrawLabel("CATEGORY", x, line);
        line = DrawLine(layout.OneLine(ticket.CategoryName, bold: false, width, largest: 11, smallest: 9), x, line, TicketColours.Ink) + 9;
        line = DrawLabel("PRICE", x, line);
        line = DrawLine(layout.OneLine(TicketWords.Price(ticket), bold: false, width, largest: 11, smallest: 9), x, line, TicketColours.Ink) + 9;
        line = DrawLabel("BOOKING", x, line);
        TextShaper.ShapeNumber(ticket.BookingNumber).Draw(canvas, fonts, x, line + 11, 10, ink, NumberSpacing);

        return y + codeSize + 28;
    }

    private void DrawModules(float y, float codeSize)
    {
        if (!fonts.AreEmbedded)
        {
            return;     // the code has no letters to count, and costs more than all the rest
        }

        var modules = TicketQr.Modules(ticket.QrPayload);
        using var outline = TicketQr.Outline(modules);
        using var black = Fill(SKColors.Black);
        canvas.Save();
        canvas.Translate(Margin, y);
        canvas.Scale(codeSize / modules.GetLength(0));
        canvas.DrawPath(outline, black);
        canvas.Restore();
    }

    /// <summary>The small print; if it is longer than the page, its last line says where the rest is.</summary>
    private void DrawTerms(float y)
    {
        const float Size = 6.8f;
        if (!TicketWords.IsSaid(ticket.Terms))
        {
            return;
        }

        y = DrawLabel("TERMS", Margin, y);
        var rest = layout.Shape("The full terms are on the event's page.", bold: false);
        var fits = (int)((FooterTop - 6 - y) / LineHeight(rest, Size));

        // One line more than can fit: whatever is cut off falls into it.
        var lines = new List<ShapedText>();
        foreach (var paragraph in ticket.Terms!.Split('\n').Where(TicketWords.IsSaid).Take(fits + 1))
        {
            lines.AddRange(layout.Wrap(paragraph, bold: false, Column / Size, fits + 1 - lines.Count).Lines);
        }

        var space = FooterTop - 6 - y;
        var complete = lines.Sum(line => LineHeight(line, Size)) <= space;
        space -= complete ? 0 : LineHeight(rest, Size);
        foreach (var line in lines.TakeWhile(line => (space -= LineHeight(line, Size)) >= 0).Concat(complete ? [] : [rest]))
        {
            y = DrawLine((line, Size), Margin, y, TicketColours.Muted);
        }
    }

    private void DrawFooter(int page, int pages)
    {
        const float Size = 7;
        using var rule = Stroke(TicketColours.Line, 0.5f);
        canvas.DrawLine(Margin, FooterTop, Right, FooterTop, rule);

        using var muted = Fill(TicketColours.Muted);
        var note = TicketWords.IsSaid(ticket.OrganizerName)
            ? $"Admits one, once. Keep the code to yourself. Presented by {ticket.OrganizerName}"
            : "Admits one, once. Keep the code to yourself.";
        var (text, size) = layout.OneLine(note, bold: false, Column - 60, Size, Size - 1);
        text.Draw(canvas, fonts, Margin, FooterTop + 12, size, muted);

        if (pages > 1)
        {
            var number = layout.Shape($"Page {page} of {pages}", bold: false);
            number.Draw(canvas, fonts, Right - (number.Width * Size), FooterTop + 12, Size, muted);
        }
    }

    private const float NumberSpacing = 0.06f;

    private static float NumberWidth(ShapedText number, float size) => (number.Width + (number.Glyphs.Count() * NumberSpacing)) * size;

    /// <summary>A small heading; answers where the text under it begins.</summary>
    private float DrawLabel(string label, float x, float y)
    {
        using var muted = Fill(TicketColours.Muted);
        layout.Shape(label, bold: false).Draw(canvas, fonts, x, y + 8, 7, muted, spacing: 0.08f);
        return y + 11;
    }

    private float DrawLine((ShapedText Text, float Size) line, float x, float y, SKColor colour)
    {
        using var ink = Fill(colour);
        line.Text.Draw(canvas, fonts, x, y + (line.Text.Ascent * line.Size), line.Size, ink);
        return y + LineHeight(line.Text, line.Size);
    }

    /// <summary>Noto's Latin metrics leave room for stacked accents that its other scripts need and Latin does not.</summary>
    private static float LineHeight(ShapedText line, float size) => (line.Ascent + line.Descent) * size * 0.95f;

    private static SKPaint Fill(SKColor colour) => new() { Color = colour, IsAntialias = true };

    private static SKPaint Stroke(SKColor colour, float width) =>
        new() { Color = colour, IsAntialias = true, IsStroke = true, StrokeWidth = width };
}
