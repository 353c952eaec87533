using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>What goes wrong, one thing after the other, each for some seconds. The same seed makes the same kinds of it in the same order.</summary>
internal sealed class Weather(Bench bench, StormClient client, RazorpaySandbox gateway, MailSink mail, StormClock clock, int seed)
{
    private readonly Random random = new(seed);
    private readonly Dictionary<string, int> happened = [];

    /// <summary>How often each kind of trouble came.</summary>
    public IReadOnlyDictionary<string, int> Happened => happened;

    public int Kills => happened.GetValueOrDefault("an instance is killed");

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
            ("the clock moves on", () => AdvanceAsync(TimeSpan.FromMinutes(3 + (15 * Roll())))),
            ("calm", PauseAsync),
        ];

        while (!closing.IsCancellationRequested)
        {
            random.Shuffle(kinds);
            foreach (var (name, trouble) in kinds.TakeWhile(_ => !closing.IsCancellationRequested))
            {
                happened[name] = happened.GetValueOrDefault(name) + 1;
                await trouble();
            }
        }
    }

    public async Task AdvanceAsync(TimeSpan by)
    {
        clock.Advance(by);
        while (!(await client.SendAsync(HttpMethod.Post, "/dev/clock", buyer: null, new { advance = by.ToString("c") })).IsWell)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private async Task GatewayAsync(Func<ApiCall, ApiFault> fault)
    {
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
        mail.IsDown = true;
        await PauseAsync();
        mail.IsDown = false;
    }

    private async Task KillAsync()
    {
        await bench.ReplaceAsync(random.Next(bench.Options.Instances));
        await PauseAsync();
    }

    private static ApiFault Chance(int percent, ApiFault fault) => Roll() * 100 < percent ? fault : ApiFault.None;

    private static WebhookFault Chance(int percent, WebhookFault fault) => Roll() * 100 < percent ? fault : WebhookFault.None;

    /// <summary>Asked from many calls at once, which a seeded generator does not bear.</summary>
    private static double Roll() => Random.Shared.NextDouble();

    private Task PauseAsync() => Task.Delay(TimeSpan.FromSeconds(2 + (4 * random.NextDouble())));
}
