using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Zoniq.Domain.Payments.Gateway;

/// <summary>Razorpay's REST API. https://razorpay.com/docs/api/</summary>
public sealed partial class RazorpayGateway(HttpClient http, RazorpayOptions options, ILogger<RazorpayGateway> logger) : IPaymentGateway
{
    private const string IdempotencyHeader = "X-Refund-Idempotency";

    public async Task<Result<GatewayOrder>> CreateOrderAsync(NewGatewayOrder order, CancellationToken cancellationToken)
    {
        using var call = Deadline(cancellationToken);

        var reply = await PostOrder(order, call.Token, cancellationToken);
        if (!reply.MayHaveHappened)
        {
            return reply.Problem is { } problem ? problem : TheSame(order, reply.Value!);
        }

        // Nobody knows whether it exists now. Its receipt does: look before creating another.
        var found = await Find(order.Receipt, call.Token, cancellationToken);
        if (found.Problem is { } cannotLook)
        {
            return cannotLook;
        }

        if (found.Value is { } existing)
        {
            return TheSame(order, existing);
        }

        if (reply.WasRefused)
        {
            return reply.Problem!;
        }

        reply = await PostOrder(order, call.Token, cancellationToken);
        if (reply.Problem is null)
        {
            return TheSame(order, reply.Value!);
        }

        // The first one arrived after all, between our look and our second try.
        return reply.WasRefused && (await Find(order.Receipt, call.Token, cancellationToken)).Value is { } late
            ? TheSame(order, late)
            : reply.Problem;
    }

    public async Task<Result<GatewayOrder?>> FindOrderByReceiptAsync(string receipt, CancellationToken cancellationToken)
    {
        using var call = Deadline(cancellationToken);
        return (await Find(receipt, call.Token, cancellationToken)).ToResult();
    }

    public Task<Result<GatewayPayment?>> GetPaymentAsync(string paymentId, CancellationToken cancellationToken) =>
        GetOne("payments/", paymentId, GatewayJson.Default.GatewayPayment, cancellationToken);

    public Task<Result<GatewayPayment[]>> GetOrderPaymentsAsync(string orderId, CancellationToken cancellationToken) =>
        GetList("orders/", orderId, "/payments", GatewayJson.Default.GatewayListGatewayPayment, cancellationToken);

    public async Task<Result<GatewayRefund>> RefundAsync(NewGatewayRefund refund, CancellationToken cancellationToken)
    {
        if (!IsId(refund.PaymentId))
        {
            return GatewayProblems.Refused;
        }

        using var call = Deadline(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"payments/{refund.PaymentId}/refund")
        {
            Content = Json(new RefundBody(refund.Amount.Paise, refund.Speed, refund.Receipt, refund.Notes), GatewayJson.Default.RefundBody),
            Headers = { { IdempotencyHeader, refund.IdempotencyKey } },
        };

        return (await Send(request, GatewayJson.Default.GatewayRefund, call.Token, cancellationToken)).ToResult();
    }

    public Task<Result<GatewayRefund?>> GetRefundAsync(string refundId, CancellationToken cancellationToken) =>
        GetOne("refunds/", refundId, GatewayJson.Default.GatewayRefund, cancellationToken);

    public Task<Result<GatewayRefund[]>> GetPaymentRefundsAsync(string paymentId, CancellationToken cancellationToken) =>
        GetList("payments/", paymentId, "/refunds", GatewayJson.Default.GatewayListGatewayRefund, cancellationToken);

    /// <summary>Reads, and refunds with their key: whatever may be sent twice without doing anything twice.</summary>
    internal static bool MayBeRepeated(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get || request.Headers.Contains(IdempotencyHeader);

    private async Task<Reply<GatewayOrder>> PostOrder(NewGatewayOrder order, CancellationToken deadline, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "orders")
        {
            Content = Json(
                new OrderBody(order.Amount.Paise, Money.Currency, order.Receipt, order.Notes, OrderCapture.Automatic),
                GatewayJson.Default.OrderBody),
        };

        return await Send(request, GatewayJson.Default.GatewayOrder, deadline, cancellationToken);
    }

    private async Task<Reply<GatewayOrder?>> Find(string receipt, CancellationToken deadline, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"orders?receipt={Uri.EscapeDataString(receipt)}");
        var list = await Send(request, GatewayJson.Default.GatewayListGatewayOrder, deadline, cancellationToken);

