namespace Zoniq.Load.Fuzz;

/// <summary>The fuzzer against the app's own processes, and what it found, for people.</summary>
internal static class FuzzRun
{
    /// <returns>Whether nothing is wrong.</returns>
    public static async Task<bool> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var bench = await Bench.StartAsync(
            options,
            TimeProvider.System,
            new Dictionary<string, string> { ["Logging:LogLevel:Default"] = "Error" },
            says: null,
            cancellationToken);
        using var town = new FuzzTown(bench.Database, bench.App, () => bench.AnyAddress, NewcomerAsync, Sandbox.WebhookSecret);
        var openApi = await town.OpenApiAsync(cancellationToken);
        var outcome = await new Fuzzer(openApi, town, TimeProvider.System.GetUtcNow(), options.Seed)
            .RunAsync(options.Requests, options.Buyers, said => Console.Error.WriteLine($"  {said}"), cancellationToken);
        var aftermath = await bench.LookAsync(CancellationToken.None);

        Console.WriteLine();
        Console.WriteLine($"fuzz: {outcome.Requests} requests{(outcome.Requests < options.Requests ? $" of {options.Requests}, then it was stopped" : "")}, {options.Buyers} at once, seed {options.Seed}, the slowest took {outcome.Slowest.TotalSeconds:0.0} s");
        foreach (var (answer, count) in outcome.Answers.OrderByDescending(answer => answer.Value))
        {
            Console.WriteLine($"  {count,8} × {answer}");
        }

        Console.WriteLine($"never succeeded: {(outcome.NeverWell.Length == 0 ? "none" : string.Join(", ", outcome.NeverWell))}");
        foreach (var offence in outcome.Offences)
        {
            Console.WriteLine($"WRONG: {offence}");
        }

        Console.WriteLine(outcome.Offences.Count == 0 ? "every answer is one that is described" : $"{outcome.Offences.Count} answers are WRONG");
        return Report.PrintAfterwards(aftermath) && outcome.Offences.Count == 0;

        async Task<Buyer> NewcomerAsync(string kind)
        {
            var newcomer = (await bench.BuyersAsync(1))[0];
            if (kind == "admin")
            {
                await bench.AppointAsync(newcomer);
            }

            return newcomer;
        }
    }
}
