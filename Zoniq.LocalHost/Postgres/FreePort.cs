using System.Net;
using System.Net.Sockets;

namespace Zoniq.LocalHost.Postgres;

/// <summary>Ports nobody listens on, from below the range out of which systems give ports to outgoing connections.</summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int Count = 10_000;

    private static int next = Random.Shared.Next(Count);

    /// <summary>Never the same twice in one process.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
