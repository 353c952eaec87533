using System.Collections.Concurrent;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>What goes wrong, one thing after the other, each for some seconds. The same seed makes the same kinds of it in the same order.</summary>
internal sealed class Weather(Bench bench, StormClient client, Troubles troubles, RazorpaySandbox gateway, MailSink mail, StormClock clock, int seed)
{
    /// <summary>Between the clock here and one that follows it, far less than it is ever moved by.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(1);

    private readonly Random random = new(seed);
    private readonly ConcurrentDictionary<string, int> happened = new();

    /// <summary>How often each kind of trouble came.</summary>
    public IReadOnlyDictionary<string, int> Happened => happened;

    public async Task BlowAsync(CancellationToken closing)
    {
        (string Name, Func<Task> Trouble)[] kinds =
        [
            ("the gateway fails", () => GatewayAsync(_ => Chance(50, new ApiFault { FailWith = Roll() switch { < 0.3 => 500, < 0.6 => 502, _ => 429 } }))),
            ("the gateway is slow", () => GatewayAsync(_ => Chance(50, new ApiFault { Delay = TimeSpan.FromSeconds(1 + (4 * Roll())) }))),
            ("the gateway loses its answers", () => GatewayAsync(_ => Chance(50, new ApiFault { LoseAnswer = true }))),
            ("webhooks are lost", () => WebhooksAsync(_ => Chance(70, new WebhookFault { Drop = true }))),
            ("webhooks come many times", () => WebhooksAsync(_ => new WebhookFault { Copies = 2 + (int)(8 * Roll()) })),
            ("webhooks overtake each other", () => WebhooksAsync(_ => new WebhookFault { Delay = TimeSpan.FromSeconds(4 * Roll()) })),
            ("webhooks are forged or broken", () => WebhooksAsync(_ => Chance(50, Roll() < 0.5 ? new WebhookFault { WrongSignature = true } : new WebhookFault { ChangeBody = body => body[..(body.Length / 2)] }))),
            ("the mail server is down", MailAsync),
            ("an instance is killed", KillAsync),
            ("PostgreSQL crashes and recovers", () => RestartAsync(abruptly: true)),
            ("PostgreSQL is restarted", () => RestartAsync(abruptly: false)),
            ("connections to PostgreSQL are cut", CutAsync),
            ("SignalR is down", SilenceAsync),
            ("the clock moves on", () => AdvanceAsync(TimeSpan.FromMinutes(3 + (15 * random.NextDouble())))),
            ("calm", PauseAsync),
        ];

        while (!closing.IsCancellationRequested)
        {
            random.Shuffle(kinds);
            foreach (var (name, trouble) in kinds.TakeWhile(_ => !closing.IsCancellationRequested))
            {
                happened.AddOrUpdate(name, 1, (_, times) => times + 1);
                await trouble();
            }
        }
    }

    /// <summary>Returns when every instance has followed, which one that was not asked does a moment later.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        using var moving = troubles.Begin(Dependency.Clock);
        clock.Advance(by);
        while (!(await client.SendAsync(HttpMethod.Post, "/dev/clock", buyer: null, new { advance = by.ToString("c") })).IsWell)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        for (var instance = 0; instance < bench.Options.Instances; instance++)
        {
            while (await client.SendAsync(HttpMethod.Get, "/dev/clock", buyer: null, body: null, instance) is var reading
                && !(reading.IsWell && reading.Body.GetProperty("now").GetDateTimeOffset() > clock.GetUtcNow() - Lag))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private async Task GatewayAsync(Func<ApiCall, ApiFault> fault)
    {
        using var away = troubles.Begin(Dependency.Gateway);
        gateway.Faults = gateway.Faults with { OnApiCall = fault };
        await PauseAsync();
        gateway.Faults = gateway.Faults with { OnApiCall = SandboxFaults.None.OnApiCall };
    }

    private async Task WebhooksAsync(Func<WebhookSend, WebhookFault> fault)
    {
        gateway.Faults = gateway.Faults with { OnWebhook = fault };
        await PauseAsync();
        gateway.Faults = gateway.Faults with { OnWebhook = SandboxFaults.None.OnWebhook };
    }

    private async Task MailAsync()
    {
        using var away = troubles.Begin(Dependency.Mail);
        mail.IsDown = true;
        await PauseAsync();
        mail.IsDown = false;
    }

    private async Task KillAsync()
    {
        using (troubles.Begin(Dependency.Instance))
        {
            await bench.ReplaceAsync(random.Next(bench.Options.Instances));
        }

        await PauseAsync();
    }

    private async Task RestartAsync(bool abruptly)
    {
        using (troubles.Begin(Dependency.Database))
        {
            if (!await bench.RestartDatabaseAsync(abruptly))
            {
                happened["PostgreSQL would be restarted, and is not ours"] = 1;
            }
        }

        await PauseAsync();
    }

    /// <summary>Several times, because connections come back at once.</summary>
    private async Task CutAsync()
    {
        using (troubles.Begin(Dependency.Database))
        {
            for (var cuts = 0; cuts < 3; cuts++)
            {
                await bench.CutConnectionsAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(300));
            }
        }

        await PauseAsync();
    }

    private async Task SilenceAsync()
    {
        using var away = troubles.Begin(Dependency.Realtime);
        await SwitchAsync(isOn: true);
        await PauseAsync();
        await SwitchAsync(isOn: false);
    }

    /// <summary>Each instance is its own service here.</summary>
    private async Task SwitchAsync(bool isOn)
    {
        for (var instance = 0; instance < bench.Options.Instances; instance++)
        {
            await client.InsistAsync(HttpMethod.Post, "/dev/live/outage", buyer: null, new { isOn }, instance);
        }
    }

    private static ApiFault Chance(int percent, ApiFault fault) => Roll() * 100 < percent ? fault : ApiFault.None;

    private static WebhookFault Chance(int percent, WebhookFault fault) => Roll() * 100 < percent ? fault : WebhookFault.None;

    /// <summary>Asked from many calls at once, which a seeded generator does not bear.</summary>
    private static double Roll() => Random.Shared.NextDouble();

    private Task PauseAsync() => Task.Delay(TimeSpan.FromSeconds(2 + (4 * random.NextDouble())));
}
