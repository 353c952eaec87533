using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>One event, a few people who want more of it than there is, and the office: what they do is decided by chance, and what they are told is compared with the model.</summary>
internal sealed class StockWalk
{
    private const int TicketLimit = 4;

    private readonly ZoniqApp app;
    private readonly Dice dice;
    private readonly StagedEvent staged;
    private readonly Person office;
    private readonly Person[] people;
    private readonly bool isFree;

    private StockWalk(ZoniqApp app, Dice dice, StagedEvent staged, Person office, Person[] people, bool isFree) =>
        (this.app, this.dice, this.staged, this.office, this.people, this.isFree, Model) = (app, dice, staged, office, people, isFree, new StockModel(TicketLimit, isFree));

    public StockModel Model { get; }

    /// <summary>Each house is of numbered seats, in two categories, or of standing places; the first category has the waiting list.</summary>
    public static async Task<StockWalk> Begin(ZoniqApp app, int number)
    {
        var (isNumbered, isFree) = (number % 2 == 0, number % 4 > 1);
        var staged = await app.AnEvent(rows: isNumbered ? 2 : 0, seatsPerRow: 4, standing: isNumbered ? 0 : 9, price: isFree ? 0m : 500.00m, maxTicketsPerBooking: TicketLimit);
        var walk = new StockWalk(app, Dice.For("stock", number), staged, await app.Administrator(), await app.NewBuyers(6), isFree);
        if (isNumbered)
        {
            walk.Model.Categories.Add(Seats(staged.Numbered.CategoryId, staged.Numbered.Seats));
            walk.Model.Categories.Add(await walk.Balcony());
        }
        else
        {
            var standing = new ModelCategory(staged.Standing.CategoryId, isNumbered: false);
            standing.Places.AddRange(Enumerable.Range(0, staged.Standing.Places).Select(_ => new ModelPlace(0)));
            walk.Model.Categories.Add(standing);
        }

        return walk;
    }

    public async Task Step()
    {
        var who = dice.Between(0, people.Length - 1);
        await (dice.Weigh(
            (30, () => Adds(who)),
            (10, () => Changes(who)),
            (8, () => Removes(who)),
            (5, () => Clears(who)),
            (12, () => ChecksOut(who)),
            (10, () => Pays(who)),
            (8, () => Cancels(who)),
            (9, () => Waits(who)),
            (3, () => GivesUp(who)),
            (8, ChangesStock)))();

        if (dice.Chance(20))
        {
            var category = dice.Pick(Model.Categories)!;
            dice.Expect(category.OnSale(app.Now), await app.OnSale(category.Id), $"What is on sale of category {category.Id}");
        }
    }

    /// <summary>Some time after the last step: what the public is shown, and what two of them have.</summary>
    public async Task Look()
    {
        var now = app.Now;
        var map = (await app.Nobody.Get($"/api/events/{staged.Id}/seats")).Succeeded();
        foreach (var category in Model.Categories)
        {
            var shown = map["categories"].EnumerateArray().Single(one => one.GetProperty("id").GetInt64() == category.Id);
            dice.Expect((category.Places.Count, category.OnSale(now)), (shown.GetProperty("totalSeats").GetInt32(), shown.GetProperty("availableSeats").GetInt32()), "What the map says of a category");
        }

        var statuses = map["seats"].EnumerateArray().ToDictionary(seat => seat.GetProperty("id").GetInt64(), seat => seat.GetProperty("status").GetString());
        foreach (var category in Model.Categories.Where(category => category.IsNumbered))
        {
            // Where all that is free is kept for those who wait, it shows as locked.
            var free = category.OnSale(now) > 0 ? "available" : "locked";
            category.Places.ForEach(seat => dice.Expect(seat.IsFree(now) ? free : seat.Status(now), statuses[seat.Id], $"Seat {seat.Id} on the map"));
        }

        foreach (var who in dice.Pick(Enumerable.Range(0, people.Length), 2))
        {
            dice.Expect(Shown(Model.LiveCart(who, now)), Shown((await people[who].Get($"/api/cart/current?event_id={staged.Id}")).Succeeded()), $"The cart of {who}");
        }
    }

    public async Task TheEnd()
    {
        var shown = (await app.Rows<(long Id, string Status)>("select id, status from booking where event_id = @Id", new { staged.Id })).ToDictionary(row => row.Id, row => row.Status);
        dice.Expect(Model.Bookings.Count, shown.Count, "The number of bookings");
        Model.Bookings.ForEach(booking => dice.Expect(booking.Status, shown[booking.Id], $"Booking {booking.Id}"));
    }

