using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Zoniq.Functions.Http;

/// <summary>
/// The columns of a type: its JSON fields, those of a record within it as <c>user.email</c>. Cells say what the JSON says, because they are
/// read from it; lists within a row are left out, and free objects stay JSON.
/// </summary>
internal sealed class CsvColumns
{
    private static readonly ConcurrentDictionary<JsonTypeInfo, CsvColumns> Known = new();
    private static readonly SearchValues<char> ToQuote = SearchValues.Create("\",\r\n");

    private readonly JsonTypeInfo type;
    private readonly Column[] columns;

    private CsvColumns(JsonTypeInfo type) => (this.type, columns) = (type, ColumnsOf(type, ""));

    public static CsvColumns Of(JsonTypeInfo type) => Known.GetOrAdd(type, static type => new CsvColumns(type));

    public void WriteHeader(StringBuilder text)
    {
        var start = text.Length;
        foreach (var name in columns.SelectMany(column => column.Names))
        {
            text.Append(text.Length > start ? "," : "").Append(name);
        }

        text.Append("\r\n");
    }

    public void WriteRow(StringBuilder text, object row)
    {
        using var json = JsonSerializer.SerializeToDocument(row, type);
        var line = new Line(text);
        Write(line, columns, json.RootElement);
        text.Append("\r\n");
    }

    private static void Write(Line line, Column[] columns, JsonElement record)
    {
        foreach (var column in columns)
        {
            var value = record.GetProperty(column.Field);
            if (column.Parts.Length == 0)
            {
                line.Add(value);
            }
            else if (value.ValueKind == JsonValueKind.Null)
            {
                line.AddNothing(column.Names.Length);
            }
            else
            {
                Write(line, column.Parts, value);
            }
        }
    }

    private static Column[] ColumnsOf(JsonTypeInfo type, string prefix) =>
    [
        .. from field in type.Properties
           let content = ZoniqJson.Options.GetTypeInfo(field.PropertyType)
           where field.Get is not null && content.Kind is not (JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
           let name = prefix + field.Name
           let parts = field.CustomConverter is null && content.Kind == JsonTypeInfoKind.Object ? ColumnsOf(content, $"{name}.") : []
           select new Column(field.Name, parts, parts.Length == 0 ? [name] : [.. parts.SelectMany(part => part.Names)]),
    ];

    /// <param name="Field">As it stands in its record.</param>
    /// <param name="Parts">Of a record; nothing for a plain value.</param>
    /// <param name="Names">Of the cells it fills.</param>
    private sealed record Column(string Field, Column[] Parts, string[] Names);

    private sealed class Line(StringBuilder text)
    {
        private bool hasCells;

        public void Add(JsonElement value)
        {
            Separate();
            switch (value.ValueKind)
            {
                case JsonValueKind.Null:
                    break;
                case JsonValueKind.String:
                    AddText(Harmless(value.GetString()!));
                    break;
                default:
                    AddText(value.GetRawText());
                    break;
            }
        }

        public void AddNothing(int cells)
        {
            for (var cell = 0; cell < cells; cell++)
            {
                Separate();
            }
        }

        /// <summary>A spreadsheet must not take what somebody typed for a formula.</summary>
        private static string Harmless(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text;

        private void Separate()
        {
            text.Append(hasCells ? "," : "");
            hasCells = true;
        }

        private void AddText(string content)
        {
            if (content.AsSpan().ContainsAny(ToQuote))
            {
                text.Append('"').Append(content.Replace("\"", "\"\"")).Append('"');
            }
            else
            {
                text.Append(content);
            }
        }
    }
}
