using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load;

/// <summary>The app's instances, over connections that stay open.</summary>
internal sealed class HttpShop : IShop, IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient http = HttpReader.Client();
    private readonly Uri[] instances;
    private readonly RazorpaySandbox razorpay;
    private int next;

    public HttpShop(IEnumerable<Uri> instances, RazorpaySandbox razorpay)
    {
        this.instances = [.. instances];
        this.razorpay = razorpay;
        if (this.instances.Any(address => !address.IsLoopback))
        {
            throw new InvalidOperationException("Load goes to this machine only.");
        }
    }

    public async Task AddAsync(Buyer buyer, House house, long? seatId, CancellationToken cancellationToken)
    {
        var what = seatId is { } seat ? $"\"seatIds\":[{seat}]" : "\"quantity\":1";
        using var answer = await PostAsync(buyer, "/api/cart/items", $"{{\"eventId\":{house.EventId},\"seatCategoryId\":{house.CategoryId},{what}}}", cancellationToken);
    }

    public async Task ClearAsync(Buyer buyer, House house, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(buyer, HttpMethod.Delete, $"/api/cart/clear?event_id={house.EventId}", null, cancellationToken);
    }

    public async Task<long> CheckoutAsync(Buyer buyer, House house, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(buyer, $"/api/cart/checkout?event_id={house.EventId}", "{}", cancellationToken);
        return answer.RootElement.GetProperty("id").GetInt64();
    }

    public async Task<string> CreateOrderAsync(Buyer buyer, long bookingId, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(buyer, "/api/payments/create-order", $"{{\"bookingId\":{bookingId}}}", cancellationToken);
        return answer.RootElement.GetProperty("orderId").GetString()!;
    }

    public (string PaymentId, string Signature) Pay(string orderId) =>
        razorpay.Pay(orderId, "upi", "success").Value is { RazorpaySignature: { } signature } paid
            ? (paid.RazorpayPaymentId, signature)
            : throw new ShopRefusal("the sandbox takes no money");

    public async Task VerifyAsync(Buyer buyer, string orderId, string paymentId, string signature, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(
            buyer, "/api/payments/verify",
            $"{{\"razorpayOrderId\":\"{orderId}\",\"razorpayPaymentId\":\"{paymentId}\",\"razorpaySignature\":\"{signature}\"}}", cancellationToken);
        if (!answer.RootElement.GetProperty("success").GetBoolean())
        {
            throw new ShopRefusal("not confirmed");
        }
    }

    public async Task CheckInAsync(Buyer staff, string code, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(staff, "/api/tickets/mark-used", $"{{\"qrPayload\":\"{code}\",\"gate\":\"Gate 1\"}}", cancellationToken);
    }

    public async Task JoinAsync(Buyer buyer, long eventId, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(buyer, $"/api/queue/{eventId}/join", "{}", cancellationToken);
    }

    public async Task SubscribeAsync(Buyer buyer, long eventId, string connectionId, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(buyer, $"/api/queue/{eventId}/subscribe", $"{{\"connectionId\":\"{connectionId}\"}}", cancellationToken);
    }

    /// <summary>Anything else; what fails is thrown here too.</summary>
    /// <param name="buyer">Who asks.</param>
    /// <param name="method">Of the request.</param>
    /// <param name="path">With its query.</param>
    /// <param name="json">The body; null for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<JsonDocument> AskAsync(Buyer buyer, HttpMethod method, string path, string? json, CancellationToken cancellationToken)
    {
        var instance = instances[(uint)Interlocked.Increment(ref next) % (uint)instances.Length];
        using var request = new HttpRequestMessage(method, new Uri(instance, path))
        {
            Content = json is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = Json } },
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {buyer.Token}");

        using var response = await http.SendAsync(request, cancellationToken);
        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(content) : throw new ShopRefusal($"{(int)response.StatusCode} {CodeIn(content)}");
    }

    /// <summary>Once, on one of the instances.</summary>
    public async Task RunTimerAsync(string name, CancellationToken cancellationToken)
    {
        using var ran = await http.PostAsync(new Uri(instances[0], $"/dev/timers/{name}"), null, cancellationToken);
        ran.EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();

    private Task<JsonDocument> PostAsync(Buyer buyer, string path, string json, CancellationToken cancellationToken) =>
        AskAsync(buyer, HttpMethod.Post, path, json, cancellationToken);

    private static string CodeIn(byte[] content)
    {
        try
        {
            using var problem = JsonDocument.Parse(content);
            return problem.RootElement.GetProperty("code").GetString() ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
