using System.Text.Json;

namespace Zoniq.Tests.Catalogue;

public sealed class WishlistTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Wishlist = "/api/users/me/wishlist";

    [Fact]
    public async Task What_one_takes_note_of_comes_newest_first_with_what_is_left_of_it()
    {
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var sitar = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 6, title: "Sitar");
        var tabla = await App.AnEvent(rows: 0, standing: 5, title: "Tabla");
        await ravi.Books(sitar.Standing, 2);

        var item = (await asha.Post($"{Wishlist}/{sitar.Id}")).Succeeded(201);
        (await asha.Post($"{Wishlist}/{tabla.Id}")).Succeeded(201);
        var listed = (await asha.Get(Wishlist)).Succeeded();

        Assert.Equal(["Tabla", "Sitar"], Titles(listed.Json));
        Assert.Equal(2, listed["total"].GetInt32());
        Assert.Equal(item.Json.GetRawText(), listed["items"][1].GetRawText());
        Assert.Equal((sitar.Id, sitar.Id), (item["eventId"].GetInt64(), item["event"].GetProperty("id").GetInt64()));
        Assert.Equal((10, 8), (item["event"].GetProperty("totalSeats").GetInt32(), item["event"].GetProperty("availableSeats").GetInt32()));
        Assert.Equal("500.00", item["event"].GetProperty("minPrice").GetRawText());
        Assert.Equal(0, (await ravi.Get(Wishlist)).Succeeded()["total"].GetInt32());
    }

    [Fact]
    public async Task An_event_is_taken_off_by_whoever_noted_it_and_nobody_else()
    {
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var sitar = await App.AnEvent();
        (await asha.Post($"{Wishlist}/{sitar.Id}")).Succeeded(201);

        (await ravi.Delete($"{Wishlist}/{sitar.Id}")).Refused(404, "wishlist.not_found");
        Assert.True(await IsNoted(asha, sitar.Id));
        Assert.False(await IsNoted(ravi, sitar.Id));

        var removed = (await asha.Delete($"{Wishlist}/{sitar.Id}")).Succeeded();
        Assert.Equal("Removed from wishlist", removed["message"].GetString());
        Assert.False(await IsNoted(asha, sitar.Id));
        (await asha.Delete($"{Wishlist}/{sitar.Id}")).Refused(404, "wishlist.not_found");
        (await asha.Post($"{Wishlist}/{sitar.Id}")).Succeeded(201);
    }

    [Fact]
    public async Task Of_five_who_note_the_same_event_for_one_person_at_once_one_does_it()
    {
        var asha = await App.NewBuyer();
        var sitar = await App.AnEvent();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => asha.Post($"{Wishlist}/{sitar.Id}")));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.Refused(409, "wishlist.already_added"));
        Assert.Equal(1, (await asha.Get(Wishlist)).Succeeded()["total"].GetInt32());
    }

    [Fact]
    public async Task What_the_public_does_not_know_of_cannot_be_noted()
    {
        var asha = await App.NewBuyer();
        var draft = await App.AnEvent(published: false);

        (await asha.Post($"{Wishlist}/{draft.Id}")).Refused(404, "event.not_found");
        (await asha.Post($"{Wishlist}/987654321")).Refused(404, "event.not_found");
        Assert.False(await IsNoted(asha, 987654321));
    }

    [Fact]
    public async Task An_event_that_is_withdrawn_is_not_shown_until_it_comes_back()
    {
        var asha = await App.NewBuyer();
        var sitar = await App.AnEvent();
        (await asha.Post($"{Wishlist}/{sitar.Id}")).Succeeded(201);

        await App.Execute("update event set status = 'cancelled', cancelled_at = now() where id = @Id", new { sitar.Id });
        Assert.Empty(Titles((await asha.Get(Wishlist)).Succeeded().Json));
        Assert.False(await IsNoted(asha, sitar.Id));
        (await asha.Post($"{Wishlist}/{sitar.Id}")).Refused(404, "event.not_found");

        await App.Execute("update event set status = 'published', cancelled_at = null where id = @Id", new { sitar.Id });
        Assert.Single(Titles((await asha.Get(Wishlist)).Succeeded().Json));
        Assert.True(await IsNoted(asha, sitar.Id));
    }

    private static async Task<bool> IsNoted(Person person, long eventId) =>
        (await person.Get($"{Wishlist}/{eventId}/check")).Succeeded()["isInWishlist"].GetBoolean();

    private static string[] Titles(JsonElement wishlist) =>
        [.. wishlist.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event").GetProperty("title").GetString()!)];
}
