using System.Text.Json.Nodes;
using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>Every parameter of every address, in the query and in the path, is given what no client should give it.</summary>
public sealed class BadAddressTests(ZoniqApp app) : DatabaseTest(app)
{
    /// <summary>Escaped as they travel.</summary>
    private static readonly string[] OddTexts =
    [
        "", "%20", "text", "0", "-1", "1.5", "1e3", "2147483648", "9223372036854775808", "99999999999999999999999", "true", "%00", "a%00b", "%ff", "%ed%a0%80",
        "%25", "_", "%5C", "%27", "%27%3B--", "2026-02-30", "9999-12-31", "0001-01-01", "2026-01-31T18:30:00", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00",
        new string('x', 3000),
    ];

    public static TheoryData<string> WithQuery { get; } = [.. Operation.All.Where(operation => operation.Query.Count > 0).Select(operation => operation.Name)];

    public static TheoryData<string> WithPath { get; } = [.. Operation.All.Where(operation => operation.PathParameters.Any()).Select(operation => operation.Name)];

    [Theory]
    [MemberData(nameof(WithQuery))]
    public async Task An_odd_value_in_the_query_is_refused_or_harmless(string name)
    {
        var operation = Operation.Of(name);
        var caller = await Caller(operation);
        var path = operation.OnlyReads ? (await Things.In(App)).At(operation) : operation.At();
        var before = await Contents.Of(App);
        var wrong = new List<string>();

        foreach (var parameter in operation.Query)
        {
            foreach (var value in OddTexts)
            {
                var answer = await caller.Send(operation.Method, $"{path}?{OthersOf(operation, parameter)}{NameOf(parameter)}={value}");
                if (MustBeRefused(value, parameter["schema"]!) && answer.Code is not ("request.invalid_parameter" or "validation.failed"))
                {
                    wrong.Add(answer.ToString());
                }
            }

            await caller.Send(operation.Method, $"{path}?{NameOf(parameter)}=1&{NameOf(parameter)}=text&{NameOf(parameter)}");
        }

        wrong.Concat((await Contents.Of(App)).ChangedSince(before)).MustBeNone();
    }

    [Fact]
    public async Task Days_in_reverse_are_refused_wherever_days_are_asked_for()
    {
        var wrong = new List<string>();
        foreach (var operation in Operation.All)
        {
            foreach (var (from, to) in new[] { ("date_from", "date_to"), ("start_date", "end_date") }.Where(pair => operation.Query.Any(parameter => NameOf(parameter) == pair.Item1)))
            {
                var answer = await (await Caller(operation)).Get($"{operation.At()}?{from}=2026-03-02&{to}=2026-03-01");
                if (answer.Code != "validation.failed")
                {
                    wrong.Add(answer.ToString());
                }
            }
        }

        wrong.MustBeNone();
    }

    [Theory]
    [MemberData(nameof(WithPath))]
    public async Task An_odd_value_in_the_path_is_nothing_that_exists(string name)
    {
        var operation = Operation.Of(name);
        var caller = await Caller(operation);
        var body = operation.HasFields ? OddBody.Plain(operation) : null;
        var before = await Contents.Of(App);
        var wrong = new List<string>();

        foreach (var value in OddTexts.Where(value => value.Length > 0 && !value.Contains("%00", StringComparison.Ordinal)))     // the server itself refuses NUL
        {
            var path = operation.At(_ => value);
            var answer = body is null ? await caller.Send(operation.Method, path) : await caller.SendText(operation.Method, path, body);
            if (answer.Status is not (404 or 405) && !IsHarmless(operation, answer))
            {
                wrong.Add(answer.ToString());
            }
        }

        wrong.Concat((await Contents.Of(App)).ChangedSince(before)).MustBeNone();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("9223372036854775808")]
    public async Task What_is_no_id_is_no_address(string notAnId)
    {
        var wrong = new List<string>();
        foreach (var operation in Operation.All.Where(operation => operation.PathParameters.Any(parameter => parameter.EndsWith("id", StringComparison.OrdinalIgnoreCase))))
        {
            var answer = await (await Caller(operation)).Send(operation.Method, operation.At(_ => notAnId));
            if (answer.Code is not ("request.route_not_found" or "request.method_not_allowed"))
            {
                wrong.Add(answer.ToString());
            }
        }

        wrong.MustBeNone();
    }

    /// <summary>A body may be refused before anybody looks for what the path names; whether an unknown event is on a wishlist has an answer; and somebody else is not looked for at all.</summary>
    private static bool IsHarmless(Operation operation, Answer answer) =>
        (operation.HasFields && answer.Status == 422) || (operation.Name == "CheckWishlist" && answer.Status == 200) || (operation.Name == "Negotiate" && answer.Code == "realtime.not_you");

    /// <summary>Whether the schema of the parameter excludes it; nothing at all is as good as leaving it out.</summary>
    private static bool MustBeRefused(string value, JsonNode schema)
    {
        var text = Uri.UnescapeDataString(value).Trim();
        return text.Length > 0 && (text.Contains('\0') || schema["type"]!.ToJsonString() switch
        {
            var type when type.Contains("integer", StringComparison.Ordinal) => !long.TryParse(text, out var number) || !SchemaFit.Fits(number, schema),
            var type when type.Contains("number", StringComparison.Ordinal) => text is "text" or "true",
            var type when type.Contains("boolean", StringComparison.Ordinal) => text != "true",
            _ => schema["maxLength"] is { } most && text.Length > most.GetValue<int>(),
        });
    }

    private static string NameOf(JsonNode parameter) => parameter["name"]!.GetValue<string>();

    /// <summary>What else has to be said.</summary>
    private static string OthersOf(Operation operation, JsonNode parameter) =>
        string.Concat(operation.Query.Where(other => other != parameter && other["required"] is not null).Select(other => $"{NameOf(other)}=sitar&"));

    private async Task<Conversation> Caller(Operation operation) => operation.Access switch
    {
        Access.User => await App.NewBuyer(),
        Access.Admin => await App.Administrator(),
        _ => App.Nobody,
    };
}