    /// <summary>The timers have run, in this order.</summary>
    public async Task TimersRan(bool expiry, bool offers)
    {
        var now = app.Now;
        dice.Note($"timers{(expiry ? " expiry" : "")}{(offers ? " offers" : "")}");
        if (expiry)
        {
            Model.ExpireBookings(now);
        }

        if (offers)
        {
            var carts = new Dictionary<int, Answer>();
            foreach (var who in Model.Categories[0].Entries.Where(entry => entry.Status == "waiting").Select(entry => entry.Who))
            {
                carts[who] = await people[who].Get($"/api/cart/current?event_id={staged.Id}");
            }

            foreach (var cart in Model.MakeOffers(Model.Categories[0], now, who => Offered(carts[who])))
            {
                dice.Note($"{cart.Who} is offered {cart.Tickets}");
                Number(cart, carts[cart.Who]);
            }
        }
    }

    public void Note(string what) => dice.Note(what);

    private ModelPlace[] Offered(Answer cart)
    {
        if (cart.Succeeded().Json.ValueKind == JsonValueKind.Null)
        {
            throw dice.Wrong("The next in line was not offered anything");
        }

        var ids = cart["items"][0].GetProperty("seatIds").EnumerateArray().Select(id => id.GetInt64()).ToArray();
        ModelPlace[] seats = [.. Model.Categories[0].Places.Where(seat => ids.Contains(seat.Id))];
        return Array.TrueForAll(seats, seat => seat.IsFree(app.Now)) ? seats : throw dice.Wrong("A seat was offered that somebody has");
    }

    private Task Adds(int who)
    {
        var category = dice.Pick(Model.Categories)!;
        var quantity = dice.Between(1, 3);
        ModelPlace[] chosen = category.IsNumbered ? dice.Pick(category.Places, quantity) : [];
        return Does(
            $"{who} adds {quantity} of {category.Id} {string.Join(',', chosen.Select(seat => seat.Id))}",
            now => Model.Adds(who, category, chosen, quantity, now),
            () => category.IsNumbered ? people[who].Adds(staged.Id, category.Id, [.. chosen.Select(seat => seat.Id)]) : people[who].Adds(staged.Id, category.Id, quantity),
            answer => Number(Model.LiveCart(who, app.Now)!, answer));
    }

    private Task Changes(int who) => WithLine(who, line =>
    {
        var quantity = dice.Between(1, TicketLimit);
        return Does($"{who} changes line {line.Id} from {line.Quantity} to {quantity}", now => Model.Changes(line, quantity, now), () => people[who].Patch($"/api/cart/items/{line.Id}", new { quantity }));
    });

    private Task Removes(int who) => WithLine(who, line =>
        Does($"{who} removes line {line.Id}", now => StockModel.Removes(line, now), () => people[who].Delete($"/api/cart/items/{line.Id}")));

    private Task WithLine(int who, Func<ModelLine, Task> does) =>
        dice.Pick(Model.Carts.FindLast(cart => cart.Who == who && cart.IsActive)?.Lines ?? []) is { } line ? does(line) : Adds(who);

    private Task Clears(int who) => Does($"{who} clears", _ => Model.Clears(who), () => people[who].ClearsCart(staged.Id));

    private Task ChecksOut(int who) =>
        Does($"{who} checks out", now => Model.ChecksOut(who, now), () => people[who].ChecksOut(staged.Id), answer => Model.Bookings[^1].Id = answer.Id);

    private async Task Pays(int who)
    {
        if (isFree || dice.Pick(Model.Bookings.FindAll(booking => booking.Who == who)) is not { } booking)
        {
            await Adds(who);
            return;
        }

        Answer? order = null;
        await Does($"{who} orders {booking.Id}", now => StockModel.Orders(booking, now), async () => order = await people[who].CreatesOrder(booking.Id));
        if (order!.Status == 200 && dice.Chance(80))
        {
            dice.Note($"{who} pays {booking.Id}");
            (await people[who].Verifies(people[who].Pays(order))).Succeeded(200);
            booking.Status = "confirmed";
        }
    }

    private Task Cancels(int who) => dice.Pick(Model.Bookings.FindAll(booking => booking.Who == who)) is { } booking
        ? Does($"{who} cancels {booking.Id}", now => StockModel.Cancels(booking), () => people[who].Post($"/api/bookings/{booking.Id}/cancel"))
        : Adds(who);

