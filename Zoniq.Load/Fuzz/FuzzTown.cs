using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Zoniq.Load.Fuzz;

/// <summary>Somebody requests are sent as.</summary>
/// <param name="Kind">stranger, buyer or admin.</param>
/// <param name="Token">Null for a stranger.</param>
internal sealed record Someone(string Kind, string? Token)
{
    /// <summary>What they were told of.</summary>
    public Finds Finds { get; } = new();
}

/// <summary>Where requests go, who sends them, and what there is to be bought.</summary>
/// <param name="database">Of the app.</param>
/// <param name="shop">The app, for those who buy as one should.</param>
/// <param name="instance">Of one of the app's instances.</param>
/// <param name="newcomer">Makes a buyer or an administrator.</param>
/// <param name="webhookSecret">What the gateway signs with.</param>
internal sealed class FuzzTown(NpgsqlDataSource database, HttpShop shop, Func<Uri> instance, Func<string, Task<Buyer>> newcomer, string webhookSecret) : IDisposable
{
    private const int Places = 2_000;
    private const int MostTries = 10;

    private static readonly string[] Timers =
        ["HoldSweep", "WebhookInbox", "BookingExpiry", "PaymentReconcile", "EventRefunds", "RefundWorker", "MailOutbox", "QueueTick", "TransferExpiry", "SeatNews", "LiveUpdates"];

    private readonly HttpClient http = HttpReader.Client();
    private int rounds;
    private House? openAir;

    public Task<string> OpenApiAsync(CancellationToken cancellationToken) => http.GetStringAsync(new Uri(instance(), "/api/openapi.json"), cancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(instance(), request.RequestUri!);
        return request.RequestUri.IsLoopback ? http.SendAsync(request, cancellationToken) : throw new InvalidOperationException("Load goes to this machine only.");
    }

    /// <summary>An administrator, or a buyer who has a ticket, a booking that waits for its money, and a cart; nobody has been them yet.</summary>
    public async Task<Someone> NewcomerAsync(string kind)
    {
        for (var tries = 0; ; tries++)
        {
            var somebody = await newcomer(kind);
            try
            {
                if (kind == "buyer")
                {
                    await ShopAsync(somebody);
                }

                return new Someone(kind, somebody.Token);
            }
            catch (ShopRefusal) when (tries < MostTries)
            {
                // The office has blocked them, or called off where they were; then somebody else shops, somewhere else.
                openAir = await House.OpenAsync(database, Places, numbered: false);
            }
        }
    }

    /// <summary>The gateway's signature.</summary>
    public string Sign(byte[] webhook) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(webhookSecret), webhook));

    /// <summary>From time to time: the timers run, and something new is put on sale. Its seats are empty when its places have no numbers.</summary>
    public async Task<House> LiveOnAsync(CancellationToken cancellationToken)
    {
        openAir ??= await House.OpenAsync(database, Places, numbered: false);
        foreach (var timer in Timers)
        {
            using var ran = await http.PostAsync(new Uri(instance(), $"/dev/timers/{timer}"), null, cancellationToken);
            ran.EnsureSuccessStatusCode();
        }

        var isNumbered = rounds++ % 2 == 0;
        var house = await House.OpenAsync(database, places: 100, isNumbered);
        return isNumbered ? house : house with { Seats = [] };
    }

    public void Dispose() => http.Dispose();

    private async Task ShopAsync(Buyer buyer)
    {
        var house = openAir!;
        var order = await OrderAsync(buyer, house);
        var (paymentId, signature) = shop.Pay(order);
        await shop.VerifyAsync(buyer, order, paymentId, signature, CancellationToken.None);
        await OrderAsync(buyer, house);
        await shop.AddAsync(buyer, house, null, CancellationToken.None);
    }

    private async Task<string> OrderAsync(Buyer buyer, House house)
    {
        await shop.AddAsync(buyer, house, null, CancellationToken.None);
        return await shop.CreateOrderAsync(buyer, await shop.CheckoutAsync(buyer, house, CancellationToken.None), CancellationToken.None);
    }
}
