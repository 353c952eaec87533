using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Zoniq.Domain;
using Zoniq.LocalHost.Development;
using Zoniq.LocalHost.Postgres;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.LocalHost;

public sealed class SandboxServerTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("zoniq-sandbox-").FullName;
    private readonly HttpListener shop = new();
    private readonly Dictionary<string, string?> settings;

    public SandboxServerTests()
    {
        var address = $"http://127.0.0.1:{FreePort.Find()}/";
        shop.Prefixes.Add(address);
        shop.Start();
        settings = new()
        {
            ["RAZORPAY_KEY_ID"] = "rzp_test_alone",
            ["RAZORPAY_KEY_SECRET"] = "the key's secret",
            ["RAZORPAY_WEBHOOK_SECRET"] = "the webhook's secret",
            ["ZONIQ_WEBHOOK_URL"] = $"{address}webhook",
        };
    }

    public void Dispose()
    {
        shop.Close();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task By_itself_it_takes_orders_and_tells_the_app_what_was_paid()
    {
        await using var sandbox = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{sandbox.Port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("rzp_test_alone:the key's secret"u8));

        var order = await Post(http, "/razorpay/v1/orders", """{"amount":50000,"currency":"INR","receipt":"ZNQ-1"}""");
        await Post(http, $"/dev/razorpay/orders/{order.GetProperty("id").GetString()}/pay", """{"method":"upi","outcome":"success"}""");

        var told = await shop.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(15));
        using var body = new MemoryStream();
        await told.Request.InputStream.CopyToAsync(body);
        Assert.Equal("/webhook", told.Request.Url!.AbsolutePath);
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData("the webhook's secret"u8, body.ToArray())), told.Request.Headers["X-Razorpay-Signature"]);
        told.Response.Close();

        Assert.True(File.Exists(Path.Combine(data, "razorpay.jsonl")));
    }

    [Fact]
    public async Task Without_what_it_shares_with_the_app_it_does_not_start()
    {
        settings.Remove("RAZORPAY_WEBHOOK_SECRET");

        Assert.Contains("RAZORPAY_WEBHOOK_SECRET", (await Assert.ThrowsAsync<SettingsException>(StartAsync)).Message, StringComparison.Ordinal);
    }

    private Task<SandboxServer> StartAsync() =>
        SandboxServer.StartAsync(LocalArguments.Parse(["sandbox", "--port", "0", "--data", data]), new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    private static async Task<JsonElement> Post(HttpClient http, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;
    }
}
