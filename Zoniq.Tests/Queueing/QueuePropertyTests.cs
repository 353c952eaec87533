using Zoniq.Tests.Support;

namespace Zoniq.Tests.Queueing;

/// <summary>Whatever happens in whatever order, everybody is told what a simple model of the waiting room says.</summary>
public sealed class QueuePropertyTests(ZoniqApp app) : DatabaseTest(app)
{
    private const int Rooms = 4;
    private const int Rounds = 40;
    private const int StepsInARound = 10;

    private static readonly TimeSpan[] OpensIn = [TimeSpan.FromHours(-1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20)];

    [Fact]
    public async Task Whoever_comes_goes_and_buys_is_called_in_their_turn_and_never_more_than_may_be_inside()
    {
        var clock = Dice.For("clock of the queue", 0);
        var walks = new List<QueueWalk>();
        for (var number = 0; number < Rooms; number++)
        {
            walks.Add(await QueueWalk.Begin(App, number, OpensIn[number]));
        }

        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(walks.Select(walk => Task.Run(async () =>
            {
                for (var step = 0; step < StepsInARound; step++)
                {
                    await walk.Step();
                }
            })));

            var by = await App.AdvancePast(walks.SelectMany(walk => walk.Model.Deadlines), TimeSpan.FromSeconds(clock.Weigh((5, 5), (3, 70), (2, 200), (1, 400))));
            walks.ForEach(walk => walk.Note($"{by} later"));
            if (clock.Chance(70))
            {
                await App.TicksAtOnce(instances: 3);
                await Task.WhenAll(walks.Select(walk => walk.Ticked()));
            }
        }

        await Task.WhenAll(walks.Select(walk => walk.Everybody()));
    }
}
