using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Nodes;
using Zoniq.Domain;
using Zoniq.Functions.Http;

namespace Zoniq.Tests.Http;

public sealed class BodyTests
{
    [Fact]
    public void Text_arrives_trimmed_and_a_password_as_it_was_typed()
    {
        var order = Read("""{"name":"  Asha \t","secret":"  s p ","tags":[" a "],"eventId":1}""");

        Assert.Equal(("Asha", "  s p ", "a"), (order.Name, order.Secret, order.Tags!.Single()));
    }

    [Fact]
    public void What_the_body_does_not_mention_keeps_its_default() =>
        Assert.Equal((1, Colour.DeepRed), (Read("""{"name":"x","eventId":1}""").Quantity, Read("""{"name":"x","eventId":1}""").Colour));

    [Fact]
    public void Every_field_that_is_wrong_is_named_at_once() =>
        AssertErrors(
            """{"name":5,"quantity":"2","price":1.234,"colour":"green","at":"tomorrow-ish","tags":"a","scans":[{"scanId":"s1"},{"scanId":"s2"},{"scanId":7}],"extra":[]}""",
            ("name", "must be text."),
            ("eventId", "is required."),
            ("quantity", "must be a whole number."),
            ("price", "must be an amount in rupees with at most two decimals."),
            ("colour", "must be one of deepRed, blue."),
            ("tags", "must be a list."),
            ("scans[2].scanId", "must be text."),
            ("extra", "must be an object."));

    [Fact]
    public void Rules_are_checked_all_the_way_down() =>
        AssertErrors(
            """{"name":"","eventId":0,"quantity":51,"scans":[{"scanId":"s1"},{"scanId":"much too long for it"},{}]}""",
            ("scans[2].scanId", "is required."));

    [Fact]
    public void Messages_are_for_people() =>
        AssertErrors(
            """{"name":"","eventId":0,"quantity":51,"secret":"xx","scans":[{"scanId":"much too long for it"}],"email":"nobody"}""",
            ("name", "is required."),
            ("eventId", "must be at least 1."),
            ("quantity", "must be between 1 and 50."),
            ("secret", "must have 3 to 8 characters."),
            ("scans[0].scanId", "must have at most 10 characters."),
            ("email", "must be an e-mail address."));

