using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>A call whose key was right and whose body, if it has one, is a JSON object.</summary>
internal sealed record SandboxRequest(RazorpaySandbox Sandbox, HttpRequest Http, JsonElement Body)
{
    public string Id => (string)Http.RouteValues["id"]!;
}

/// <summary>A status and its JSON.</summary>
internal readonly record struct SandboxReply(int Status, byte[] Json)
{
    public static SandboxReply Of<T>(SandboxResult<T> result, JsonTypeInfo<T> type) =>
        result.Error is { } error ? Of(error) : Ok(result.Value!, type);

    public static SandboxReply Ok<T>(T value, JsonTypeInfo<T> type) => new(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static SandboxReply Of(SandboxError error) =>
        new(error.Status, JsonSerializer.SerializeToUtf8Bytes(new SandboxErrorBody(error), SandboxJson.Default.SandboxErrorBody));
}

/// <summary>The provider's REST API, at least as strict as the provider.</summary>
internal static class SandboxApi
{
    private const string IdempotencyHeader = "X-Refund-Idempotency";
    private const int LargestBody = 64 * 1024;

    private static readonly string[] OrderFields = ["amount", "currency", "receipt", "notes", "partial_payment", "payment", "payment_capture"];
    private static readonly string[] RefundFields = ["amount", "speed", "receipt", "notes"];
    private static readonly string[] CaptureFields = ["amount", "currency"];

    public static async Task Answer(HttpContext context, RazorpaySandbox sandbox, string prefix, Func<SandboxRequest, SandboxReply> what)
    {
        if (!HasKey(context.Request, sandbox.Options))
        {
            context.Response.Headers.WWWAuthenticate = "Basic";
            await Write(context, SandboxReply.Of(SandboxError.Refused("Authentication failed", reason: "authentication_failed") with { Status = StatusCodes.Status401Unauthorized }));
            return;
        }

        var path = context.Request.Path.Value![(prefix.Length + 1)..];
        var fault = sandbox.Faults.OnApiCall(new ApiCall(context.Request.Method, path));
        if (fault.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, context.RequestAborted);
        }

        if (fault.FailWith is { } status)
        {
            await Write(context, SandboxReply.Of(Failure(status)));
            return;
        }

        var (body, error) = await ReadBody(context.Request);
        var reply = error is null ? what(new SandboxRequest(sandbox, context.Request, body)) : SandboxReply.Of(error);

        if (fault.LoseAnswer)
        {
            context.Abort();
            return;
        }

        await Write(context, fault.ChangeAnswer is { } change ? reply with { Json = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(reply.Json))) } : reply);
    }

    /// <summary>Like any other call, but two with the same key at the same moment are not let in together.</summary>
    public static async Task AnswerRefund(HttpContext context, RazorpaySandbox sandbox, string prefix)
    {
        string? key = context.Request.Headers[IdempotencyHeader];
        if (key is null || !HasKey(context.Request, sandbox.Options))
        {
            await Answer(context, sandbox, prefix, CreateRefund);
            return;
        }

        if (!sandbox.BeginRefund(key))
        {
            await Write(context, SandboxReply.Of(
                SandboxError.Refused("A request with the same idempotency key is in progress", reason: "idempotency_key_in_use") with { Status = StatusCodes.Status409Conflict }));
            return;
        }

        try
        {
            await Answer(context, sandbox, prefix, CreateRefund);
        }
        finally
        {
            sandbox.EndRefund(key);
        }
    }

    public static SandboxReply CreateOrder(SandboxRequest request)
    {
        if (Unexpected(request.Body, OrderFields) is { } unexpected)
        {
            return SandboxReply.Of(unexpected);
        }

        if (!TryReadAmount(request.Body, out var amount, out var error)
            || !TryReadText(request.Body, "currency", out var currency, out error)
            || !TryReadText(request.Body, "receipt", out var receipt, out error)
            || !TryReadNotes(request.Body, out var notes, out error))
        {
            return SandboxReply.Of(error!);
        }

        if (amount is null)
        {
            return SandboxReply.Of(SandboxError.Refused("The amount field is required.", "amount"));
        }

        if (currency != "INR")
        {
            return SandboxReply.Of(currency is null
                ? SandboxError.Refused("The currency field is required.", "currency")
                : SandboxError.Refused("Currency is not supported", "currency"));
        }

        return SandboxReply.Of(request.Sandbox.CreateOrder(amount.Value, receipt, notes), SandboxJson.Default.SandboxOrder);
    }

    public static SandboxReply ListOrders(SandboxRequest request)
    {
        var query = request.Http.Query;
        if (query["receipt"] is [{ Length: > 0 } receipt])
        {
            var found = request.Sandbox.OrderOfReceipt(receipt);
            return SandboxReply.Ok(new SandboxList<SandboxOrder>(found is null ? [] : [found]), SandboxJson.Default.SandboxListSandboxOrder);
        }

        if (!TryReadNumber(query["skip"], 0, 0, int.MaxValue, out var skip) || !TryReadNumber(query["count"], 10, 1, 100, out var count))
        {
            return SandboxReply.Of(SandboxError.Refused("The count must be between 1 and 100.", "count"));
        }

        return SandboxReply.Ok(new SandboxList<SandboxOrder>(request.Sandbox.LatestOrders(skip, count)), SandboxJson.Default.SandboxListSandboxOrder);
    }

    public static SandboxReply GetOrder(SandboxRequest request) =>
        SandboxReply.Of(Known(request.Sandbox.Order(request.Id)), SandboxJson.Default.SandboxOrder);

    public static SandboxReply GetOrderPayments(SandboxRequest request) =>
        request.Sandbox.Order(request.Id) is null
            ? SandboxReply.Of(SandboxError.UnknownId)
            : SandboxReply.Ok(new SandboxList<SandboxPayment>(request.Sandbox.PaymentsOf(request.Id)), SandboxJson.Default.SandboxListSandboxPayment);

    public static SandboxReply GetPayment(SandboxRequest request) =>
        SandboxReply.Of(Known(request.Sandbox.Payment(request.Id)), SandboxJson.Default.SandboxPayment);

    public static SandboxReply Capture(SandboxRequest request)
    {
        if (Unexpected(request.Body, CaptureFields) is { } unexpected)
        {
            return SandboxReply.Of(unexpected);
        }

        if (!TryReadAmount(request.Body, out var amount, out var error) || !TryReadText(request.Body, "currency", out var currency, out error))
        {
            return SandboxReply.Of(error!);
        }

        return amount is null
            ? SandboxReply.Of(SandboxError.Refused("The amount field is required.", "amount"))
            : SandboxReply.Of(request.Sandbox.CaptureAuthorised(request.Id, amount.Value, currency), SandboxJson.Default.SandboxPayment);
    }

    public static SandboxReply GetPaymentRefunds(SandboxRequest request) =>
        request.Sandbox.Payment(request.Id) is null
            ? SandboxReply.Of(SandboxError.UnknownId)
            : SandboxReply.Ok(new SandboxList<SandboxRefund>(request.Sandbox.RefundsOf(request.Id)), SandboxJson.Default.SandboxListSandboxRefund);

    public static SandboxReply GetRefund(SandboxRequest request) =>
        SandboxReply.Of(Known(request.Sandbox.Refund(request.Id)), SandboxJson.Default.SandboxRefund);

    public static SandboxReply NoSuchPath(SandboxRequest request) =>
        SandboxReply.Of(SandboxError.Refused($"The requested URL {request.Http.Path} was not found on the server.") with { Status = StatusCodes.Status404NotFound });

    private static SandboxReply CreateRefund(SandboxRequest request)
    {
        string? key = request.Http.Headers[IdempotencyHeader];
        if (key is not null && (key.Length < 10 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')))
        {
            return SandboxReply.Of(SandboxError.Refused("The idempotency key must have 10 or more letters, digits, hyphens and underscores.", IdempotencyHeader));
        }

        if (Unexpected(request.Body, RefundFields) is { } unexpected)
        {
            return SandboxReply.Of(unexpected);
        }

        if (!TryReadAmount(request.Body, out var amount, out var error)
            || !TryReadText(request.Body, "speed", out var speed, out error)
            || !TryReadText(request.Body, "receipt", out var receipt, out error)
            || !TryReadNotes(request.Body, out var notes, out error))
        {
            return SandboxReply.Of(error!);
        }

        var asked = $"{request.Id} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Body.GetRawText())))}";
        return SandboxReply.Of(
            request.Sandbox.CreateRefund(request.Id, amount, speed ?? "normal", receipt, notes, key, asked), SandboxJson.Default.SandboxRefund);
    }

    private static SandboxResult<T> Known<T>(T? entity)
        where T : class => entity is null ? SandboxError.UnknownId : entity;

    private static bool HasKey(HttpRequest request, SandboxOptions options)
    {
        string? header = request.Headers.Authorization;
        var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.KeyId}:{options.KeySecret}"))}";

        return header is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(expected));
    }

    private static SandboxError Failure(int status) => new()
    {
        Code = status switch
        {
            StatusCodes.Status502BadGateway or StatusCodes.Status504GatewayTimeout => "GATEWAY_ERROR",
            >= StatusCodes.Status500InternalServerError => "SERVER_ERROR",
            _ => "BAD_REQUEST_ERROR",
        },
        Description = status == StatusCodes.Status429TooManyRequests ? "Too many requests" : "We are facing some trouble completing your request at the moment. Please try again shortly.",
        Status = status,
    };

    private static async Task<(JsonElement Body, SandboxError? Error)> ReadBody(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);

        if (buffer.Length == 0)
        {
            return (Empty, null);
        }

        if (buffer.Length > LargestBody)
        {
            return (default, SandboxError.Refused("The request is too large") with { Status = StatusCodes.Status413PayloadTooLarge });
        }

        if (!request.HasJsonContentType())
        {
            return (default, SandboxError.Refused("Please send the request as application/json"));
        }

        try
        {
            var body = JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            return body.ValueKind == JsonValueKind.Object ? (body, null) : (default, SandboxError.Refused("The request body is not a JSON object"));
        }
        catch (JsonException)
        {
            return (default, SandboxError.Refused("The request body is not valid JSON"));
        }
    }

    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    private static SandboxError? Unexpected(JsonElement body, string[] fields)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (!fields.Contains(property.Name))
            {
                return SandboxError.Refused($"{property.Name} is/are not required and should not be sent", property.Name);
            }
        }

        return null;
    }

    private static bool TryReadAmount(JsonElement body, out long? amount, out SandboxError? error)
    {
        (amount, error) = (null, null);
        if (!body.TryGetProperty("amount", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var paise))
        {
            amount = paise;
            return true;
        }

        error = SandboxError.Refused("The amount must be an integer.", "amount");
        return false;
    }

    private static bool TryReadText(JsonElement body, string name, out string? text, out SandboxError? error)
    {
        (text, error) = (null, null);
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            text = value.GetString();
            return true;
        }

        error = SandboxError.Refused($"The {name} must be a string.", name);
        return false;
    }

    private static bool TryReadNotes(JsonElement body, out Dictionary<string, string>? notes, out SandboxError? error)
    {
        (notes, error) = (null, null);
        if (!body.TryGetProperty("notes", out var value) || value.ValueKind == JsonValueKind.Null
            || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            error = SandboxError.Refused("notes must be an object", "notes");
            return false;
        }

        notes = [];
        foreach (var note in value.EnumerateObject())
        {
            var text = note.Value.ValueKind switch
            {
                JsonValueKind.String => note.Value.GetString()!,
                JsonValueKind.Number => note.Value.GetRawText(),
                _ => null,
            };

            if (text is not { Length: <= 256 } || note.Name.Length > 256)
            {
                error = SandboxError.Refused("Each note must be a text of at most 256 characters", "notes");
                return false;
            }

            notes[note.Name] = text;
        }

        if (notes.Count > 15)
        {
            error = SandboxError.Refused("Number of fields in notes should be less than or equal to 15", "notes");
            return false;
        }

        return true;
    }

    private static bool TryReadNumber(string? text, int otherwise, int least, int most, out int number)
    {
        number = otherwise;
        return text is null || (int.TryParse(text, out number) && number >= least && number <= most);
    }

    internal static async Task Write(HttpContext context, SandboxReply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = reply.Json.Length;
        await context.Response.Body.WriteAsync(reply.Json, context.RequestAborted);
    }
}
