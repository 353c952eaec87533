using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zoniq.Load.Storm;

/// <summary>A mail server that takes everything and remembers which mails it was given, by their message ids. It can be down.</summary>
internal sealed class MailSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, int> taken = new();
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

    /// <summary>How often each mail was taken.</summary>
    public IReadOnlyDictionary<string, int> Taken => taken;

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
                        if (await ReadMessageIdAsync(reader) is { } id)
                        {
                            taken.AddOrUpdate(id, 1, (_, times) => times + 1);
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

    private async Task<string?> ReadMessageIdAsync(StreamReader reader)
    {
        string? id = null;
        while (await reader.ReadLineAsync(stopping.Token) is { } line && line != ".")
        {
            if (id is null && line.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase))
            {
                id = line["Message-Id:".Length..].Trim().Trim('<', '>');
            }
        }

        return id;
    }
}
