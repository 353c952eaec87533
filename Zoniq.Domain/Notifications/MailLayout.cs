using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Zoniq.Domain.Notifications;

/// <summary>The one layout of all mails. Everything that comes from data is encoded here and nowhere else.</summary>
internal static partial class MailLayout
{
    private const string Fonts = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans','Noto Sans Devanagari','Nirmala UI',Mangal,Arial,sans-serif";
    private const string Settings = "Choose which mails you get";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Html(MailContent mail, string settingsUrl)
    {
        var body = string.Concat(mail.Blocks.Select(Html));
        var settings = mail.IsOptional
            ? $"""<br><a href="{Encode(settingsUrl)}" style="color:#6b6375;">{Settings}</a>"""
            : "";

        return
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="color-scheme" content="light">
            <title>{Encode(mail.Subject)}</title>
            </head>
            <body style="margin:0;padding:0;background:#f3f0f6;-webkit-text-size-adjust:100%;">
            <div style="display:none;max-height:0;overflow:hidden;opacity:0;">{Encode(mail.Preview)}</div>
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f0f6;">
            <tr><td align="center" style="padding:24px 12px;">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;table-layout:fixed;background:#ffffff;border-radius:12px;overflow:hidden;">
            <tr><td style="background:#2b1a45;padding:18px 24px;font-family:{Fonts};font-size:18px;font-weight:700;letter-spacing:4px;color:#ffffff;">ZONIQ</td></tr>
            <tr><td style="padding:28px 24px 8px;font-family:{Fonts};font-size:16px;line-height:1.55;color:#251b33;overflow-wrap:anywhere;word-break:break-word;">
            <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:700;">{Encode(mail.Heading)}</h1>
            {body}
            </td></tr>
            <tr><td style="padding:16px 24px 24px;font-family:{Fonts};font-size:12px;line-height:1.6;color:#6b6375;border-top:1px solid #ece7f1;">ZONIQ · Tickets to what is on in India{settings}</td></tr>
            </table>
            </td></tr>
            </table>
            </body>
            </html>
            """;
    }

    public static string Text(MailContent mail, string settingsUrl)
    {
        var text = new StringBuilder($"{mail.Heading}\n\n");

        foreach (var block in mail.Blocks)
        {
            text.Append(Text(block)).Append("\n\n");
        }

        text.Append("-- \nZONIQ · Tickets to what is on in India\n");
        if (mail.IsOptional)
        {
            text.Append($"{Settings}: {settingsUrl}\n");
        }

        return text.ToString();
    }

    private static string Html(MailBlock block) => block switch
    {
        Paragraph paragraph => $"""<p style="margin:0 0 16px;">{Encode(paragraph.Text)}</p>""",
        Note note => $"""<p style="margin:0 0 16px;font-size:14px;color:#6b6375;">{Encode(note.Text)}</p>""",
        BigCode code =>
            $"""<p style="margin:8px 0 24px;padding:18px 8px;background:#f3f0f6;border-radius:10px;text-align:center;font-family:'SF Mono',Menlo,Consolas,'Courier New',monospace;font-size:34px;line-height:1.2;font-weight:700;letter-spacing:8px;">{Encode(code.Code)}</p>""",
        Link link =>
            $"""
            <table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px;"><tr><td style="background:#6d28d9;border-radius:8px;"><a href="{Encode(link.Url)}" style="display:inline-block;padding:13px 26px;color:#ffffff;font-weight:600;text-decoration:none;">{Encode(link.Label)}</a></td></tr></table>
            """,
        Facts facts =>
            $"""<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 20px;table-layout:fixed;border-collapse:collapse;">{string.Concat(Shown(facts).Select(Html))}</table>""",
        _ => throw new InvalidOperationException($"No layout for {block.GetType().Name}."),
    };

    private static string Html((string Name, string Value) row) =>
        $"""<tr><td width="92" valign="top" style="width:92px;padding:9px 8px 9px 0;border-top:1px solid #ece7f1;font-size:14px;color:#6b6375;">{Encode(row.Name)}</td><td valign="top" style="padding:9px 0;border-top:1px solid #ece7f1;font-size:15px;">{Whole(Encode(row.Value)).ReplaceLineEndings("<br>")}</td></tr>""";

    private static string Text(MailBlock block) => block switch
    {
        Paragraph paragraph => paragraph.Text,
        Note note => note.Text,
        BigCode code => $"    {code.Code}",
        Link link => $"{link.Label}: {link.Url}",
        Facts facts => string.Join('\n', Shown(facts).Select(row => $"{row.Name + ":",-12}{row.Value.ReplaceLineEndings("\n            ")}")),
        _ => throw new InvalidOperationException($"No layout for {block.GetType().Name}."),
    };

    private static IEnumerable<(string Name, string Value)> Shown(Facts facts) =>
        facts.Rows.Where(row => !string.IsNullOrEmpty(row.Value)).Select(row => (row.Name, row.Value!));

    /// <summary>A seat's label or a number does not end its line at a hyphen, to go on in the next.</summary>
    private static string Whole(string encoded) => Hyphenated().Replace(encoded, """<span style="white-space:nowrap;">$0</span>""");

    /// <summary>Longer ones must break somewhere.</summary>
    [GeneratedRegex(@"(?<!\S)(?=\S*-)\S{3,22}(?!\S)")]
    private static partial Regex Hyphenated();

    /// <summary>Line breaks stay line breaks, so that a value's lines can be told apart after encoding.</summary>
    private static string Encode(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(Encoder.Encode));
}