        return list.Problem is { } problem
            ? new(null, problem)
            : new(Array.Find(list.Value!.Items, order => order.Receipt == receipt), null);
    }

    private async Task<Result<T?>> GetOne<T>(string path, string id, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!IsId(id))
        {
            return (T?)null;
        }

        using var call = Deadline(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, path + id);
        var reply = await Send(request, type, call.Token, cancellationToken);

        return reply.Problem is { } problem && !reply.WasRefused ? problem : reply.Value;
    }

    private async Task<Result<T[]>> GetList<T>(string path, string id, string of, JsonTypeInfo<GatewayList<T>> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!IsId(id))
        {
            return Array.Empty<T>();
        }

        using var call = Deadline(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, path + id + of);
        var reply = await Send(request, type, call.Token, cancellationToken);

        return reply.Problem is { } problem && !reply.WasRefused ? problem : reply.Value?.Items ?? [];
    }

    private async Task<Reply<T>> Send<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken deadline, CancellationToken cancellationToken)
        where T : class
    {
        if (!options.IsConfigured)
        {
            return new(null, GatewayProblems.Unavailable);
        }

        try
        {
            using var response = await http.SendAsync(request, deadline);
            var body = await response.Content.ReadAsByteArrayAsync(deadline);

            return response.IsSuccessStatusCode
                ? new(JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null"), null)
                : Refusal<T>(request, response, body);
        }
        catch (BrokenCircuitException e)
        {
            return new(null, GatewayProblems.Unavailable with { RetryAfter = e.RetryAfter ?? GatewayPolicy.BreakerPause });
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            LogUnreachable(logger, request.Method, e.HttpRequestError);
            return new(null, GatewayProblems.Unavailable);
        }
        catch (Exception e) when (e is HttpRequestException or ExecutionRejectedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNoAnswer(logger, request.Method, e.GetType().Name);
            return new(null, GatewayProblems.Unavailable) { MayHaveHappened = true };
        }
        catch (JsonException e)
        {
            LogUnreadable(logger, request.Method, e.Path);
            return new(null, GatewayProblems.Unavailable) { MayHaveHappened = true };
        }
    }

    private Reply<T> Refusal<T>(HttpRequestMessage request, HttpResponseMessage response, byte[] body)
        where T : class
    {
        var status = (int)response.StatusCode;
        var error = ReadError(body);

        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                LogKeyRefused(logger, status, error?.Code);
                return new(null, GatewayProblems.Unavailable);

            case HttpStatusCode.TooManyRequests:
                LogFailure(logger, request.Method, status, error?.Code, error?.Reason);
                return new(null, GatewayProblems.Unavailable with { RetryAfter = response.Headers.RetryAfter?.Delta ?? GatewayProblems.Unavailable.RetryAfter });

            // Redirects, time-outs, a first try that still runs, and whatever fails on their side.
            case < HttpStatusCode.BadRequest or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or >= HttpStatusCode.InternalServerError:
                LogFailure(logger, request.Method, status, error?.Code, error?.Reason);
                return new(null, GatewayProblems.Unavailable) { MayHaveHappened = true };

            default:
                var problem = error?.Reason is { } reason ? GatewayProblems.Refused.With("reason", reason) : GatewayProblems.Refused;
                return new(null, problem) { MayHaveHappened = true, WasRefused = true };
        }
    }

    /// <summary>An order with another amount under our receipt must never be shown to a buyer.</summary>
    private Result<GatewayOrder> TheSame(NewGatewayOrder asked, GatewayOrder given)
    {
        if (given.Amount == asked.Amount && given.Currency == Money.Currency && given.Receipt == asked.Receipt)
        {
            return given;
        }

        LogOtherOrder(logger, given.Id, given.Amount.Paise, asked.Amount.Paise);
        return GatewayProblems.Unavailable;
    }

    private static CancellationTokenSource Deadline(CancellationToken cancellationToken)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(GatewayPolicy.WholeCall);
        return deadline;
    }

    private static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Ids go into paths, and some come from browsers.</summary>
    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static GatewayError? ReadError(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, GatewayJson.Default.GatewayErrorBody)?.Error;
        }
        catch (JsonException)
        {
            return null;        // a proxy's page
        }
    }

    /// <summary>What came back, and what is known when nothing did.</summary>
    private readonly record struct Reply<T>(T? Value, Problem? Problem)
        where T : class?
    {
        /// <summary>The order or refund may exist although we have no answer that says so.</summary>
        public bool MayHaveHappened { get; init; }

        /// <summary>The provider understood and said no, perhaps because it has happened before.</summary>
        public bool WasRefused { get; init; }

        public Result<T> ToResult() => Problem is { } problem ? problem : Value!;
    }

    [LoggerMessage(LogLevel.Warning, "The payment provider cannot be reached: {Method}, {Error}.")]
    private static partial void LogUnreachable(ILogger logger, HttpMethod method, HttpRequestError error);

    [LoggerMessage(LogLevel.Warning, "The payment provider did not answer a {Method}: {Error}.")]
    private static partial void LogNoAnswer(ILogger logger, HttpMethod method, string error);

    [LoggerMessage(LogLevel.Warning, "The payment provider's answer to a {Method} cannot be read at {Path}.")]
    private static partial void LogUnreadable(ILogger logger, HttpMethod method, string? path);

    [LoggerMessage(LogLevel.Warning, "The payment provider failed a {Method} with {Status} {Code} {Reason}.")]
    private static partial void LogFailure(ILogger logger, HttpMethod method, int status, string? code, string? reason);

    [LoggerMessage(LogLevel.Error, "The payment provider does not accept our key: {Status} {Code}.")]
    private static partial void LogKeyRefused(ILogger logger, int status, string? code);

    [LoggerMessage(LogLevel.Error, "The payment provider's order {OrderId} is over {Given} paise, not {Asked} as our receipt says.")]
    private static partial void LogOtherOrder(ILogger logger, string orderId, long given, long asked);
}
