using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Zoniq.LocalHost.Hosting;

/// <summary>The built app, with what was put in place around it.</summary>
internal sealed class RunningHost(WebApplication app, LocalSession session, Action announce) : IHost, IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await app.StartAsync(cancellationToken);
        announce();
        session.Listening.TrySetResult(app);
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await session.CloseAsync();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}

/// <summary>The life of an app inside a process that has others: nobody presses Ctrl-C for it.</summary>
internal sealed class InnerLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
