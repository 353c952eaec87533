using Zoniq.Load;
using Zoniq.Load.Fuzz;
using Zoniq.Load.Storm;

if (LoadOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(LoadOptions.Usage);
    return 2;
}

Machine.Remember();
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    if (options.Scenario == "generate")
    {
        await using var database = await ScratchDatabase.CreateAsync(options, stop.Token);
        return Report.PrintAfterwards(await Aftermath.OfAsync(database, TimeProvider.System, [], stop.Token)) ? 0 : 1;
    }

    if (options.Scenario == "storm")
    {
        return await StormRun.RunAsync(options, stop.Token) ? 0 : 1;
    }

    if (options.Scenario == "fuzz")
    {
        return await FuzzRun.RunAsync(options, stop.Token) ? 0 : 1;
    }

    await using var bench = await Bench.StartAsync(options, stop.Token);
    var rows = options.Scenario switch
    {
        "purchase" => await Purchase.RunAsync(bench, stop.Token),
        "browse" => await Browse.RunAsync(bench, stop.Token),
        "seatmap" => await SeatMaps.RunAsync(bench, stop.Token),
        "queue" => await WaitingRooms.RunAsync(bench, stop.Token),
        "admin" => await Admin.RunAsync(bench, stop.Token),
        "start" => await Start.RunAsync(bench, stop.Token),
        "steps" => await Steps.RunAsync(bench, stop.Token),
        "gate" => await Gate.RunAsync(bench, stop.Token),
        _ => await Hold.RunAsync(bench, stop.Token),
    };

    var isSound = Report.Print(options, await bench.ContentsAsync(), bench.AppMegabytes, rows);
    return Report.PrintAfterwards(await bench.LookAsync(stop.Token)) && isSound ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}
