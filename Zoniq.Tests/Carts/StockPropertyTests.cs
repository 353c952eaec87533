using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>Whatever happens in whatever order, everybody is told what a simple model of the box office says.</summary>
public sealed class StockPropertyTests(ZoniqApp app) : DatabaseTest(app)
{
    private const int Houses = 8;
    private const int Rounds = 50;
    private const int StepsInARound = 25;

    [Fact]
    public async Task Ten_thousand_steps_of_buyers_and_the_office_leave_the_stock_that_a_model_has()
    {
        App.Razorpay.DeliversWebhooks = false;
        var clock = Dice.For("clock", 0);
        var walks = new List<StockWalk>();
        for (var number = 0; number < Houses; number++)
        {
            walks.Add(await StockWalk.Begin(App, number));
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
            await MoveTheClock(walks, TimeSpan.FromSeconds(clock.Weigh((4, 5), (4, 100), (3, 450), (1, 950), (1, 1_900))));
            await Task.WhenAll(walks.Select(walk => walk.Look()));    // what is over is over before anybody tidies up

            var (sweep, expiry, offers) = (clock.Chance(50), clock.Chance(60), clock.Chance(60));
            await RunIf(sweep, "HoldSweep");
            await RunIf(expiry, "BookingExpiry");
            await RunIf(offers, "WaitlistOffers");
            await Task.WhenAll(walks.Select(walk => walk.TimersRan(expiry, offers)));
        }

        await MoveTheClock(walks, TimeSpan.FromSeconds(5));
        await Task.WhenAll(walks.Select(walk => walk.Look()));
        await Task.WhenAll(walks.Select(walk => walk.TheEnd()));
    }

    private Task RunIf(bool isRun, string timer) => isRun ? App.RunTimer(timer) : Task.CompletedTask;

    private async Task MoveTheClock(List<StockWalk> walks, TimeSpan by)
    {
        by = await App.AdvancePast(walks.SelectMany(walk => walk.Model.Deadlines), by);
        walks.ForEach(walk => walk.Note($"{by} later"));
    }
}
