using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Zoniq.Load.Fuzz;

/// <summary>Makes requests: well-formed ones that name what is there, and every degree of worse.</summary>
/// <param name="api">What may be asked.</param>
/// <param name="own">What its sender has seen.</param>
/// <param name="onSale">What there is to be bought together: an event, its category, their seats.</param>
/// <param name="sign">The gateway's signature of a body, so that some webhooks are believed.</param>
/// <param name="now">The app's time when it began, for dates that make sense.</param>
internal sealed class Composer(ApiDescription api, Finds own, Finds onSale, Func<byte[], string> sign, DateTimeOffset now)
{
    private const string Here = "@here@";

    private bool isAboutWhatIsOnSale;

    public HttpRequestMessage Compose(Operation operation, Random random)
    {
        // The office calls off and changes other things, or there would soon be nothing to buy.
        isAboutWhatIsOnSale = random.Next(operation.Path.Contains("/admin/", StringComparison.Ordinal) ? 30 : 2) == 0;
        var method = random.Next(100) == 0 ? new HttpMethod("PUT GET POST PATCH DELETE HEAD OPTIONS".Split(' ')[random.Next(7)]) : operation.Method;
        var request = new HttpRequestMessage(method, Address(operation, random));
        foreach (var header in operation.Parameters.Where(parameter => parameter.Place == "header" && random.Next(4) == 0))
        {
            request.Headers.TryAddWithoutValidation(header.Name, Plain(random.Next(3) == 0 ? OddValues.OfText(random) : $"key-{random.Next(50)}"));
        }

        if (random.Next(20) == 0)
        {
            request.Headers.TryAddWithoutValidation("Accept", random.Next(2) == 0 ? "text/csv" : "application/xml;q=2, */*;q=x");
        }

        if (random.Next(50) == 0)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", random.Next(2) == 0 ? "*" : "W/\"a\", \"b");
        }

        if (operation.MediaType is { } mediaType && method != HttpMethod.Get && method != HttpMethod.Head)
        {
            request.Content = mediaType == "application/json" ? JsonBody(operation, random, request) : Upload(mediaType, random);
        }

        return request;
    }

    private string Address(Operation operation, Random random)
    {
        var path = operation.Path;
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.Place == "path"))
        {
            var value = random.Next(12) == 0 ? OddValues.OfText(random).Replace("\0", "", StringComparison.Ordinal)    // the server itself refuses such an address
                : Seen(parameter.Name, operation.Path, random) ?? $"{random.Next(1, 200)}";
            path = path.Replace($"{{{parameter.Name}}}", Uri.EscapeDataString(value), StringComparison.Ordinal);
        }

        var query = operation.Parameters
            .Where(parameter => parameter.Place == "query" && random.Next(3) == 0)
            .SelectMany(parameter => Enumerable.Repeat(parameter, random.Next(25) == 0 ? 2 : 1))
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(random.Next(3) == 0 ? OddValues.OfText(random) : TextOf(parameter, operation, random))}");
        var text = string.Join('&', query.Concat(random.Next(30) == 0 ? [$"unknown={Uri.EscapeDataString(OddValues.OfText(random))}"] : []));
        return text.Length == 0 ? path : $"{path}?{text}";
    }

    private string TextOf(Parameter parameter, Operation operation, Random random) =>
        Fitting(parameter.Schema, parameter.Name, null, operation.Path, random, depth: 0) is JsonValue value ? value.ToString() : "";

    private ByteArrayContent JsonBody(Operation operation, Random random, HttpRequestMessage request)
    {
        var isWebhook = operation.Path.EndsWith("/webhook", StringComparison.Ordinal);
        var bytes = random.Next(25) == 0 ? OddValues.OfBody(random)
            : Encoding.UTF8.GetBytes(Worsened(isWebhook ? Webhook(random) : Fitting(operation.Body!, "", operation.Example, operation.Path, random, depth: 0), random));
        if (isWebhook && random.Next(4) > 0)
        {
            request.Headers.TryAddWithoutValidation("X-Razorpay-Signature", sign(bytes));
        }

        var type = random.Next(60) == 0
            ? "text/plain|application/xml|multipart/form-data; boundary=a|application/json; charset=utf-16|application/json; charset=nonsense|application/x-www-form-urlencoded".Split('|')[random.Next(6)]
            : random.Next(10) == 0 ? "application/json; charset=utf-8" : "application/json";
        return new ByteArrayContent(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
    }

    /// <summary>The document leaves the gateway's own messages open.</summary>
    private JsonNode Webhook(Random random)
    {
        var order = own.Any("orderId", "", random) ?? "order_unknown";
        var kind = "payment.captured|payment.failed|payment.authorized|order.paid|refund.processed|refund.failed|refund.created|payment.dispute.created|unknown.event".Split('|')[random.Next(9)];
        var payment = new JsonObject { ["id"] = $"pay_{random.Next(1000)}", ["order_id"] = order, ["amount"] = 50000, ["currency"] = "INR", ["status"] = "captured", ["method"] = "upi", ["captured"] = true };
        var refund = new JsonObject { ["id"] = $"rfnd_{random.Next(1000)}", ["payment_id"] = $"pay_{random.Next(1000)}", ["amount"] = 100, ["status"] = "processed" };
        return new JsonObject
        {
            ["entity"] = "event",
            ["event"] = kind,
            ["created_at"] = now.ToUnixTimeSeconds(),
            ["payload"] = new JsonObject
            {
                ["payment"] = new JsonObject { ["entity"] = payment },
                ["order"] = new JsonObject { ["entity"] = new JsonObject { ["id"] = order, ["status"] = "paid" } },
                ["refund"] = new JsonObject { ["entity"] = refund },
            },
        };
    }

    private static HttpContent Upload(string mediaType, Random random)
    {
        var bytes = OddValues.OfBody(random);
        byte[] start = random.Next(4) switch
        {
            0 => [0x89, .. "PNG\r\n\u001a\n"u8],
            1 => [0xff, 0xd8, 0xff, 0xe0],
            2 => [.. "RIFF\0\0\0\0WEBPVP8 "u8],
            _ => [],
        };
        var part = new ByteArrayContent([.. start, .. bytes]);
        part.Headers.TryAddWithoutValidation("Content-Type", random.Next(2) == 0 ? "image/png" : "text/html");
        return random.Next(8) == 0
            ? new ByteArrayContent(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(random.Next(2) == 0 ? mediaType : "image/png") } }
            : new MultipartFormDataContent { { part, random.Next(5) == 0 ? "other" : "file", "a.png" } };
    }

    /// <summary>A value of the schema, from the example where that has one.</summary>
    private JsonNode? Fitting(JsonNode described, string name, JsonNode? example, string path, Random random, int depth)
    {
        var schema = api.Resolve(described);
        if (schema["oneOf"] is JsonArray choices)
        {
            return Fitting(choices[random.Next(choices.Count)]!, name, example, path, random, depth);
        }

        if (schema["enum"] is JsonArray values)
        {
            return values[random.Next(values.Count)]?.DeepClone();
        }

        var types = schema["type"] switch
        {
            JsonArray several => [.. several.Select(type => type!.GetValue<string>())],
            { } one => new[] { one.GetValue<string>() },
            null => ["null"],
        };
        var isSeen = Seen(name, path, random);
        switch (types.Length > 1 && random.Next(12) == 0 ? "null" : types.First(type => type != "null" || types.Length == 1))
        {
            case "object":
                var record = new JsonObject();
                foreach (var (member, schemaOf) in schema["properties"] as JsonObject ?? [])
                {
                    var isRequired = (schema["required"] as JsonArray)?.Any(required => required!.GetValue<string>() == member) == true;
                    if (depth < 6 && (isRequired || random.Next(2) == 0))
                    {
                        record[member] = Fitting(schemaOf!, member, (example as JsonObject)?[member], path, random, depth + 1);
                    }
                }

                return record;
            case "array":
                var list = new JsonArray();
                for (var count = random.Next(4); count > 0 && depth < 6; count--)
                {
                    list.Add(Fitting(schema["items"]!, name, (example as JsonArray)?.FirstOrDefault(), path, random, depth + 1));
                }

                return list;
            case "integer":
                return IsAnId(name) && isSeen is not null && long.TryParse(isSeen, CultureInfo.InvariantCulture, out var id) ? id : Number(schema, random);
            case "number":
                return Math.Round((decimal)Number(schema, random) + ((decimal)random.Next(100) / 100), 2);
            case "boolean":
                return random.Next(2) == 0;
            case "string":
                return schema["format"]?.GetValue<string>() switch
                {
                    "date-time" => Date(name, random).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                    "email" => $"somebody{random.Next(20)}@example.in",
                    _ when isSeen is not null && random.Next(3) > 0 => isSeen,
                    _ when example is JsonValue given && random.Next(3) > 0 => given.ToString(),
                    _ => $"Text {random.Next(1000)}",
                };
            default:
                return null;
        }
    }

    /// <summary>Mostly in the order that an event needs.</summary>
    private DateTimeOffset Date(string name, Random random) => now + (random.Next(8), name) switch
    {
        ( > 0, "eventDate") => TimeSpan.FromDays(30),
        ( > 0, "eventEndDate") => TimeSpan.FromDays(31),
        ( > 0, "bookingStartDate" or "startsAt") => TimeSpan.FromDays(-1),
        ( > 0, "bookingEndDate" or "endsAt") => TimeSpan.FromDays(29),
        _ => TimeSpan.FromMinutes(random.Next(-2_000, 100_000)),
    };

    private string? Seen(string name, string path, Random random) =>
        isAboutWhatIsOnSale && onSale.Any(name, path, random) is { } sold ? sold : own.Any(name, path, random) ?? onSale.Any(name, path, random);

    private static bool IsAnId(string name) => name.EndsWith("Id", StringComparison.Ordinal) || name.EndsWith("Ids", StringComparison.Ordinal) || name is "id" or "since" || name.EndsWith("_id", StringComparison.Ordinal);

    private static long Number(JsonNode schema, Random random)
    {
        var least = schema["minimum"]?.GetValue<decimal>() is { } minimum ? Math.Max((long)minimum, -1000) : 0;
        var most = schema["maximum"]?.GetValue<decimal>() is { } maximum ? (long)Math.Min(maximum, least + 5000) : least + 50;
        return random.NextInt64(least, Math.Max(least, random.Next(3) > 0 ? Math.Min(most, least + 3) : most) + 1);
    }

    /// <summary>Up to three of its values are replaced, left out, or said twice.</summary>
    private static string Worsened(JsonNode? body, Random random)
    {
        var odd = new List<string>();
        for (var times = random.Next(6) - 2; times > 0 && body is JsonObject record; times--)
        {
            Worsen(record, random, odd);
        }

        var text = body?.ToJsonString() ?? "null";
        return odd.Aggregate(text, (whole, value) =>
        {
            var at = whole.IndexOf($"\"{Here}\"", StringComparison.Ordinal);
            return at < 0 ? whole : string.Concat(whole.AsSpan(0, at), value, whole.AsSpan(at + Here.Length + 2));
        });
    }

    private static void Worsen(JsonObject record, Random random, List<string> odd)
    {
        if (record.Count == 0 || random.Next(15) == 0)
        {
            record[$"unknown{random.Next(3)}"] = Here;
            odd.Add(OddValues.OfJson(random));
            return;
        }

        var (name, value) = record.ElementAt(random.Next(record.Count));
        switch (value)
        {
            case JsonObject { Count: > 0 } inner when random.Next(3) > 0:
                Worsen(inner, random, odd);
                break;
            case JsonArray { Count: > 0 } list when list[0] is JsonObject inner && random.Next(3) > 0:
                Worsen(inner, random, odd);
                break;
            case JsonArray { Count: > 0 } list when random.Next(3) > 0:
                list[random.Next(list.Count)] = Here;
                odd.Add(OddValues.OfJson(random));
                break;
            case var _ when random.Next(6) == 0:
                record.Remove(name);
                break;
            default:
                record[name] = Here;
                odd.Add(OddValues.OfJson(random));
                break;
        }
    }

    /// <summary>A header line cannot carry everything.</summary>
    private static string Plain(string text) => string.Concat(text.Where(character => character is >= ' ' and < '\u007f'));
}
