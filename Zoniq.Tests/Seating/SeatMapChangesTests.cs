using Zoniq.Tests.Support;

namespace Zoniq.Tests.Seating;

/// <summary>A map that is brought up to date by what changed is the map.</summary>
public sealed class SeatMapChangesTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Unswept = "a hold lapses and nobody has swept";

    /// <summary>What can happen to a seat map: the first half comes before the look at the map, what it answers after it.</summary>
    private static readonly Dictionary<string, Func<Scene, Task<Func<Task>>>> Happenings = new()
    {
        ["a seat is held"] = Then(scene => scene.Holds()),
        ["standing places are held"] = Then(async scene => (await scene.Asha.Adds(scene.Staged.Standing, 3)).Succeeded()),
        ["a hold that lapsed is lifted"] = Then(scene => scene.HoldLapses(), async scene => (await scene.Asha.Adds(scene.Staged.Standing, 1)).Succeeded()),
        ["a cart is cleared"] = Then(scene => scene.Holds(), async scene => (await scene.Asha.ClearsCart()).Succeeded()),
        [Unswept] = Then(scene => scene.Holds(), scene => scene.App.Advance(TimeSpan.FromMinutes(8))),
        ["a hold that lapsed is swept while its cart lives"] = Then(scene => scene.HoldLapses(), scene => scene.App.RunTimer("HoldSweep")),
        ["a cart that ran out is swept"] = Then(scene => scene.CartRunsOut(), scene => scene.App.RunTimer("HoldSweep")),
        ["a seat is booked"] = Then(scene => scene.Holds(), async scene => (await scene.Asha.ChecksOut()).Succeeded(201)),
        ["a booking is not paid in time"] = Then(scene => scene.Books(), async scene =>
        {
            await scene.App.Advance(TimeSpan.FromMinutes(20));
            await scene.App.RunTimer("BookingExpiry");
        }),
        ["a booking is cancelled"] = Then(scene => scene.Buys(), async scene => (await scene.Asha.Post($"/api/bookings/{scene.Booking}/cancel")).Succeeded()),
        ["a seat is blocked"] = Then(async scene => (await scene.Office.Post($"/api/admin/seats/{scene.Seat}/block")).Succeeded()),
        ["a seat is unblocked"] = Then(
            async scene => (await scene.Office.Post($"/api/admin/seats/{scene.Seat}/block")).Succeeded(),
            async scene => (await scene.Office.Post($"/api/admin/seats/{scene.Seat}/unblock")).Succeeded()),
        ["a lock is ended"] = Then(scene => scene.Holds(), async scene => (await scene.Office.Post($"/api/admin/seats/{scene.Seat}/release")).Succeeded()),
        ["locks that ran out are ended"] = Then(scene => scene.HoldLapses(), async scene => (await scene.Office.Post("/api/admin/seats/release-expired")).Succeeded()),
        ["a seat is renamed"] = Then(async scene => (await scene.Office.Patch($"/api/admin/seats/{scene.Seat}", new { seatNumber = "Box" })).Succeeded()),
        ["a seat is moved on the map"] = Then(async scene => (await scene.Office.Patch($"/api/admin/seats/{scene.Seat}", new { positionX = 99 })).Succeeded()),
        ["a seat goes to another category"] = Then(async scene => (await scene.Office.Patch($"/api/admin/seats/{scene.Seat}", new { scene.Staged.Standing.CategoryId })).Succeeded()),
        ["a seat is deleted"] = Then(async scene => (await scene.Office.Delete($"/api/admin/seats/{scene.Seat}")).Succeeded()),
        ["a seat that was sold before is deleted"] = Then(
            async scene =>
            {
                await scene.Buys();
                (await scene.Asha.Post($"/api/bookings/{scene.Booking}/cancel")).Succeeded();
            },
            async scene => (await scene.Office.Delete($"/api/admin/seats/{scene.Seat}")).Succeeded()),
        ["a seat is added"] = Then(async scene =>
            (await scene.Office.Post($"/api/admin/seats/event/{scene.Staged.Id}", new { scene.Staged.Numbered.CategoryId, section = "Floor", rowName = "A", seatNumber = "99" })).Succeeded(201)),
        ["rows are added"] = Then(async scene =>
            (await scene.Office.Post($"/api/admin/seats/event/{scene.Staged.Id}/bulk", new { scene.Staged.Numbered.CategoryId, rows = new[] { "Y", "Z" }, seatsPerRow = 3 })).Succeeded(201)),
        ["a category is added"] = Then(async scene =>
            (await scene.Office.Post($"/api/admin/events/{scene.Staged.Id}/categories", new { name = "Balcony", price = 10m, totalSeats = 3 })).Succeeded(201)),
        ["a category costs more"] = Then(async scene => (await scene.ChangesNumbered(new { price = 999m })).Succeeded()),
        ["a category has another name and colour"] = Then(async scene => (await scene.ChangesNumbered(new { name = "Pit", colorCode = "#123456", displayOrder = 7, description = "In front" })).Succeeded()),
        ["a category goes off sale"] = Then(async scene => (await scene.ChangesNumbered(new { isActive = false })).Succeeded()),
        ["a category comes on sale"] = Then(
            async scene => (await scene.ChangesNumbered(new { isActive = false })).Succeeded(),
            async scene => (await scene.ChangesNumbered(new { isActive = true })).Succeeded()),
        ["a category is deleted"] = Then(async scene => (await scene.Office.Delete($"/api/admin/events/categories/{scene.Staged.Numbered.CategoryId}")).Succeeded()),
        ["there is room for more"] = Then(async scene => (await scene.ChangesStanding(new { totalSeats = 12 })).Succeeded()),
        ["there is room for fewer"] = Then(async scene => (await scene.ChangesStanding(new { totalSeats = 2 })).Succeeded()),
    };

    public static TheoryData<string> Names => [.. Happenings.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whatever_happens_is_in_what_changed_before_it_has_a_version_and_after(string happening)
    {
        var scene = new Scene(App, await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 5), await App.NewBuyer(), await App.Administrator());
        var happens = await Happenings[happening](scene);
        await App.News(scene.Staged.Id);
        var first = await App.Map(scene.Staged.Id);
        var (early, late) = (KnownMap.Of(first), KnownMap.Of(first));

        await happens();
        early.Take(await App.Since(scene.Staged.Id, early.Version));
        var news = await App.News(scene.Staged.Id);
        var now = KnownMap.Of(await App.Map(scene.Staged.Id));
        early.Take(await App.Since(scene.Staged.Id, early.Version));
        late.Take(await App.Since(scene.Staged.Id, late.Version));

        Assert.Equal(now.ToString(), early.ToString());
        Assert.Equal(now.ToString(), late.ToString());
        if (happening == Unswept)
        {
            Assert.NotEqual(KnownMap.Of(first).ToString(), now.ToString());
        }
        else
        {
            Assert.Equal((KnownMap.Of(first).Version + 1, now.Version), (now.Version, news!.Value.GetProperty("version").GetInt64()));
        }
    }

    /// <summary>Four places are kept for somebody who waits for four, and for nobody once a booking may have two.</summary>
    [Fact]
    public async Task A_new_limit_of_a_booking_is_news_of_what_is_kept()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 0, maxTicketsPerBooking: 4);
        var (asha, ravi, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats)).Succeeded();
        (await asha.Post($"/api/events/{staged.Id}/waitlist", new { seatCategoryId = staged.Numbered.CategoryId, quantity = 4 })).Succeeded(201);
        (await ravi.ClearsCart()).Succeeded();
        await App.News(staged.Id);
        var before = await App.Map(staged.Id);
        var known = KnownMap.Of(before);
        Assert.Equal(0, before["availableSeats"].GetInt64());

        (await office.Patch($"/api/admin/events/{staged.Id}", new { maxTicketsPerBooking = 2 })).Succeeded(200);
        await App.News(staged.Id);
        known.Take(await App.Since(staged.Id, known.Version));

        var after = await App.Map(staged.Id);
        Assert.Equal(4, after["availableSeats"].GetInt64());
        Assert.Equal(KnownMap.Of(after).ToString(), known.ToString());
    }

    [Fact]
    public async Task A_difference_has_what_changed_and_the_figures_of_the_whole()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 5, standing: 10);
        var administrator = await App.Administrator();
        await App.News(staged.Id);
        var version = (await App.Map(staged.Id))["version"].GetInt64();
        (await (await App.NewBuyer()).Adds(staged.Numbered, staged.Numbered.Seats[3])).Succeeded();
        (await administrator.Delete($"/api/admin/seats/{staged.Numbered.Seats[0]}")).Succeeded();
        await App.News(staged.Id);

        var changed = (await App.Since(staged.Id, version)).Succeeded();
        var nothing = (await App.Since(staged.Id, version + 1)).Succeeded();

        Assert.Equal((false, version + 1), (changed["full"].GetBoolean(), changed["version"].GetInt64()));
        Assert.Equal([staged.Numbered.Seats[3]], changed["seats"].Ids());
        Assert.Equal([staged.Numbered.Seats[0]], changed["removedSeatIds"].Ids());
        Assert.Equal([staged.Numbered.CategoryId], changed["categories"].Ids());
        Assert.Equal((14, 13), (changed["totalSeats"].GetInt32(), changed["availableSeats"].GetInt32()));
        Assert.Equal((false, 0, 0, 0), (nothing["full"].GetBoolean(), nothing["seats"].GetArrayLength(), nothing["categories"].GetArrayLength(), nothing["removedSeatIds"].GetArrayLength()));
        Assert.Equal((14, 13), (nothing["totalSeats"].GetInt32(), nothing["availableSeats"].GetInt32()));
    }

    [Fact]
    public async Task A_seat_that_goes_to_another_category_leaves_the_one_and_comes_to_the_other()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 4);
        var (from, to, seat) = (staged.Numbered.CategoryId, staged.Standing.CategoryId, staged.Numbered.Seats[1]);
        await App.News(staged.Id);
        var version = (await App.Map(staged.Id))["version"].GetInt64();
        (await (await App.Administrator()).Patch($"/api/admin/seats/{seat}", new { categoryId = to })).Succeeded();

        var left = (await App.Since(staged.Id, version, $"&category_id={from}")).Succeeded();
        var came = (await App.Since(staged.Id, version, $"&category_id={to}")).Succeeded();
        var whole = (await App.Since(staged.Id, version)).Succeeded();

        Assert.Equal([$"seats  removed {seat} categories {from} left 2", $"seats {seat} removed  categories {to} left 1"], new[] { left, came }.Select(Contents));
        Assert.Equal($"seats {seat} removed  categories {from},{to} left 3", Contents(whole));

        static string Contents(Answer map) =>
            $"seats {string.Join(',', map["seats"].Ids())} removed {string.Join(',', map["removedSeatIds"].Ids())} categories {string.Join(',', map["categories"].Ids())} left {map["availableSeats"]}";
        (await App.Since(staged.Id, version, "&category_id=987654")).Refused(404, "category.not_found");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("987654")]
    [InlineData("9223372036854775807")]
    public async Task Who_names_a_version_that_never_was_gets_everything(string since)
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 4);
        await App.News(staged.Id);

        var map = (await App.Nobody.Get($"/api/events/{staged.Id}/seats?since={since}")).Succeeded();

        Assert.True(map["full"].GetBoolean());
        Assert.Equal(3, map["seats"].GetArrayLength());
        Assert.Equal([staged.Standing.CategoryId], (await App.Nobody.Get($"/api/events/{staged.Id}/seats?since={since}&category_id={staged.Standing.CategoryId}")).Succeeded()["categories"].Ids());
    }

    [Fact]
    public async Task What_is_no_version_and_what_is_not_public_is_refused()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 0);
        var draft = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 0, published: false);

        (await App.Nobody.Get($"/api/events/{staged.Id}/seats?since=yesterday")).Refused(400, "request.invalid_parameter");
        (await App.Nobody.Get($"/api/events/{staged.Id}/seats?since=99999999999999999999")).Refused(400, "request.invalid_parameter");
        (await App.Since(draft.Id, 1)).Refused(404, "event.not_found");
        (await App.Since(987654, 1)).Refused(404, "event.not_found");
    }

    [Fact]
    public async Task People_who_have_the_same_map_share_the_difference()
    {
        var staged = await App.AnEvent(rows: 10, seatsPerRow: 50, standing: 0);

        var statements = await App.CountStatements(() => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => App.Since(staged.Id, 1))));

        Assert.InRange(statements, 1, 4 * 4); // four statements a reading, and the machine may be slow enough for several
    }

    /// <summary>Rounds in which buyers and an administrator do anything while others look and the timer runs; after each, everybody's map is the map.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Maps_that_are_brought_up_to_date_while_anything_happens_are_the_map(int seed)
    {
        var random = new Random(seed);
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 6, standing: 12);
        var (crowd, office) = (await App.NewBuyers(4), await App.Administrator());
        var known = new[] { KnownMap.Of(await App.Map(staged.Id)), KnownMap.Of(await App.Map(staged.Id)) };

        for (var round = 0; round < 15; round++)
        {
            var things = Enumerable.Range(0, 6).Select(_ => AnyThing(random, staged, crowd[random.Next(crowd.Length)], office)).ToArray();
            await Task.WhenAll([.. things.Select(thing => thing()), App.News(staged.Id), Look(known[0]), Look(known[1])]);
            if (round % 4 == 3)
            {
                await App.Advance(TimeSpan.FromMinutes(random.Next(1, 9)));
            }

            if (random.Next(2) == 0)
            {
                await App.News(staged.Id);
                await Look(known[0]);
            }

            var now = KnownMap.Of(await App.Map(staged.Id)).ToString();
            foreach (var map in known)
            {
                await Look(map);
                Assert.Equal(now, map.ToString());
            }
        }

        async Task Look(KnownMap map) => map.Take(await App.Since(staged.Id, map.Version));
    }

    private Func<Task> AnyThing(Random random, StagedEvent staged, Person buyer, Person office)
    {
        var seat = staged.Numbered.Seats[random.Next(staged.Numbered.Seats.Length)];
        var number = random.Next(1, 1000);
        return random.Next(13) switch
        {
            0 or 1 or 2 => () => buyer.Adds(staged.Numbered, seat),
            3 => () => buyer.Adds(staged.Standing, 1 + (number % 3)),
            4 => () => buyer.ClearsCart(),
            5 => () => BooksAndCancels(buyer),
            6 => () => office.Post($"/api/admin/seats/{seat}/{(number % 2 == 0 ? "block" : "unblock")}"),
            7 => () => office.Patch($"/api/admin/seats/{seat}", new { seatNumber = $"N{number}" }),
            8 => () => office.Post($"/api/admin/seats/event/{staged.Id}", new { staged.Numbered.CategoryId, seatNumber = $"X{number}" }),
            9 => () => number % 4 == 0 ? office.Delete($"/api/admin/seats/{seat}") : office.Post($"/api/admin/seats/{seat}/release"),
            10 => () => office.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { isActive = number % 3 > 0, price = 1m + number }),
            11 => () => office.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { totalSeats = 10 + (number % 9) }),
            _ => () => App.RunTimer("HoldSweep"),
        };
    }

    private static async Task BooksAndCancels(Person buyer)
    {
        if (await buyer.ChecksOut() is { Status: 201 } booked)
        {
            await buyer.Post($"/api/bookings/{booked.Id}/cancel");
        }
    }

    private static Func<Scene, Task<Func<Task>>> Then(Func<Scene, Task> happens) => scene => Task.FromResult(() => happens(scene));

    private static Func<Scene, Task<Func<Task>>> Then(Func<Scene, Task> before, Func<Scene, Task> happens) => async scene =>
    {
        await before(scene);
        return () => happens(scene);
    };

    private sealed record Scene(ZoniqApp App, StagedEvent Staged, Person Asha, Person Office)
    {
        public long Seat => Staged.Numbered.Seats[1];

        public long Booking { get; private set; }

        public async Task Holds() => (await Asha.Adds(Staged.Numbered, Seat)).Succeeded();

        public async Task HoldLapses()
        {
            await Holds();
            await App.Advance(TimeSpan.FromMinutes(8));
        }

        public async Task CartRunsOut()
        {
            await Holds();
            await App.Advance(TimeSpan.FromMinutes(16));
        }

        public async Task Books() => Booking = await Asha.Books(Staged.Numbered, Seat);

        public async Task Buys() => Booking = (await Asha.Buys(Staged.Numbered, Seat)).Id;

        public Task<Answer> ChangesNumbered(object patch) => Office.Patch($"/api/admin/events/categories/{Staged.Numbered.CategoryId}", patch);

        public Task<Answer> ChangesStanding(object patch) => Office.Patch($"/api/admin/events/categories/{Staged.Standing.CategoryId}", patch);
    }
}
