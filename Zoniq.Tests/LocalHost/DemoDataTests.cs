using Zoniq.Domain.Storage;
using Zoniq.LocalHost.Demo;

namespace Zoniq.Tests.LocalHost;

public sealed class DemoDataTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_demo_fills_an_empty_catalogue_once()
    {
        await using (var source = PostgresDataSource.Create(App.ConnectionString))
        {
            await Task.WhenAll(DemoData.SeedAsync(source, default), DemoData.SeedAsync(source, default));
            await DemoData.SeedAsync(source, default);
        }

        var events = (await App.Nobody.Get("/api/events?page_size=50")).Succeeded()["events"];
        Assert.Equal(10, events.GetArrayLength());
        Assert.All(events.EnumerateArray(), listed => Assert.True(listed.GetProperty("availableSeats").GetInt32() > 0));

        (await App.Nobody.Post("/api/auth/signin", new { email = DemoAccounts.BuyerEmail, password = DemoAccounts.Password })).Succeeded();

        var arena = events.EnumerateArray().First(listed => listed.GetProperty("slug").GetString() == "monsoon-nights-the-raga-rock-tour").GetProperty("id").GetInt64();
        var seats = (await App.Nobody.Get($"/api/events/{arena}/seats")).Succeeded()["seats"].EnumerateArray().ToArray();
        Assert.InRange(seats.Length, 1400, 1700);
        Assert.Equal(seats.Length, seats.Select(seat => (seat.GetProperty("positionX").GetInt32(), seat.GetProperty("positionY").GetInt32())).Distinct().Count());
    }
}