    [Theory]
    [InlineData("""{"name":"x","eventId":99999999999999999999}""", "eventId", "is out of range.")]
    [InlineData("""{"name":"x","eventId":-9223372036854775809}""", "eventId", "is out of range.")]
    [InlineData("""{"name":"x","eventId":1e30}""", "eventId", "must be a whole number.")]
    [InlineData("""{"name":"x","eventId":1.5}""", "eventId", "must be a whole number.")]
    [InlineData("""{"name":"x","eventId":1,"quantity":2147483648}""", "quantity", "is out of range.")]
    [InlineData("""{"name":"x","eventId":1,"price":1e300}""", "price", "must be an amount in rupees with at most two decimals.")]
    [InlineData("""{"name":"x","eventId":1,"quantity":null}""", "quantity", "must be a whole number.")]
    [InlineData("""{"name":null,"eventId":1}""", "name", "is required.")]
    [InlineData("""{"name":"a\u0000b","eventId":1}""", "name", "holds characters that cannot be kept.")]
    [InlineData("""{"name":"a\ud800b","eventId":1}""", "name", "holds characters that cannot be kept.")]
    [InlineData("""{"name":"x","eventId":1,"extra":{"a":[{"b":"\u0000"}]}}""", "extra", "holds characters that cannot be kept.")]
    [InlineData("""{"name":"x","eventId":1,"extra":{"\u0000":1}}""", "extra", "holds characters that cannot be kept.")]
    [InlineData("""{"name":"x","eventId":1,"at":"2026-01-31T18:30:00"}""", "at", "must be a date and time with an offset, such as 2026-01-31T18:30:00+05:30.")]
    [InlineData("""{"name":"x","eventId":1,"at":"2026-02-30T18:30:00Z"}""", "at", "must be a date and time with an offset, such as 2026-01-31T18:30:00+05:30.")]
    [InlineData("""{"name":"x","eventId":1,"colour":0}""", "colour", "must be one of deepRed, blue.")]
    [InlineData("""{"name":"x","eventId":1,"tags":[null]}""", "tags[0]", "is required.")]
    [InlineData("[]", "body", "must be an object.")]
    [InlineData("null", "body", "must be an object.")]
    [InlineData("7", "body", "must be an object.")]
    public void A_value_that_does_not_fit_is_a_message_at_its_field(string body, string field, string message) =>
        AssertErrors(body, (field, message));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"name":"x",}""")]
    [InlineData("""{"name":"x"} {}""")]
    [InlineData("""{"name":NaN}""")]
    [InlineData("{'name':'x'}")]
    public void What_is_not_JSON_is_unreadable(string body) =>
        Assert.Equal("request.malformed_json", Refused(body).Code);

    [Fact]
    public void A_thousand_brackets_deep_is_unreadable() =>
        Assert.Equal("request.malformed_json", Refused(string.Concat(Enumerable.Repeat("""{"a":""", 1000)) + "1" + new string('}', 1000)).Code);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_unreadable() =>
        Assert.Equal("request.malformed_json", Assert.Throws<BindingRefusedException>(() => BodyConverter.Read([0x22, 0xff, 0x22], typeof(Order))).Problem.Code);

    [Fact]
    public void A_member_nobody_knows_is_ignored_and_of_two_alike_the_last_counts() =>
        Assert.Equal("second", Read("""{"name":"first","eventId":1,"unknown":{"a":[1]},"name":"second"}""").Name);

    [Fact]
    public void A_body_in_which_nothing_must_be_said_may_be_missing() =>
        Assert.Null(((Wishes)BodyConverter.Read([], typeof(Wishes))).Reason);

    [Fact]
    public void Time_is_read_with_any_offset() =>
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 13, 0, 0, TimeSpan.Zero), Read("""{"name":"x","eventId":1,"at":"2026-01-31T18:30:00+05:30"}""").At);

    private static Order Read(string body) => (Order)BodyConverter.Read(Encoding.UTF8.GetBytes(body), typeof(Order));

    private static Problem Refused(string body) => Assert.Throws<BindingRefusedException>(() => Read(body)).Problem;

    private static void AssertErrors(string body, params (string Field, string Message)[] expected)
    {
        var problem = Refused(body);
        Assert.Equal("validation.failed", problem.Code);
        Assert.Equal(
            expected.OrderBy(error => error.Field, StringComparer.Ordinal),
            problem.Errors!.SelectMany(error => error.Value.Select(message => (error.Key, message))).OrderBy(error => error.Key, StringComparer.Ordinal));
    }

    private enum Colour
    {
        DeepRed,
        Blue,
    }

    private sealed record Order
    {
        [Required]
        public string Name { get; init; } = "";

        [Required, Range(1, long.MaxValue)]
        public long EventId { get; init; }

        [Range(1, 50)]
        public int Quantity { get; init; } = 1;

        [Untrimmed, StringLength(8, MinimumLength = 3)]
        public string? Secret { get; init; }

        [EmailAddress]
        public string? Email { get; init; }

        public Money? Price { get; init; }

        public Colour Colour { get; init; }

        public DateTimeOffset? At { get; init; }

        public string[]? Tags { get; init; }

        public IReadOnlyList<Scan>? Scans { get; init; }

        public JsonObject? Extra { get; init; }
    }

    private sealed record Scan
    {
        [Required, StringLength(10)]
        public string ScanId { get; init; } = "";
    }

    private sealed record Wishes
    {
        [StringLength(500)]
        public string? Reason { get; init; }
    }
}
