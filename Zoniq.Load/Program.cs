using System.Runtime.InteropServices;
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
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);    // what runs in the background gets no other

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

    var isSound = true;
    foreach (var scenario in options.Scenarios)
    {
        isSound &= await MeasureAsync(scenario, stop.Token);
    }

    return isSound ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static async Task<bool> MeasureAsync(LoadOptions options, CancellationToken cancellationToken)
{
    await using var bench = await Bench.StartAsync(options, cancellationToken);
    var rows = options.Scenario switch
    {
        "purchase" => await Purchase.RunAsync(bench, cancellationToken),
        "browse" => await Browse.RunAsync(bench, cancellationToken),
        "seatmap" => await SeatMaps.RunAsync(bench, cancellationToken),
        "queue" => await WaitingRooms.RunAsync(bench, cancellationToken),
        "admin" => await Admin.RunAsync(bench, cancellationToken),
        "start" => await Start.RunAsync(bench, cancellationToken),
        "steps" => await Steps.RunAsync(bench, cancellationToken),
        "gate" => await Gate.RunAsync(bench, cancellationToken),
        _ => await Hold.RunAsync(bench, cancellationToken),
    };

    var isSound = Report.Print(options, await bench.ContentsAsync(), bench.AppMegabytes, rows);
    return Report.PrintAfterwards(await bench.LookAsync(cancellationToken)) && isSound;
}
