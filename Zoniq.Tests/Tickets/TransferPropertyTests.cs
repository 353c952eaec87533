using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>Whatever happens in whatever order, a ticket is with whom a simple model says, and only that person's newest code lets anybody in.</summary>
public sealed class TransferPropertyTests(ZoniqApp app) : DatabaseTest(app)
{
    private const int Circles = 4;
    private const int Rounds = 24;
    private const int StepsInARound = 10;

    /// <summary>Their sign-ins last a week.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(6);

    [Fact]
    public async Task However_often_a_ticket_is_passed_on_one_person_holds_it_and_one_code_is_valid()
    {
        var clock = Dice.For("clock of the transfers", 0);
        var walks = new List<TransferWalk>();
        for (var number = 0; number < Circles; number++)
        {
            walks.Add(await TransferWalk.Begin(App, number));
        }

        var ends = App.Now + Longest;
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(walks.Select(walk => Task.Run(async () =>
            {
                for (var step = 0; step < StepsInARound; step++)
                {
                    await walk.Step();
                }
            })));

            var hours = clock.Weigh((6, 0.01), (2, 3), (1, 14), (1, 25));
            var by = await App.AdvancePast(walks.SelectMany(walk => walk.Deadlines), TimeSpan.FromHours(App.Now.AddHours(hours) < ends ? hours : 0.01));
            walks.ForEach(walk => walk.Note($"{by} later"));
            if (clock.Chance(40))
            {
                await App.RunTimer("TransferExpiry");
            }

            await Task.WhenAll(walks.Select(walk => walk.Everybody()));
        }
    }
}
