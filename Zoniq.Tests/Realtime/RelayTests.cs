using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Functions.Realtime;
using Zoniq.LocalHost.Realtime;

namespace Zoniq.Tests.Realtime;

/// <summary>Instances on one database pass on what they send.</summary>
public sealed class RelayTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task What_another_instance_sends_is_heard_once_and_in_order_however_large()
    {
        await using var another = await App.StartAnother();
        var asha = await App.NewBuyer();
        await using var here = await OpenPage.Of(asha, App);
        await using var there = await OpenPage.Of(asha, another);
        await here.HearsCallsOf(another);
        var seats = Enumerable.Range(0, 20_000).Select(id => new { Id = id, Status = id % 3 == 0 ? "available" : "locked" }).ToArray();

        await another.Sends(LiveMessage.ToUser(asha.Id, "plain", "first"), LiveMessage.ToUser(asha.Id, "seatsChanged", new { Seats = seats }));
        await another.Sends(LiveMessage.ToUser(asha.Id, "plain", new string('क', 100_000)));

        foreach (var page in new[] { here, there })
        {
            var heard = await page.HasHeard(another);
            Assert.Equal(["plain", "seatsChanged", "plain"], heard.Select(message => message.Target));
            Assert.Equal("\"first\"", heard[0].Payload.GetRawText());
            Assert.Equal(20_000, heard[1].Payload.GetProperty("seats").GetArrayLength());
            Assert.Equal("locked", heard[1].Payload.GetProperty("seats")[19_999].GetProperty("status").GetString());
            Assert.Equal(new string('क', 100_000), heard[2].Payload.GetString());
        }
    }

    [Fact]
    public async Task A_page_can_subscribe_through_another_instance_than_the_one_it_is_connected_to()
    {
        await using var another = await App.StartAnother();
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        await page.HearsCallsOf(another);

        (await asha.At(another).Post($"/api/events/{staged.Id}/seats/subscribe", new { connectionId = page.Id })).Succeeded(200);
        await page.IsIn($"seats:{staged.Id}");
        await another.Sends(LiveMessage.ToGroup($"seats:{staged.Id}", "seatsChanged", new { EventId = staged.Id }), new SignalRMessageAction("plain", ["to one"]) { ConnectionId = page.Id });

        Assert.Equal([$$"""seatsChanged {"eventId":{{staged.Id}}}""", "plain \"to one\""], (await page.HasHeard(another)).Select(heard => $"{heard}"));
    }

    [Fact]
    public async Task When_the_database_was_away_instances_hear_each_other_again()
    {
        await using var another = await App.StartAnother();
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        await page.HearsCallsOf(another);

        // All connections of all instances, as when the server restarts.
        await App.Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'zoniq'");
        await App.Sends(LiveMessage.ToUser(asha.Id, "plain", "here, at once"));
        Assert.Equal("\"here, at once\"", (await page.Hears()).Payload.GetRawText());
        await page.HearsCallsOf(another);

        await another.Sends(LiveMessage.ToUser(asha.Id, "plain", "there"));
        Assert.Equal(["plain \"there\""], (await page.HasHeard(another)).Select(heard => $"{heard}"));
    }

    [Fact]
    public void Parts_are_short_and_unlike_and_make_the_whole_again_once()
    {
        var (sender, listener) = (Guid.NewGuid(), new Parts.Assembly(Guid.NewGuid()));
        var parts = Parts.Of(sender, 7, [Message(50_000)]);

        Assert.InRange(parts.Length, 3, 20);
        Assert.All(parts, part => Assert.InRange(part.Length, 1, 7_999));
        Assert.Equal(parts.Length, parts.Distinct().Count());
        Assert.All(parts[..^1], part => Assert.Empty(listener.Add(part)));
        Assert.Equal(Message(50_000).Arguments[0].GetString(), Assert.Single(listener.Add(parts[^1])).Arguments[0].GetString());

        // Sent again, because the answer was lost.
        Assert.All(parts, part => Assert.Empty(listener.Add(part)));
        Assert.Single(listener.Add(Assert.Single(Parts.Of(sender, 8, [Message(10)]))));
    }

    [Fact]
    public void Ones_own_parts_and_what_was_not_heard_from_the_beginning_are_left_out()
    {
        var own = Guid.NewGuid();
        var (parts, listener) = (Parts.Of(Guid.NewGuid(), 1, [Message(30_000)]), new Parts.Assembly(own));

        Assert.Empty(listener.Add(Assert.Single(Parts.Of(own, 1, [Message(10)]))));
        Assert.All(parts[1..], part => Assert.Empty(listener.Add(part)));
        Assert.Empty(listener.Add(parts[0]));
        listener.Interrupt();
        Assert.All(parts[1..], part => Assert.Empty(listener.Add(part)));
        Assert.Empty(listener.Add("something else"));
    }

    /// <summary>Of letters that do not pack well.</summary>
    private static LiveAction Message(int letters)
    {
        var chance = new Random(1);
        return new LiveAction { Target = "plain", Arguments = [JsonSerializer.SerializeToElement(string.Concat(Enumerable.Range(0, letters).Select(_ => (char)('!' + chance.Next(90)))))] };
    }
}
