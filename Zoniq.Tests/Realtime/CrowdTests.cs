using Microsoft.Azure.Functions.Worker;
using Zoniq.Functions.Realtime;

namespace Zoniq.Tests.Realtime;

/// <summary>Many pages look at one event.</summary>
public sealed class CrowdTests(ZoniqApp app) : DatabaseTest(app)
{
    /// <summary>So many leave room for the tests that run beside this one.</summary>
    private const int Pages = 250;

    [Fact]
    public async Task Everybody_in_a_crowd_is_told()
    {
        var asha = await App.NewBuyer();
        var pages = new OpenPage[Pages];
        await Parallel.ForAsync(0, Pages, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (at, _) => pages[at] = await OpenPage.Of(asha, App));
        await App.Sends([.. pages.Select(page => new SignalRGroupAction(SignalRGroupActionType.Add) { ConnectionId = page.Id, GroupName = "crowd" })]);
        var seats = Enumerable.Range(0, 100).Select(id => new { Id = id, Status = "locked" }).ToArray();

        await App.Sends(LiveMessage.ToGroup("crowd", "seatsChanged", new { EventId = 1, Seats = seats }));
        var heard = await Task.WhenAll(pages.Select(page => page.Hears()));

        Assert.All(heard, message => Assert.Equal("seatsChanged", message.Target));
        var ids = Array.ConvertAll(pages, page => page.Id);
        await Task.WhenAll(pages.Select(page => page.DisposeAsync().AsTask()));
        await OpenPage.Until(() => !ids.Any(App.Hub().Has), "Pages that were closed are still known.");
    }
}
