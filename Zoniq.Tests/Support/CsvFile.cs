using System.Text;

namespace Zoniq.Tests.Support;

/// <summary>A CSV file as RFC 4180 has it, read strictly.</summary>
internal sealed class CsvFile
{
    private CsvFile(List<string[]> lines) => (Header, Rows) = (lines[0], [.. lines.Skip(1)]);

    public string[] Header { get; }

    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>A cell by the name of its column.</summary>
    public string this[int row, string column] => Rows[row][Array.IndexOf(Header, column) is >= 0 and var at ? at : throw new KeyNotFoundException(column)];

    /// <summary>The answer must be such a file, to be saved under that name.</summary>
    public static CsvFile Of(Answer answer, string fileName)
    {
        answer.Succeeded(200);
        Assert.Equal("text/csv; charset=utf-8", answer.ContentHeaders.ContentType?.ToString());
        Assert.Equal(("attachment", fileName), (answer.ContentHeaders.ContentDisposition?.DispositionType, answer.ContentHeaders.ContentDisposition?.FileName));
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), answer.Bytes[..3]);
        return new CsvFile(Read(Encoding.UTF8.GetString(answer.Bytes[3..])));
    }

    private static List<string[]> Read(string text)
    {
        var (lines, cells, at) = (new List<string[]>(), new List<string>(), 0);
        while (at < text.Length)
        {
            cells.Add(text[at] == '"' ? Quoted(text, ref at) : Plain(text, ref at));
            if (text[at] == ',')
            {
                at++;
                continue;
            }

            Assert.Equal("\r\n", text[at..(at + 2)]);
            at += 2;
            lines.Add([.. cells]);
            cells.Clear();
        }

        Assert.All(lines, line => Assert.Equal(lines[0].Length, line.Length));
        return lines;
    }

    private static string Plain(string text, ref int at)
    {
        var start = at;
        at = text.IndexOfAny([',', '\r'], start);
        return text[start..at];
    }

    private static string Quoted(string text, ref int at)
    {
        var content = new StringBuilder();
        for (at++; text[at] != '"' || text[at + 1] == '"'; at++)
        {
            at += text[at] == '"' ? 1 : 0;
            content.Append(text[at]);
        }

        at++;
        return content.ToString();
    }
}