    private Task Waits(int who)
    {
        var (category, quantity) = (Model.Categories[0], dice.Between(1, TicketLimit));
        return Does($"{who} waits for {quantity}", now => Model.Waits(who, category, quantity, now), () => people[who].WaitsFor(staged.Id, category.Id, quantity));
    }

    private Task GivesUp(int who) =>
        Does($"{who} gives up waiting", now => Model.GivesUp(who, Model.Categories[0], now), () => people[who].GivesUpWaiting(staged.Id));

    private Task ChangesStock()
    {
        var category = dice.Pick(Model.Categories)!;
        if (!category.IsNumbered)
        {
            var places = Math.Clamp(category.Places.Count + dice.Between(-2, 2), 5, 14);
            return Does($"the office makes it {places} places", now => StockModel.Resizes(category, places, now), () => office.Patch($"/api/admin/events/categories/{category.Id}", new { totalSeats = places }));
        }

        var seat = dice.Pick(category.Places)!;
        var blocked = Model.Categories.SelectMany(one => one.Places).FirstOrDefault(one => one.IsBlocked) ?? seat;
        return dice.Weigh(
            (3, () => Does($"the office blocks {seat.Id}", now => StockModel.Blocks(seat, now), () => office.Post($"/api/admin/seats/{seat.Id}/block"))),
            (4, () => Does($"the office unblocks {blocked.Id}", now => StockModel.Unblocks(blocked, now), () => office.Post($"/api/admin/seats/{blocked.Id}/unblock"))),
            (2, (Func<Task>)(() => Does($"the office releases {seat.Id}", now => StockModel.Releases(seat, now), () => office.Post($"/api/admin/seats/{seat.Id}/release")))))();
    }

    private async Task Does(string what, Func<DateTimeOffset, Expected> expects, Func<Task<Answer>> does, Action<Answer>? learns = null)
    {
        var expected = expects(app.Now);
        var answer = await does();
        var said = answer.Code ?? Expected.Success;
        dice.Note($"{what}: {said}");
        if (!expected.Allows(said))
        {
            throw dice.Wrong($"{what}: expected {expected}, but:\n{answer}\n{Told()}");
        }

        expected.Follows(said);
        if (said == Expected.Success)
        {
            learns?.Invoke(answer);
        }
    }

    private string Told() => string.Join('\n', Model.Categories.Select(category => $"{category.Id}: {category.Free(app.Now)} free, {category.OnSale(app.Now)} on sale"));

    /// <summary>The model learns how the app numbers what is in a cart.</summary>
    private static void Number(ModelCart cart, Answer shown)
    {
        foreach (var item in shown["items"].EnumerateArray())
        {
            cart.Lines.Single(line => line.Category.Id == item.GetProperty("seatCategoryId").GetInt64()).Id = item.GetProperty("id").GetInt64();
        }
    }

    private static string Shown(ModelCart? cart) => cart is null
        ? "none"
        : string.Join("; ", cart.Lines.OrderBy(line => line.Id).Select(line => $"{line.Id}: {line.Quantity} {(line.Category.IsNumbered ? string.Join(',', line.Places.Select(seat => seat.Id).Order()) : "")}"));

    private static string Shown(Answer cart) => cart.Json.ValueKind == JsonValueKind.Null
        ? "none"
        : string.Join("; ", cart["items"].EnumerateArray().Select(item =>
            $"{item.GetProperty("id")}: {item.GetProperty("quantity")} {(item.GetProperty("seatIds") is { ValueKind: JsonValueKind.Array } ids ? string.Join(',', ids.EnumerateArray().Select(id => id.GetInt64()).Order()) : "")}"));

    private static ModelCategory Seats(long categoryId, IEnumerable<long> seats)
    {
        var category = new ModelCategory(categoryId, isNumbered: true);
        category.Places.AddRange(seats.Select(id => new ModelPlace(id)));
        return category;
    }

    private async Task<ModelCategory> Balcony()
    {
        var id = (await office.Post($"/api/admin/events/{staged.Id}/categories", new { name = "Balcony", price = isFree ? 0m : 250.00m, totalSeats = 5 })).Succeeded(201).Id;
        (await office.Post($"/api/admin/seats/event/{staged.Id}/bulk", new { categoryId = id, section = "Balcony", rows = (string[])["A"], seatsPerRow = 5 })).Succeeded(201);
        return Seats(id, await app.Rows<long>("select id from seat where category_id = @id and label is not null order by id", new { id }));
    }
}
