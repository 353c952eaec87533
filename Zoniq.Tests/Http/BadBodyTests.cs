using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>Every operation that takes a body is sent what no client should send: it refuses as its description says, and nothing has happened.</summary>
public abstract class BadBodyTests(ZoniqApp app) : DatabaseTest(app)
{
    /// <summary>Refuses each body that breaks the operation's own schema, by the name of the field.</summary>
    protected async Task RefusesWhatBreaksItsSchema(string name)
    {
        var operation = Operation.Of(name);
        var sender = await Sender(operation);
        var before = await Contents.Of(App);
        var wrong = await Send(operation, sender, OddBody.Of(operation).Where(body => body.MustBeRefused), (body, answer) =>
            answer.Code == "validation.failed" && answer["errors"].EnumerateObject().Any(error => error.Name.StartsWith(body.Field.Split('.')[0], StringComparison.Ordinal))
                ? null
                : $"{body} → {answer.Status} {Start(answer.Text)}");

        wrong.Concat((await Contents.Of(App)).ChangedSince(before)).MustBeNone();
    }

    /// <summary>The rest may be accepted, for things that exist as well, but is never a defect.</summary>
    protected async Task SurvivesWhatItsSchemaAllows(string name)
    {
        var operation = Operation.Of(name);
        var things = await Things.In(App);
        var sender = operation.Access == Access.User ? things.Customer : await Sender(operation);
        foreach (var body in OddBody.Of(operation, things.IdOf).Where(body => !body.MustBeRefused))
        {
            await sender.SendText(operation.Method, things.At(operation), body.Json);
        }
    }

    /// <summary>Refuses what is no JSON, no object, too deep, too long or of another type.</summary>
    protected async Task RefusesWhatIsNoBody(string name)
    {
        var operation = Operation.Of(name);
        var sender = await Sender(operation);
        var plain = OddBody.Plain(operation);
        var before = await Contents.Of(App);

        async Task Refused(int status, string code, byte[] body, string contentType = "application/json") =>
            (await sender.Send(new HttpRequestMessage(operation.Method, operation.At())
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } },
            })).Refused(status, code);

        Task RefusedText(int status, string code, string body, string contentType = "application/json") => Refused(status, code, Encoding.UTF8.GetBytes(body), contentType);

        await RefusedText(400, "request.malformed_json", plain[..^1]);
        await RefusedText(400, "request.malformed_json", plain + plain);
        await RefusedText(400, "request.malformed_json", " ");
        await RefusedText(400, "request.malformed_json", OddBody.Nested(1000));
        await RefusedText(400, "request.malformed_json", $$"""{"a":{{OddBody.Nested(1000)}}}""");
        await Refused(400, "request.malformed_json", [.. "{\"a\":\""u8, 0xff, .. "\"}"u8]);
        await RefusedText(422, "validation.failed", "null");
        await RefusedText(422, "validation.failed", "[]");
        await RefusedText(422, "validation.failed", $"[{plain}]");
        await RefusedText(422, "validation.failed", "7");
        await RefusedText(422, "validation.failed", "\"{}\"");
        await RefusedText(415, "request.unsupported_media_type", plain, "text/plain");
        await RefusedText(415, "request.unsupported_media_type", plain, "application/x-www-form-urlencoded");
        await RefusedText(415, "request.unsupported_media_type", plain, "application/json; charset=utf-16");
        await RefusedText(413, "request.too_large", new string(' ', 2_000_000) + plain);
        if (operation.IsBodyRequired)
        {
            await Refused(400, "request.malformed_json", []);
        }

        (await Contents.Of(App)).ChangedSince(before).MustBeNone();
    }

    /// <summary>The operations with bodies that these may call.</summary>
    protected static TheoryData<string> OperationsOf(params Access[] access) =>
        [.. Operation.All.Where(operation => operation.HasFields && access.Contains(operation.Access)).Select(operation => operation.Name)];

    private async Task<IEnumerable<string>> Send(Operation operation, Conversation sender, IEnumerable<OddBody> bodies, Func<OddBody, Answer, string?> judge)
    {
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (body, _) =>
        {
            if (judge(body, await sender.SendText(operation.Method, operation.At(), body.Json)) is { } objection)
            {
                wrong.Add(objection);
            }
        });
        return wrong;
    }

    private async Task<Conversation> Sender(Operation operation) => operation.Access switch
    {
        Access.User => await App.NewBuyer(),
        Access.Admin => await App.Administrator(),
        _ => App.Nobody,
    };

    private static string Start(string text) => text.Length > 300 ? text[..300] : text;
}

/// <summary>What anybody and customers send.</summary>
public sealed class BadCustomerBodyTests(ZoniqApp app) : BadBodyTests(app)
{
    public static TheoryData<string> Operations { get; } = OperationsOf(Access.Anonymous, Access.User);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_breaks_the_schema_is_refused_by_field(string operation) => RefusesWhatBreaksItsSchema(operation);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_the_schema_allows_is_no_defect(string operation) => SurvivesWhatItsSchemaAllows(operation);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_is_no_body_is_refused(string operation) => RefusesWhatIsNoBody(operation);
}

/// <summary>What administrators send.</summary>
public sealed class BadAdministratorBodyTests(ZoniqApp app) : BadBodyTests(app)
{
    public static TheoryData<string> Operations { get; } = OperationsOf(Access.Admin);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_breaks_the_schema_is_refused_by_field(string operation) => RefusesWhatBreaksItsSchema(operation);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_the_schema_allows_is_no_defect(string operation) => SurvivesWhatItsSchemaAllows(operation);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_is_no_body_is_refused(string operation) => RefusesWhatIsNoBody(operation);
}
