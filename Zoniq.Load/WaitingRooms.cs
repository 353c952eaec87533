using System.Diagnostics;
using Dapper;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Domain.Queueing;

namespace Zoniq.Load;

/// <summary>
/// Waiting: joining and looking at one's place with few and with very many who wait, the tick that moves them on, and how soon those who are connected
/// hear of it.
/// </summary>
internal static class WaitingRooms
{
    private const int Few = 1_000;
    private const int Many = 500_000;
    private const int Joins = 6_000;
    private const int Ticks = 40;
    private const int Connected = 1_000;
    private const int Rounds = 5;

    private static readonly TimeSpan MostLag = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var few = await RoomAsync(bench, Few, cancellationToken);
        var many = await RoomAsync(bench, Many, cancellationToken);

        var (joinedFew, joinedMany) = (await JoiningAsync(bench, few, cancellationToken), await JoiningAsync(bench, many, cancellationToken));
        await TickAsync(bench, cancellationToken);
        var (sawFew, sawMany) = (await LookingAsync(bench, few, cancellationToken), await LookingAsync(bench, many, cancellationToken));

        return
        [
            Row($"join, {Few:N0} wait", joinedFew, 2_000) with { Statements = await JoinStatementsAsync(bench, few, cancellationToken) },
            Row($"join, {Many:N0} wait", joinedMany, 2_000, joinedFew.App.PerSecond / joinedMany.App.PerSecond, 1.3) with { Statements = await JoinStatementsAsync(bench, many, cancellationToken) },
            Row($"place, {Few:N0} wait", sawFew, 5_000) with { Statements = await PlaceStatementsAsync(bench, few, cancellationToken) },
            Row($"place, {Many:N0} wait", sawMany, 5_000, sawFew.App.PerSecond / sawMany.App.PerSecond, 1.2) with { Statements = await PlaceStatementsAsync(bench, many, cancellationToken) },
            await StatusAsync(bench, many, cancellationToken),
            await TickingAsync(bench, many, cancellationToken),
            await HearingAsync(bench, many, cancellationToken),
        ];
    }

    private static ReportRow Row(string name, (Measurement App, Measurement Limit) measured, double least, double ratio = 1, double mostRatio = 1) =>
        new(name, measured.App, measured.Limit)
        {
            Target = $"≥ {least:N0}/s{(mostRatio > 1 ? $", few : many {ratio:0.00} ≤ {mostRatio}" : "")}",
            IsMet = measured.App.PerSecond >= least && ratio <= mostRatio,
        };

    /// <summary>An event on sale whose queue has been open for a while; the last of those who wait join while it is measured.</summary>
    private static async Task<Room> RoomAsync(Bench bench, int waiting, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine($"  {waiting:N0} wait…");
        var house = await bench.HouseAsync(10, numbered: false);
        await using var connection = await bench.Database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            "update event set queue_enabled = true, queue_batch_size = 50, queue_processing_minutes = 10 where id = @EventId", new { house.EventId });
        using (await bench.Http.LookAsync($"/api/queue/{house.EventId}/fairness", cancellationToken))
        {
        }

        await TickAsync(bench, cancellationToken);
        await connection.ExecuteAsync(
            """
            with people as (
                insert into account (username, email, role, is_verified, tokens_valid_from, created_at)
                select 'waits' || @EventId || '-' || number, 'waits' || @EventId || '-' || number || '@example.in', 'user', true, zoniq_now(), zoniq_now()
                from   generate_series(1, @waiting) as number
                returning id
            ),
            places as (
                insert into queue_entry (event_id, account_id, number, joined_at)
                select @EventId, id, row_number() over (order by id), zoniq_now()
                from   people
            )
            update queue_door
            set    last_number = @waiting
            where  event_id = @EventId
            """,
            new { house.EventId, waiting });
        await connection.ExecuteAsync("vacuum analyze queue_entry, account, queue_door, queue");
        return new Room(house.EventId, await bench.BuyersAsync(2 * Joins));
    }

    /// <summary>Of the second of two who come.</summary>
    private static async Task<double> JoinStatementsAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        var late = await bench.BuyersAsync(2);
        await bench.StatementsAsync((shop, _) => shop.JoinAsync(late[0], room.EventId, cancellationToken));
        return await bench.StatementsAsync((shop, _) => shop.JoinAsync(late[1], room.EventId, cancellationToken));
    }

    private static Task<double> PlaceStatementsAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        var path = $"/api/queue/{room.EventId}/position";
        return bench.StatementsAsync((_, http) => http.GetAsync(path, new Reading("place", [path]) { Reader = room.People[0] }, cancellationToken));
    }

    /// <summary>Half of the people join over HTTP, the other half without it, in turns.</summary>
    private static async Task<(Measurement App, Measurement Limit)> JoiningAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("  joining…");
        var (app, limit, joining) = (new Measurement(), new Measurement(), bench.Services.GetRequiredService<QueueJoining>());
        const int Share = Joins / LoadOptions.Turns;
        for (var turn = 0; turn < LoadOptions.Turns; turn++)
        {
            var first = turn * Share;
            await Crowd.TimesAsync(
                Share, bench.Options.Buyers, app, number => bench.App.JoinAsync(room.People[first + number], room.EventId, cancellationToken), cancellationToken);
            await Crowd.TimesAsync(
                Share, LoadOptions.LimitConnections, limit,
                async number => Check(await joining.Join(room.People[Joins + first + number].Id, room.EventId, cancellationToken)),
                cancellationToken);
        }

        return (app, limit);
    }

    private static async Task<(Measurement App, Measurement Limit)> LookingAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("  looking…");
        var (app, limit, queue) = (new Measurement(), new Measurement(), bench.Services.GetRequiredService<QueueService>());
        var path = $"/api/queue/{room.EventId}/position";
        Reading[] readings = [.. room.People.Select(person => new Reading("place", [path]) { Reader = person })];
        Task Http(int worker) => bench.Http.GetAsync(path, readings[Random.Shared.Next(readings.Length)], cancellationToken);

        await Crowd.UntilAsync(TimeSpan.FromSeconds(1), bench.Options.Buyers, new Measurement(), Http, cancellationToken);
        for (var turn = 0; turn < LoadOptions.Turns; turn++)
        {
            await Crowd.UntilAsync(bench.Options.Turn / 4, bench.Options.Buyers, app, Http, cancellationToken);
            await Crowd.UntilAsync(
                bench.Options.Turn / 4, LoadOptions.LimitConnections, limit,
                async _ => Check(await queue.Position(room.People[Random.Shared.Next(room.People.Length)].Id, room.EventId, cancellationToken)),
                cancellationToken);
        }

        return (app, limit);
    }

    private static async Task<ReportRow> StatusAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        var (app, path) = (new Measurement(), $"/api/queue/{room.EventId}/status");
        var reading = new Reading("status", [path]);
        await Crowd.UntilAsync(bench.Options.Turn, bench.Options.Buyers, app, _ => bench.Http.GetAsync(path, reading, cancellationToken), cancellationToken);
        return new ReportRow($"status, {Many:N0} wait", app, null)
        {
            Statements = await bench.StatementsAsync((_, http) => http.GetAsync(path, reading, cancellationToken)),
        };
    }

    /// <summary>Whoever was let in has bought by the next tick, so that each of them lets a whole batch in.</summary>
    private static async Task<ReportRow> TickingAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("  ticking…");
        var (all, empty) = (new Measurement(), new Measurement());
        for (var turn = 0; turn < Ticks; turn++)
        {
            await BuyAsync(bench, room);
            await Crowd.TimesAsync(1, 1, all, _ => TickAsync(bench, cancellationToken), cancellationToken);
            await Crowd.TimesAsync(1, 1, empty, _ => TickAsync(bench, cancellationToken), cancellationToken);
        }

        return new ReportRow($"tick, {Many:N0} wait", all, null)
        {
            IsRate = false,
            Target = "p95 ≤ 150 ms",
            IsMet = all.Percentile(0.95) <= 150,
            Statements = await TickStatementsAsync(bench, room, cancellationToken),
            Remark = $"50 let in by each; {empty.Percentile(0.5):0.0} ms when there is nothing to do",
        };
    }

    private static async Task<double> TickStatementsAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        await BuyAsync(bench, room);
        return await bench.StatementsAsync((shop, _) => shop.RunTimerAsync("QueueTick", cancellationToken));
    }

    /// <summary>From the beginning of a tick until each of a thousand connected clients knows the new serving number.</summary>
    private static async Task<ReportRow> HearingAsync(Bench bench, Room room, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine($"  {Connected:N0} clients connect…");
        var lag = new Measurement();
        var clients = new Client[Connected];
        try
        {
            await Parallel.ForAsync(0, Connected, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (number, stop) =>
                clients[number] = await Client.ConnectAsync(bench, room, room.People[^(1 + number)], stop));

            for (var round = 0; round < Rounds; round++)
            {
                await BuyAsync(bench, room);
                var since = Stopwatch.GetTimestamp();
                Task<long>[] heard = [.. clients.Select(client => client.NextAsync(since))];
                await TickAsync(bench, cancellationToken);
                lag.NewList().AddRange(await Task.WhenAll(heard).WaitAsync(10 * MostLag, cancellationToken));
            }
        }
        catch (TimeoutException late)
        {
            lag.AddError(late);
        }
        finally
        {
            await Parallel.ForEachAsync(clients.Where(client => client is not null), async (client, _) => await client.DisposeAsync());
        }

        return new ReportRow($"{Connected:N0} clients hear", lag, null)
        {
            IsRate = false,
            Target = $"all ≤ {MostLag.TotalMilliseconds:0} ms",
            IsMet = lag.Count == Connected * Rounds && lag.Percentile(1) <= MostLag.TotalMilliseconds,
            Remark = $"the last after {lag.Percentile(1):0} ms",
        };
    }

    private static Task TickAsync(Bench bench, CancellationToken cancellationToken) => bench.App.RunTimerAsync("QueueTick", cancellationToken);

    private static async Task BuyAsync(Bench bench, Room room)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update queue_entry set status = 'completed', ended_at = zoniq_now() where event_id = @EventId and status = 'processing'", new { room.EventId });
    }

    private static void Check(Result<QueueEntry> answer)
    {
        if (answer.Problem is { } problem)
        {
            throw new ShopRefusal(problem.Code);
        }
    }

    /// <param name="EventId">Which queue.</param>
    /// <param name="People">At its end, with tokens.</param>
    private sealed record Room(long EventId, Buyer[] People);

    private sealed class Client(HubConnection connection) : IAsyncDisposable
    {
        private long since;
        private TaskCompletionSource<long> next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static async Task<Client> ConnectAsync(Bench bench, Room room, Buyer person, CancellationToken cancellationToken)
        {
            var connection = new HubConnectionBuilder()
                .WithUrl(new Uri(bench.AnyAddress, $"/api/realtime/{person.Id}"), options =>
                {
                    options.Transports = HttpTransportType.WebSockets;
                    options.AccessTokenProvider = () => Task.FromResult<string?>(person.Token);
                })
                .Build();
            var client = new Client(connection);
            connection.On<object>("queueServing", _ => client.next.TrySetResult(Stopwatch.GetTimestamp() - Volatile.Read(ref client.since)));
            await connection.StartAsync(cancellationToken);
            await bench.App.SubscribeAsync(person, room.EventId, connection.ConnectionId!, cancellationToken);
            return client;
        }

        /// <summary>How long after that moment the next message comes.</summary>
        public Task<long> NextAsync(long moment)
        {
            Volatile.Write(ref since, moment);
            return (next = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
