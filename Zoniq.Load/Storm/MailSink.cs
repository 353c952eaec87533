using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Zoniq.Load.Storm;

/// <summary>A mail as it arrived.</summary>
/// <param name="Number">Of the app's outbox, from the message's id.</param>
/// <param name="To">The first recipient.</param>
/// <param name="TransferToken">From the link in an offer of a ticket.</param>
/// <param name="Code">The six digits of a code.</param>
/// <param name="TicketPages">Of the PDF that is attached; 0 without one.</param>
internal sealed record Letter(long Number, string To, string? TransferToken, string? Code, int TicketPages);

/// <summary>A mail server that takes everything, reads what it was given, and remembers when it was given it. It can be down.</summary>
internal sealed partial class MailSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<long, (Letter Letter, long[] Taken)> letters = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;

    public MailSink()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>While it is down, whoever calls is hung up on.</summary>
    public bool IsDown { get; set; }

    /// <summary>By number: each mail, and the moments at which it was taken.</summary>
    public IReadOnlyDictionary<long, (Letter Letter, long[] Taken)> Letters => letters;

    /// <summary>Tickets that were offered and nobody has yet thought about.</summary>
    public ConcurrentQueue<Letter> Offers { get; } = new();

    /// <summary>The newest code sent to an address.</summary>
    public ConcurrentDictionary<string, string> Codes { get; } = new(StringComparer.OrdinalIgnoreCase);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            if (IsDown)
            {
                return;
            }

            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 storm");
                while (await reader.ReadLineAsync(stopping.Token) is { } line && !IsDown)
                {
                    if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                    {
                        await writer.WriteLineAsync("354 go on");
                        if (await ReadAsync(reader) is { } text)
                        {
                            Take(Read(text));
                        }
                    }

                    await writer.WriteLineAsync(line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 fine");
                }
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException)
            {
                // the other side is gone, or we are
            }
        }
    }

    /// <summary>Null when it did not come to its end, and so was not taken.</summary>
    private async Task<string?> ReadAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(stopping.Token) is { } line)
        {
            if (line == ".")
            {
                return text.ToString();
            }

            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        return null;
    }

    private void Take(Letter letter)
    {
        letters.AddOrUpdate(letter.Number, (letter, [Stopwatch.GetTimestamp()]), (_, known) => (known.Letter, [.. known.Taken, Stopwatch.GetTimestamp()]));
        if (letter.TransferToken is not null)
        {
            Offers.Enqueue(letter);
        }

        if (letter.Code is { } code)
        {
            Codes[letter.To] = code;
        }
    }

    private static Letter Read(string text)
    {
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(text));
        using var message = MimeMessage.Load(stream);
        var body = message.TextBody ?? "";
        return new Letter(
            long.Parse(Number().Match(message.MessageId!).Groups[1].Value),
            message.To.Mailboxes.First().Address,
            Token().Match(body) is { Success: true } token ? token.Groups[1].Value : null,
            message.Subject?.Contains("verification code", StringComparison.Ordinal) == true && SixDigits().Match(body) is { Success: true } code ? code.Value : null,
            message.Attachments.OfType<MimePart>().Where(part => part.ContentType.IsMimeType("application", "pdf")).Sum(PagesOf));
    }

    private static int PagesOf(MimePart pdf)
    {
        using var content = new MemoryStream();
        pdf.Content!.DecodeTo(content);
        return Page().Count(Encoding.Latin1.GetString(content.GetBuffer(), 0, (int)content.Length));
    }

    [GeneratedRegex(@"^mail-(\d+)-")]
    private static partial Regex Number();

    [GeneratedRegex(@"transfers/claim\?token=([A-Za-z0-9_-]+)")]
    private static partial Regex Token();

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex SixDigits();

    [GeneratedRegex(@"/Type\s*/Page\b(?!s)")]
    private static partial Regex Page();
}
