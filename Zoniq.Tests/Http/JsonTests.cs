using System.Text.Json;
using Zoniq.Domain;
using Zoniq.Functions.Http;

namespace Zoniq.Tests.Http;

public sealed class JsonTests
{
    [Theory]
    [InlineData("2026-01-31T18:30:00+05:30", "2026-01-31T13:00:00Z")]
    [InlineData("2026-01-31T18:30:00.120Z", "2026-01-31T18:30:00.120Z")]
    [InlineData("2026-01-31T18:30:00.0004Z", "2026-01-31T18:30:00Z")]
    public void Time_is_written_in_UTC_with_milliseconds_only_when_there_are_any(string instant, string written) =>
        Assert.Equal($"\"{written}\"", JsonSerializer.Serialize(DateTimeOffset.Parse(instant), ZoniqJson.Options));

    [Fact]
    public void Rupees_have_two_decimals_and_names_stay_readable_in_any_script() =>
        Assert.Equal(
            """{"message":"संगीत 🎫 & \"<b>\"","price":5000.00,"none":null}""",
            JsonSerializer.Serialize(new { Message = "संगीत 🎫 & \"<b>\"", Price = new Money(500_000), None = (string?)null }, ZoniqJson.Options)
                .Replace("\\uD83C\\uDFAB", "🎫", StringComparison.Ordinal));

    [Fact]
    public void States_are_written_in_camel_case() =>
        Assert.Equal("\"wrongProof\"", JsonSerializer.Serialize(ProblemKind.WrongProof, ZoniqJson.Options));
}
