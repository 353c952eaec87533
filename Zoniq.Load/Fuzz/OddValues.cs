namespace Zoniq.Load.Fuzz;

/// <summary>What no client should send: as JSON, as text in an address or header, as a token, as a body.</summary>
internal static class OddValues
{
    private static readonly string[] Json =
    [
        "null", "true", "\"\"", "\" \"", "\"text\"", "[]", "{}", "[null]", "[[]]", "[{}]", "{\"a\":1}", "{\"a\":1,\"a\":2}",
        "0", "-0", "-1", "1.5", "0.001", "1e2", "1e400", "-1e-400", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "99999999999999999999999999999999999999",
        "\"\\u0000\"", "\"a\\ud800b\"", "\"\\udfff\"", "\"\\u202e\\u0000\"", "\"\\uFEFF\"", "\"ﷺ\\u0301\\u200d👩‍👩‍👧\"", "\"<script>alert(1)</script>\"", "\"'; drop table account; --\"", "\"%_\\\\\"", "\"../../etc/passwd\"",
        "\"२०२६-०१-०१\"", "\"2026-02-30T25:61:00Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"", "\"2026-03-29T02:30:00\"", "\"-1\"", "\"1\"", "\"true\"", "\"NaN\"", "\"infinity\"",
        "\"a@b\"", "\"a@b.c\\r\\nBcc: d@e.f\"", "\"=cmd|' /C calc'!A0\"", "\"+91 98\"", "\"asia/kolkata\"", "\"Etc/GMT+14\"", "\"http://[::1\"", "\"javascript:alert(1)\"",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "0", "-1", "1.5", "1e3", "+1", "0x10", "2147483648", "9223372036854775808", "00000000000000000000001", "null", "undefined", "NaN", "true", "a", "%", "%00", "%ff", "_", "\\", "'", "\"", "..", ".", "~",
        "१२३", "ＡＢＣ", "\u0000", "\u202e", "a\u0301\u200d", "😀", "a b", "a+b", "a/b", "a?b", "a#b", "a&b=c", "a;b", "<script>", "1 or 1=1", "{id}", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31T23:59:59.999999999Z", "today",
    ];

    public static string OfJson(Random random) => random.Next(60) switch
    {
        0 => $"\"{new string('x', 1 << random.Next(5, 17))}\"",
        1 => $"\"{string.Concat(Enumerable.Repeat("é👍", 1 << random.Next(3, 13)))}\"",
        2 => new string('[', 1000) + new string(']', 1000),
        3 => string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500),
        4 => $"[{string.Join(',', Enumerable.Range(0, 1 << random.Next(3, 12)))}]",
        5 => $"0.{new string('1', 1 << random.Next(3, 12))}",
        6 => $"{random.NextInt64(long.MinValue, long.MaxValue)}",
        _ => Json[random.Next(Json.Length)],
    };

    public static string OfText(Random random) => random.Next(30) switch
    {
        0 => new string('9', random.Next(1, 400)),
        1 => new string('ü', random.Next(1, 300)),
        2 => $"{random.NextInt64(long.MinValue, long.MaxValue)}",
        3 => $"{Guid.NewGuid()}",
        _ => Texts[random.Next(Texts.Length)],
    };

    /// <summary>In place of a JSON body.</summary>
    public static byte[] OfBody(Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                return [];
            case 1:
                return "null"u8.ToArray();
            case 2:
                return "[1]"u8.ToArray();
            case 3:
                return "\"{}\""u8.ToArray();
            case 4:
                return "{}{}"u8.ToArray();
            case 5:
                return "{\"a\":"u8.ToArray();
            case 6:
                return [0xef, 0xbb, 0xbf, .. "{}"u8];
            case 7:
                return [0xff, 0xfe, 0x7b, 0, 0x7d, 0];
            case 8 when random.Next(200) == 0:
                return new byte[10_000_000];
            case 9:
                return System.Text.Encoding.UTF8.GetBytes(new string('[', 100_000));
            default:
                var junk = new byte[random.Next(1, 300)];
                random.NextBytes(junk);
                return junk;
        }
    }

    /// <summary>In place of <c>Bearer</c> and a token; null sends no header.</summary>
    public static string? OfAuthorization(string good, Random random) => random.Next(10) switch
    {
        0 => "Bearer",
        1 => "Bearer ",
        2 => "Basic YTpi",
        3 => "Bearer a.b.c",
        4 => $"Bearer {good[..^3]}",
        5 => $"Bearer {good}x",
        6 => $"bearer  {good}",
        7 => "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwicm9sZSI6ImFkbWluIn0.",
        8 => $"Bearer {new string('A', 6000)}",
        _ => null,
    };
}
