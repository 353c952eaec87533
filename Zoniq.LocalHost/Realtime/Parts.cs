using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Zoniq.LocalHost.Realtime;

/// <summary>
/// Actions as notifications of PostgreSQL, which take less than 8,000 bytes: <c>sender number part parts text</c>. The parts of one
/// transaction arrive together and in order; no two are alike, or the database would send one of them.
/// </summary>
internal static class Parts
{
    private const int Longest = 7_800;

    public static string[] Of(Guid sender, long number, LiveAction[] actions)
    {
        var text = Pack(actions);
        var parts = (text.Length + Longest - 1) / Longest;
        return [.. Enumerable.Range(0, parts).Select(part =>
            string.Create(CultureInfo.InvariantCulture, $"{sender:n} {number} {part} {parts} {text.AsSpan(part * Longest, Math.Min(Longest, text.Length - (part * Longest)))}"))];
    }

    /// <summary>Base64 of what is compressed: neither length nor script of a text matters then, and 20,000 seats are a dozen parts.</summary>
    private static string Pack(LiveAction[] actions)
    {
        using var packed = new MemoryStream();
        using (var packing = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(packing, actions, LiveActionJson.Default.LiveActionArray);
        }

        return Convert.ToBase64String(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    private static LiveAction[] Unpack(string text)
    {
        using var packed = new DeflateStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(packed, LiveActionJson.Default.LiveActionArray)!;
    }

    /// <summary>Puts together what one connection hears. What it began to hear before it was connected is left out.</summary>
    public sealed class Assembly(Guid own)
    {
        private readonly StringBuilder text = new();
        private readonly Dictionary<string, long> heard = new(StringComparer.Ordinal);
        private readonly string self = own.ToString("n");
        private (string Sender, long Number, int Next) begun;

        /// <summary>The actions that this part completes, if they are another instance's and were not heard before.</summary>
        public LiveAction[] Add(string notification)
        {
            if (notification.Split(' ', 5) is not [var sender, var number, var part, var parts, var piece] || sender == self)
            {
                return [];
            }

            var (no, at, all) = (long.Parse(number, CultureInfo.InvariantCulture), int.Parse(part, CultureInfo.InvariantCulture), int.Parse(parts, CultureInfo.InvariantCulture));
            if (at == 0)
            {
                text.Clear();
                begun = (sender, no, 0);
            }

            if (begun != (sender, no, at))
            {
                return [];
            }

            text.Append(piece);
            begun.Next = at + 1;
            if (begun.Next < all || heard.GetValueOrDefault(sender) >= no)
            {
                return [];
            }

            heard[sender] = no;
            return Unpack(text.ToString());
        }

        /// <summary>The connection broke: the rest of what was begun does not come.</summary>
        public void Interrupt() => begun = default;
    }
}
