namespace Zoniq.Tests;

/// <summary>The bench itself: what it arranges is there, and what it counts is counted.</summary>
public sealed class BenchTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task An_event_on_the_stage_is_what_the_public_sees()
    {
        var staged = await App.AnEvent(rows: 3, seatsPerRow: 4, standing: 5);

        var seen = (await App.Nobody.Get($"/api/events/{staged.Id}")).Succeeded(200);

        Assert.Equal(17, seen["totalSeats"].GetInt32());
        Assert.Equal(12, staged.Numbered.Seats.Length);
    }

    [Fact]
    public async Task Somebody_signs_in_with_the_code_that_was_mailed()
    {
        var asha = await App.SignIn("asha@example.in");

        Assert.Equal("asha@example.in", (await asha.Get("/api/users/me")).Succeeded(200)["email"].GetString());
    }

    [Fact]
    public async Task A_person_made_for_a_test_is_signed_in()
    {
        var buyers = await App.NewBuyers(3);

        foreach (var buyer in buyers)
        {
            Assert.Equal(buyer.Id, (await buyer.Get("/api/users/me")).Succeeded(200).Id);
        }
    }

    [Fact]
    public async Task The_clock_moves_in_every_instance()
    {
        await using var another = await App.StartAnother();
        var before = App.Now;

        await App.Advance(TimeSpan.FromMinutes(8));

        Assert.InRange(App.Now - before, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(9));
        Assert.InRange(another.Now - App.Now, TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Statements_of_a_request_are_counted()
    {
        var asha = await App.NewBuyer();
        await asha.Get("/api/users/me");

        var statements = await App.StatementsOf(() => asha.Get("/api/users/me"));

        Assert.NotEmpty(statements);
        Assert.All(statements, statement => Assert.Contains("select", statement, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_whole_purchase_ends_with_a_ticket()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();

        await asha.Buys(staged.Standing, quantity: 2);

        Assert.Equal(2, (await asha.Tickets()).Length);
    }
}
