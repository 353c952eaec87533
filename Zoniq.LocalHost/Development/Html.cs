using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Zoniq.LocalHost.Development;

/// <summary>A piece of a page. What is put into its holes is encoded, unless it is a piece of a page itself.</summary>
internal readonly record struct Html(string Text)
{
    public static Html Of(Writer writer) => new(writer.ToString());

    public static Html All(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece.Text)));

    public override string ToString() => Text;

    /// <summary>What the compiler turns an interpolated string into.</summary>
    [InterpolatedStringHandler]
    public readonly struct Writer(int literalLength, int holes)
    {
        private readonly StringBuilder text = new(literalLength + (holes * 16));

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted(Html piece) => text.Append(piece.Text);

        public void AppendFormatted<T>(T value) => text.Append(HtmlEncoder.Default.Encode(value?.ToString() ?? ""));

        public void AppendFormatted<T>(T value, string format)
            where T : IFormattable =>
            text.Append(HtmlEncoder.Default.Encode(value.ToString(format, CultureInfo.InvariantCulture)));

        public override string ToString() => text.ToString();
    }
}
