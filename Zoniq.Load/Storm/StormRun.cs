using Dapper;

namespace Zoniq.Load.Storm;

/// <summary>
/// Many people, small houses and two instances, while everything goes wrong that can. Meanwhile the rows are looked at every few seconds; afterwards faults end, more people come
/// than there are places, an hour passes, the timers do their work, and then everything must be right: with the gateway, with the mail server, at the gates, on the pages that
/// people look at, in the logs, and in itself.
/// </summary>
internal static class StormRun
{
    private const int Houses = 6;

    /// <summary>Until something that was left behind after an hour counts as stuck rather than late.</summary>
    private const int FurtherHours = 12;

    /// <summary>Of the timers, when the hour is over.</summary>
    private const int LastRuns = 4;

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(2.5);

    private static readonly string[] Timers =
    [
        "HoldSweep", "QueueDraw", "QueueTick", "WaitlistOffers", "WebhookInbox", "BookingExpiry", "PaymentReconcile", "EventRefunds", "RefundWorker", "MailOutbox", "TransferExpiry",
        "SeatNews", "LiveUpdates",
    ];

    /// <returns>Whether everything is right.</returns>
    public static async Task<bool> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var (clock, troubles, verdicts) = (new StormClock(), new Troubles(), new Verdicts());
        using var log = new AppLog();
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
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft"] = "Information",
                ["Logging:LogLevel:System"] = "Information",
            },
            log.Add,
            cancellationToken);
        var (instances, gateway) = (bench.Options.Instances, bench.Gateway);
        using var client = new StormClient(at => at is { } index ? bench.AddressOf(index) : bench.AnyAddress, troubles, verdicts);

        var people = await bench.BuyersAsync(options.Buyers);
        var administrator = (await bench.BuyersAsync(1))[0];
        await bench.AppointAsync(administrator);
        var town = new Town(client, administrator, clock, await AddressesAsync(bench), people);
        var office = new Office(town, client, gateway, options.Seed);
        var townsfolk = new Townsfolk(town, client, gateway, verdicts, options.Seed);
        var newcomers = new Newcomers(client, mail, townsfolk, options.Seed);
        var gates = new Gates(town, client, instances, options.Seed);
        var onlookers = new Onlookers(bench, town, client, options.Seed);
        var weather = new Weather(bench, client, troubles, gateway, mail, clock, options.Seed);
        var watch = new Watch(bench.Database, () => bench.CheckAsync(CancellationToken.None), verdicts);
        await office.OpenHousesAsync(Houses);

        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        closing.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
        await Task.WhenAll(
            townsfolk.ShopAsync(closing.Token),
            office.WorkAsync(closing.Token),
            newcomers.ArriveAsync(closing.Token),
            new Givers(town, client, mail, instances, options.Seed).GiveAsync(closing.Token),
            gates.ScanAsync(closing.Token),
            onlookers.LookAsync(closing.Token),
            weather.BlowAsync(closing.Token),
            watch.KeepAsync(closing.Token));
        cancellationToken.ThrowIfCancellationRequested();

        Console.Error.WriteLine("  the sky is clear; a rush…");
        await new Rush(bench, town, client, gateway, weather, verdicts).RunAsync(instances);

        Console.Error.WriteLine("  an hour passes…");
        var audit = new Audit(bench.Database, town, client, gateway, mail, gates, onlookers, troubles, verdicts);
        await SettleAsync(client, weather, audit, verdicts, isDayOver: false);

        // Whether an order was paid twice is looked at once more a day later.
        await weather.AdvanceAsync(TimeSpan.FromDays(1));
        await SettleAsync(client, weather, audit, verdicts, isDayOver: true);

        Console.WriteLine();
        Console.WriteLine($"storm: {options.Seconds} s, {people.Length} people, {instances} instances, seed {options.Seed}, clock moved by {clock.Ahead:d\\.hh\\:mm\\:ss}; {Machine.Describe()}");
        await audit.CompareAsync(instances);
        await watch.LookAsync();
        await watch.CheckAsync();
        await SearchAsync(bench, log, mail, newcomers, people.Append(administrator), verdicts);

        Console.WriteLine($"rows looked at {watch.Looks} times; the slowest answer took {client.Slowest.TotalSeconds:0.0} s");
        foreach (var (megabytes, cpu) in (await bench.LookAsync(cancellationToken)).Apps)
        {
            Console.WriteLine($"app: {megabytes:0} MB, {cpu.TotalSeconds:0.0} s of processor time since it was last started");
        }

        Print("trouble", weather.Happened.OrderBy(kind => kind.Key).Select(kind => (kind.Key, (long)kind.Value)));
        Print("answers", client.Answers.OrderByDescending(answer => answer.Value).Select(answer => (answer.Key, (long)answer.Value)));
        Print("in the end", await audit.CountAsync());
        verdicts.Print();
        log.IsKept = !verdicts.AllKept;
        Console.WriteLine(log.IsKept ? $"the app's log is in {log.Path}" : "");
        return verdicts.AllKept;
    }

    /// <summary>An hour passes in small steps, with everything done in each that is due. What is left then should not be; whether it is only late is looked at for some hours more.</summary>
    private static async Task SettleAsync(StormClient client, Weather weather, Audit audit, Verdicts verdicts, bool isDayOver)
    {
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromHours(1); passed += Step)
        {
            await RunTimersAsync(client);
            await weather.AdvanceAsync(Step);
        }

        // What ran out while the timers were at it is the next run's; the clock stands almost still meanwhile.
        var left = Array.Empty<(string What, long Count)>();
        for (var run = 0; run == 0 || (left.Length > 0 && run < LastRuns); run++)
        {
            await RunTimersAsync(client);
            left = await audit.LeftAsync(isDayOver);
        }

        verdicts.Looked(Promise.Leftovers, Audit.Kinds);
        if (left.Length == 0)
        {
            return;
        }

        var hours = 0;
        for (var still = left; still.Length > 0 && hours < FurtherHours; still = await audit.LeftAsync(isDayOver))
        {
            await weather.AdvanceAsync(TimeSpan.FromHours(1));
            await RunTimersAsync(client);
            await RunTimersAsync(client);
            hours++;
        }

        foreach (var (what, count) in left)
        {
            verdicts.Broken(Promise.Leftovers, $"{count} {what} are left after an hour, {(hours < FurtherHours ? $"and nothing {hours} hours later" : $"and some {FurtherHours} hours later still")}");
        }
    }

    private static async Task RunTimersAsync(StormClient client)
    {
        foreach (var timer in Timers)
        {
            await client.SendAsync(HttpMethod.Post, $"/dev/timers/{timer}", buyer: null);
        }
    }

    private static async Task SearchAsync(Bench bench, AppLog log, MailSink mail, Newcomers newcomers, IEnumerable<Buyer> people, Verdicts verdicts)
    {
        var (lines, failures, found) = log.Search(
            [.. bench.Secrets, Newcomers.PasswordBeginning],
            people.Select(person => person.Token).Concat(newcomers.Tokens).Concat(mail.Letters.Values.Select(letter => letter.Letter.TransferToken ?? "")).Where(token => token.Length > 0).ToHashSet(),
            newcomers.Codes.ToHashSet(),
            (await AddressesAsync(bench)).Values.ToHashSet());
        verdicts.Looked(Promise.Logs, lines, found);
        Console.WriteLine($"log: {lines:N0} lines of the app at level Information, searched for {newcomers.Codes.Count} codes and everybody's tokens, passwords, keys and addresses");
        Print("failures in the log", failures.OrderByDescending(failure => failure.Value).Take(15).Select(failure => (failure.Key, (long)failure.Value)));
    }

    /// <summary>Of everybody, those who came during the storm too.</summary>
    private static async Task<Dictionary<long, string>> AddressesAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        return (await connection.QueryAsync<(long Id, string Email)>("select id, email from account")).ToDictionary(person => person.Id, person => person.Email);
    }

    private static void Print(string title, IEnumerable<(string What, long Count)> counts)
    {
        Console.WriteLine($"{title}:");
        foreach (var (what, count) in counts)
        {
            Console.WriteLine($"  {count,8:N0} × {what}");
        }
    }
}
