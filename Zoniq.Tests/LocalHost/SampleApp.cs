using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Zoniq.LocalHost;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.Tests.LocalHost;

/// <summary>The sample functions, hosted as the app is.</summary>
public sealed class SampleApp : IAsyncDisposable
{
    private readonly LocalApp app;

    private SampleApp(LocalApp app, SampleDesk desk)
    {
        this.app = app;
        Desk = desk;
        Client = new HttpClient { BaseAddress = app.BaseAddress };
    }

    public SampleDesk Desk { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    public IReadOnlyList<FunctionDescriptor> Functions => app.Functions;

    public static Task<SampleApp> StartAsync(params string[] args) => StartAsync([typeof(SampleFunctions)], _ => { }, args);

    internal static async Task<SampleApp> StartAsync(IReadOnlyList<Type> functions, Action<IServiceCollection> configure, params string[] args)
    {
        var desk = new SampleDesk();
        var settings = new Dictionary<string, string?> { ["SAMPLE_SCHEDULE"] = "* * * * * *", ["ALLOWED_ORIGINS"] = "https://shop.example, https://other.example", ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Zoniq"] = "None" };

        return new SampleApp(
            await LocalApp.StartAloneAsync(
                functions,
                given =>
                {
                    var builder = FunctionsApplication.CreateBuilder(given);
                    builder.ConfigureFunctionsWebApplication();
                    builder.Services.AddSingleton(desk).AddSingleton<ISignalRSink>(desk);
                    configure(builder.Services);
                    builder.UseMiddleware<OuterMiddleware>();
                    builder.UseMiddleware<InnerMiddleware>();
                    builder.Build().Run();
                },
                settings,
                ["--port", "0", .. args]),
            desk);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Client.Dispose();
    }
}
