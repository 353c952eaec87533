using System.Text.Json;
using Zoniq.Functions.Http;
using Zoniq.Tests.Carts;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>Every list that comes in pages, on a house with a little of everything.</summary>
public sealed class PagingTests(ZoniqApp app, PagingTests.Season season) : DatabaseTest(app), IClassFixture<PagingTests.Season>
{
    public static TheoryData<string> Lists { get; } =
        [.. Operation.All.Where(operation => operation.OnlyReads && Has(operation, "page") && Has(operation, "page_size")).Select(operation => operation.Name)];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_add_up_to_the_whole_in_one_order(string name)
    {
        var (caller, path, _) = await Place(name);

        var whole = (await caller.Get($"{path}page_size=100")).Succeeded();
        var all = Items(whole);
        Assert.True(all.Length >= 3, $"{name} has too little on its pages: {whole}");
        Assert.Equal(all.Length, whole["total"].GetInt64());
        Assert.Equal(100, whole["pageSize"].GetInt32());

        var size = all.Length > 20 ? all.Length / 4 : 2;
        var pages = new List<string>();
        for (var number = 1; pages.Count < all.Length; number++)
        {
            var page = (await caller.Get($"{path}page={number}&page_size={size}")).Succeeded();
            Assert.Equal(all.Length, page["total"].GetInt64());
            Assert.Equal(number, page["page"].GetInt32());
            Assert.Equal(size, page["pageSize"].GetInt32());
            Assert.InRange(Items(page).Length, 1, size);
            pages.AddRange(Items(page));
        }

        Assert.Equal(all, pages);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_page_past_the_end_is_empty_and_knows_the_total(string name)
    {
        var (caller, path, _) = await Place(name);
        var total = (await caller.Get(path)).Succeeded()["total"].GetInt64();

        foreach (var number in new[] { 1000, int.MaxValue })
        {
            var past = (await caller.Get($"{path}page={number}&page_size=100")).Succeeded();
            Assert.Empty(Items(past));
            Assert.Equal(total, past["total"].GetInt64());
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_are_numbered_from_one_and_hold_so_many_at_most(string name)
    {
        var (caller, path, most) = await Place(name);

        (await caller.Get($"{path}page=0")).RefusedField("page");
        (await caller.Get($"{path}page=-1")).RefusedField("page");
        (await caller.Get($"{path}page_size=0")).RefusedField("page_size");
        (await caller.Get($"{path}page_size={most + 1}")).RefusedField("page_size");
        (await caller.Get($"{path}page_size={most}")).Succeeded();
        (await caller.Get($"{path}page=one")).Refused(400, "request.invalid_parameter");
        Assert.Equal(name == "ListAttendees" ? 50 : 20, (await caller.Get(path)).Succeeded()["pageSize"].GetInt32());
    }

    private static bool Has(Operation operation, string parameter) => operation.Query.Any(one => one["name"]!.GetValue<string>() == parameter);

    private static string[] Items(Answer page) =>
        [.. page.Json.EnumerateObject().Single(member => member.Value.ValueKind == JsonValueKind.Array).Value.EnumerateArray().Select(item => item.GetRawText())];

    /// <summary>Who asks for the list, where, and how much a page may hold.</summary>
    private async Task<(Conversation Caller, string Path, int Most)> Place(string name)
    {
        var operation = Operation.Of(name);
        var (buyer, eventId) = await season.In(App);
        var words = string.Concat(operation.Query.Where(parameter => parameter["required"] is not null).Select(parameter => $"{parameter["name"]}=sitar&"));
        var size = operation.Query.Single(parameter => parameter["name"]!.GetValue<string>() == "page_size");
        return (
            operation.Access switch
            {
                Access.User => buyer,
                Access.Admin => await App.Administrator(),
                _ => App.Nobody,
            },
            $"{operation.At(_ => $"{eventId}")}?{words}",
            size["schema"]!["maximum"]!.GetValue<int>());
    }

    /// <summary>Four events, five bookings of one of them, four of whose tickets are sent to friends, and whatever the office writes about it.</summary>
    public sealed class Season
    {
        private Task<(Person Buyer, long EventId)>? staged;

        /// <summary>Puts it on when the first test asks.</summary>
        public Task<(Person Buyer, long EventId)> In(ZoniqApp app) => staged ??= Stage(app);

        private static async Task<(Person Buyer, long EventId)> Stage(ZoniqApp app)
        {
            var standing = (await app.AnEvent(rows: 0)).Standing;
            for (var more = 0; more < 3; more++)
            {
                await app.AnEvent(rows: 0);
            }

            var buyer = await app.NewBuyer();
            for (var bought = 0; bought < 4; bought++)
            {
                var booking = await buyer.Buys(standing, 2);
                await buyer.Sends(booking["items"][0].GetProperty("id").GetInt64(), $"friend{bought}@example.in");
            }

            await buyer.Books(standing);
            for (var promo = 0; promo < 3; promo++)
            {
                await app.ACode(new { kind = "percent", value = 10 });
            }

            await app.NewBuyers(3);
            await app.Advance(TimeSpan.FromSeconds(3));
            return (buyer, standing.EventId);
        }
    }
}
