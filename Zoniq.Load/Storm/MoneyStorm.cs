namespace Zoniq.Load.Storm;

/// <summary>
/// Many buyers, small houses, an office that gives money back, two instances, and everything that can go wrong with money. Afterwards faults end, an hour
/// passes, the timers do their work, and the books must balance: with the gateway, with the mail server, and in themselves.
/// </summary>
internal static class MoneyStorm
{
    private const int MostRounds = 90;

    private static readonly string[] Timers = ["HoldSweep", "WebhookInbox", "BookingExpiry", "PaymentReconcile", "EventRefunds", "RefundWorker", "MailOutbox"];

    /// <returns>Whether everything is right.</returns>
    public static async Task<bool> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var clock = new StormClock();
        await using var mail = new MailSink();
        await using var bench = await Bench.StartAsync(
            options with { Timers = true, Webhooks = true, Instances = Math.Max(2, options.Instances) },
            clock,
            new Dictionary<string, string>
            {
                ["SMTP_HOST"] = "127.0.0.1",
                ["SMTP_PORT"] = $"{mail.Port}",
                ["SMTP_USE_TLS"] = "false",
                ["FROM_EMAIL"] = "tickets@zoniq.example",
                ["Logging:LogLevel:Default"] = "Error",
            },
            cancellationToken);
        using var client = new StormClient(() => bench.AnyAddress);
        var gateway = bench.Gateway;
        var buyers = await bench.BuyersAsync(options.Buyers);
        var administrator = (await bench.BuyersAsync(1))[0];
        await bench.AppointAsync(administrator);
        var town = new Townsfolk(bench, client, gateway, administrator, options.Seed);
        var weather = new Weather(bench, client, gateway, mail, clock, options.Seed);
        await town.OpenHousesAsync(6);

        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        closing.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
        await Task.WhenAll(town.ShopAsync(buyers, closing.Token), town.AdministerAsync(closing.Token), weather.BlowAsync(closing.Token));

        var audit = new Audit(bench.Database, gateway, mail);
        var left = await SettleAsync(client, weather, audit);

        // Whether an order was paid twice is looked at once more a day later.
        await weather.AdvanceAsync(TimeSpan.FromDays(1));
        left = [.. left, .. await SettleAsync(client, weather, audit)];
        var objections = left.Where(rest => rest.Count > 0).Select(rest => $"left behind: {rest.Count} {rest.What}")
            .Concat(await audit.ObjectionsAsync(weather.Kills))
            .Concat(client.Offences)
            .Concat((await bench.LookAsync(cancellationToken)).Findings.Select(finding => $"{finding.Invariant}: {finding.Detail}"))
            .ToArray();

        Console.WriteLine();
        Console.WriteLine($"storm --money: {options.Seconds} s, {buyers.Length} buyers, {bench.Options.Instances} instances, seed {options.Seed}, clock moved by {clock.Ahead:hh\\:mm\\:ss}");
        Print("trouble", weather.Happened.Select(kind => (kind.Key, (long)kind.Value)));
        Print("answers", client.Answers.OrderByDescending(answer => answer.Value).Select(answer => (answer.Key, (long)answer.Value)));
        Print("left", await audit.CountAsync());
        foreach (var objection in objections.Take(50))
        {
            Console.WriteLine($"WRONG: {objection}");
        }

        Console.WriteLine(objections.Length == 0 ? "everything is right" : $"{objections.Length} things are WRONG");
        return objections.Length == 0;
    }

    /// <summary>The sky is clear: timers run and time passes until nothing is left to be done, or it takes too long.</summary>
    private static async Task<(string What, long Count)[]> SettleAsync(StormClient client, Weather weather, Audit audit)
    {
        for (var round = 0; ; round++)
        {
            foreach (var timer in Timers)
            {
                await client.SendAsync(HttpMethod.Post, $"/dev/timers/{timer}", buyer: null);
            }

            var left = await audit.LeftAsync();
            if ((round >= 6 && left.All(rest => rest.Count == 0)) || round == MostRounds)
            {
                return left;
            }

            await weather.AdvanceAsync(TimeSpan.FromMinutes(10));
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }

    private static void Print(string title, IEnumerable<(string What, long Count)> counts)
    {
        Console.WriteLine($"{title}:");
        foreach (var (what, count) in counts)
        {
            Console.WriteLine($"  {count,8} × {what}");
        }
    }
}
