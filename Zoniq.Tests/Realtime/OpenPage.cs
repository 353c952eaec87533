using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.LocalHost.Hosting;
using Zoniq.LocalHost.Realtime;

namespace Zoniq.Tests.Realtime;

/// <summary>A page that somebody has open, listening by the real SignalR client.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private const string End = "end";

    private static readonly string[] Targets = ["bookingConfirmed", "queueServing", "queueAdmitted", "queueStatus", "seatsChanged", "plain"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<Heard> heard = Channel.CreateUnbounded<Heard>();

    private OpenPage(ZoniqApp app, HubConnection connection)
    {
        (App, Connection) = (app, connection);
        foreach (var target in Targets)
        {
            connection.On<JsonElement>(target, payload => heard.Writer.TryWrite(new Heard(target, payload)));
        }

        connection.On(End, () => heard.Writer.TryWrite(new Heard(End, default)));
    }

    /// <summary>The instance it is connected to.</summary>
    public ZoniqApp App { get; }

    public HubConnection Connection { get; }

    public string Id => Connection.ConnectionId!;

    /// <summary>Connected, and known to the hub.</summary>
    public static async Task<OpenPage> Of(Person person, ZoniqApp app, HttpTransportType transport = HttpTransportType.WebSockets)
    {
        var page = new OpenPage(app, Client(new Uri(app.BaseAddress, $"/api/realtime/{person.Id}"), person.Token!, transport));
        await page.Connection.StartAsync();
        await Until(() => app.Hub().Has(page.Id), "The hub does not know the page.");
        return page;
    }

    /// <summary>A client for any address with any token.</summary>
    public static HubConnection Client(Uri address, string? token, HttpTransportType transport = HttpTransportType.WebSockets, bool negotiates = true) =>
        new HubConnectionBuilder()
            .WithUrl(address, options =>
            {
                options.AccessTokenProvider = () => Task.FromResult(token);
                options.Transports = transport;
                options.SkipNegotiation = !negotiates;
            })
            .Build();

    /// <summary>The next message.</summary>
    public async Task<Heard> Hears() => await heard.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Everything it has been told by now: what is sent to it last is also heard last.</summary>
    /// <param name="from">The instance whose messages are awaited; its own unless told otherwise.</param>
    public async Task<Heard[]> HasHeard(ZoniqApp? from = null)
    {
        await (from ?? App).Sends(new SignalRMessageAction(End) { ConnectionId = Id });
        var all = new List<Heard>();
        while (await Hears() is var next && next.Target != End)
        {
            all.Add(next);
        }

        return [.. all];
    }

    /// <summary>Returns when it hears that instance: they take a moment until they listen to each other.</summary>
    public async Task HearsCallsOf(ZoniqApp another)
    {
        var heardOne = Hears();
        while (!heardOne.IsCompleted)
        {
            await another.Sends(new SignalRMessageAction("plain", ["call"]) { ConnectionId = Id });
            await Task.WhenAny(heardOne, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        await heardOne;
        await HasHeard(another);
    }

    /// <summary>An answer goes out before what its function sends: returns when the page is in the group.</summary>
    public Task IsIn(string group) => Until(() => App.Hub().GroupsOf(Id).Contains(group), $"The page is not in {group}.");

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    public static async Task Until(Func<bool> holds, string otherwise)
    {
        for (var waited = Stopwatch.StartNew(); !holds(); await Task.Delay(TimeSpan.FromMilliseconds(5)))
        {
            Assert.True(waited.Elapsed < Patience, otherwise);
        }
    }
}

/// <summary>A message as a page gets it.</summary>
internal sealed record Heard(string Target, JsonElement Payload)
{
    public override string ToString() => $"{Target} {Payload.GetRawText()}";
}

internal static class Hubs
{
    /// <summary>Who is connected to this instance.</summary>
    public static LiveConnections Hub(this ZoniqApp app) => app.Services.GetRequiredService<LiveConnections>();

    /// <summary>As a function does that returns these.</summary>
    public static Task Sends(this ZoniqApp app, params object[] actions) =>
        app.Services.GetRequiredService<ISignalRSink>().SendAsync(actions, CancellationToken.None);
}
