using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Zoniq.Domain;
using Zoniq.LocalHost.Development;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>The sandbox by itself, for an app that runs under the Functions host: anybody on the network reaches it, and it moves no money.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly RazorpaySandbox sandbox;

    private SandboxServer(WebApplication server, RazorpaySandbox sandbox)
    {
        this.server = server;
        this.sandbox = sandbox;
        Port = new Uri(server.Urls.First()).Port;
    }

    public int Port { get; }

    /// <summary>Serves until the process is told to end.</summary>
    public static async Task RunAsync(LocalArguments arguments, IConfiguration configuration)
    {
        await using var running = await StartAsync(arguments, configuration);
        Console.WriteLine($"The payment sandbox is ready at http://localhost:{running.Port}/dev/razorpay");
        await running.server.WaitForShutdownAsync();
    }

    /// <summary>
    /// With the RAZORPAY_ keys of the app. ZONIQ_WEBHOOK_URL says where webhooks go: to an app on the usual port of this machine unless told otherwise.
    /// </summary>
    public static async Task<SandboxServer> StartAsync(LocalArguments arguments, IConfiguration configuration)
    {
        var settings = new Settings(configuration);
        var webhooks = new Uri(settings.Text("ZONIQ_WEBHOOK_URL") ?? "http://localhost:7071/api/payments/webhook");
        var sandbox = new RazorpaySandbox(
            new SandboxOptions
            {
                KeyId = settings.Required("RAZORPAY_KEY_ID"),
                KeySecret = settings.Required("RAZORPAY_KEY_SECRET"),
                WebhookSecret = settings.Required("RAZORPAY_WEBHOOK_SECRET"),
                WebhookUrl = () => webhooks,
                JournalFile = Path.Combine(arguments.DataDirectory, "razorpay.jsonl"),
                LateAfter = SandboxOptions.LongerThanBookingsWait(settings),
            },
            TimeProvider.System);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenAnyIP(arguments.Port));
        builder.Services.AddRouting();
        var server = builder.Build();
        SandboxEndpoints.Map(server, sandbox);
        await server.StartAsync();
        return new SandboxServer(server, sandbox);
    }

    public async ValueTask DisposeAsync()
    {
        await sandbox.DisposeAsync();
        await server.DisposeAsync();
    }
}
