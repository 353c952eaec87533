using Zoniq.Domain.Seating;

namespace Zoniq.Tests.Carts;

/// <summary>Somebody says how many, and we say which.</summary>
public sealed class BestSeatsTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task What_is_proposed_is_side_by_side_in_front_and_can_be_held()
    {
        var staged = await App.AnEvent(rows: 4, seatsPerRow: 12);
        var asha = await App.NewBuyer();

        var found = (await Asks(asha, staged, 3)).Succeeded(200);

        Assert.True(found["adjacent"].GetBoolean());
        Assert.Equal(["A"], found["seats"].EnumerateArray().Select(seat => seat.GetProperty("rowName").GetString()).Distinct());
        (await asha.Adds(staged.Numbered, Ids(found))).Succeeded();
    }

    [Fact]
    public async Task Who_is_too_slow_asks_again_and_gets_others()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var proposed = Ids((await Asks(asha, staged, 2)).Succeeded());

        var answers = await Task.WhenAll(asha.Adds(staged.Numbered, proposed), ravi.Adds(staged.Numbered, proposed));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Single(answers, answer => answer.Code == "seat.taken");
        var slow = answers[0].Status == 200 ? ravi : asha;
        var others = Ids((await Asks(slow, staged, 2)).Succeeded());
        Assert.Empty(others.Intersect(proposed));
        (await slow.Adds(staged.Numbered, others)).Succeeded();
        (await Asks(slow, staged, 1)).Refused(409, "category.sold_out");
    }

    [Fact]
    public async Task Where_they_are_not_together_that_is_said()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 2);

        var found = (await Asks(await App.NewBuyer(), staged, 3)).Succeeded();

        Assert.False(found["adjacent"].GetBoolean());
        Assert.Equal(3, Ids(found).Distinct().Count());
    }

    [Fact]
    public async Task What_cannot_be_had_is_refused_and_nothing_is_held()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 5, maxTicketsPerBooking: 4);
        var asha = await App.NewBuyer();
        var over = await App.AnEvent(opens: TimeSpan.FromDays(-3), closes: TimeSpan.FromDays(-1));

        (await Asks(asha, staged, 5)).Refused(409, "cart.ticket_limit");
        (await Asks(asha, over, 1)).Refused(409, "event.booking_closed");
        (await asha.Post("/api/events/987654321/best-seats", new { seatCategoryId = 1, quantity = 1 })).Refused(404, "event.not_found");
        (await asha.Post($"/api/events/{staged.Id}/best-seats", new { seatCategoryId = over.Numbered.CategoryId, quantity = 1 })).Refused(404, "category.not_found");
        (await asha.Post($"/api/events/{staged.Id}/best-seats", new { seatCategoryId = staged.Standing.CategoryId, quantity = 1 })).Refused(422, "cart.seats_not_allowed");
        (await Asks(asha, staged, 0)).RefusedField("quantity");
        (await Asks(asha, staged, 4)).Succeeded();
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where cart_id is not null and event_id = @Id", new { staged.Id }));
    }

    [Fact]
    public async Task What_is_saved_up_for_a_group_is_not_proposed_to_others_who_hear_how_many_are_left()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 0);
        var (holder, group, asha) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer());
        (await holder.Adds(staged.Numbered, staged.Numbered.Seats)).Succeeded();
        (await group.WaitsFor(staged.Numbered, 2)).Succeeded(201);
        await App.Execute("update waitlist_entry set saved_until = @until where event_id = @Id", new { staged.Id, until = App.Now.AddHours(1).UtcDateTime });
        (await holder.ClearsCart()).Succeeded();

        var refused = (await Asks(asha, staged, 3)).Refused(409, "category.sold_out");

        Assert.Equal(2, refused["available"].GetInt32());
        Assert.Equal(2, Ids((await Asks(asha, staged, 2)).Succeeded()).Length);
    }

    [Fact]
    public void In_any_house_the_choice_is_free_and_together_and_leaves_nobody_alone_that_need_not_be()
    {
        var random = new Random(7);
        for (var house = 0; house < 3_000; house++)
        {
            var (rows, length) = (1 + random.Next(4), 1 + random.Next(9));
            Seat[] seats =
            [
                .. Enumerable.Range(0, rows * length).Select(at => new Seat
                {
                    Id = at + 1,
                    RowName = $"{(char)('A' + (at / length))}",
                    PositionX = at % length,
                    PositionY = at / length,
                    Status = random.Next(3) == 0 ? SeatStatus.Booked : SeatStatus.Available,
                }),
            ];
            var quantity = 1 + random.Next(4);

            var (chosen, areTogether) = BestTogether.Choose(seats, quantity, random.Next(2) == 0 ? random : null);

            Assert.Equal(Math.Min(quantity, seats.Count(seat => seat.Status == SeatStatus.Available)), chosen.Distinct().Count());
            Assert.All(chosen, seat => Assert.Equal(SeatStatus.Available, seat.Status));
            var blocks = Blocks(seats, quantity);
            Assert.Equal(blocks.Length > 0, areTogether);
            if (blocks.Length > 0)
            {
                Assert.Contains(blocks, block => block.Select(seat => seat.Id).SequenceEqual(chosen.Select(seat => seat.Id)));
                Assert.Equal(blocks.Min(block => LeftAlone(seats, block)), LeftAlone(seats, chosen));
            }
        }
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(30, 4)]
    public void Houses_are_drawn_in_any_measure_and_an_aisle_is_no_neighbour(int step, int aisleAfter)
    {
        var seats = Enumerable.Range(1, 8).Select(number => new Seat { Id = number, RowName = "A", PositionX = (number + (number > aisleAfter ? 1 : 0)) * step }).ToArray();

        var four = BestTogether.Choose(seats, 4);
        var five = BestTogether.Choose(seats, 5);

        Assert.True(four.AreTogether);
        Assert.Equal(4, four.Seats[^1].Id - four.Seats[0].Id + 1);
        Assert.False(five.AreTogether);
        Assert.Equal(5, five.Seats.Length);
    }

    [Theory]
    [InlineData("(array[9, 19, 28, 38, 47])[seat_number::integer]")]    // rounded
    [InlineData("7")]    // drawn along the other axis
    [InlineData("null")]    // not drawn
    public async Task Seats_are_side_by_side_however_their_places_were_drawn(string position)
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 5);
        await App.Execute($"update seat set position_x = {position}, position_y = {position} where event_id = @Id and label is not null", new { staged.Id });

        var found = (await Asks(await App.NewBuyer(), staged, 5)).Succeeded();

        Assert.True(found["adjacent"].GetBoolean());
    }

    [Fact]
    public async Task Where_there_is_a_queue_only_who_has_been_called_is_proposed_anything()
    {
        var staged = await App.AnEvent(rows: 1, queue: new(BatchSize: 1));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Joins(staged)).Succeeded();
        (await ravi.Joins(staged)).Succeeded();
        await App.RunTimer("QueueTick");

        (await Asks(ravi, staged, 2)).Refused(403, "queue.not_admitted");
        (await Asks(asha, staged, 2)).Succeeded(200);
    }

    private static Seat[][] Blocks(Seat[] seats, int quantity) =>
    [
        .. seats.GroupBy(seat => seat.RowName).SelectMany(row => Enumerable.Range(0, Math.Max(0, row.Count() - quantity + 1)).Select(from => row.Skip(from).Take(quantity).ToArray()))
            .Where(block => block.All(seat => seat.Status == SeatStatus.Available)),
    ];

    /// <summary>Free seats beside the chosen ones that have no other free seat beside them any more.</summary>
    private static int LeftAlone(Seat[] seats, Seat[] chosen)
    {
        bool IsFree(string? row, int x) => seats.Any(seat => seat.RowName == row && seat.PositionX == x && seat.Status == SeatStatus.Available) && !chosen.Any(seat => seat.RowName == row && seat.PositionX == x);
        var (first, last) = (chosen[0], chosen[^1]);
        return new[] { (first.PositionX!.Value - 1, -1), (last.PositionX!.Value + 1, 1) }
            .Count(beside => IsFree(first.RowName, beside.Item1) && !IsFree(first.RowName, beside.Item1 + beside.Item2));
    }

    private static Task<Support.Answer> Asks(Person who, StagedEvent staged, int quantity) =>
        who.Post($"/api/events/{staged.Id}/best-seats", new { seatCategoryId = staged.Numbered.CategoryId, quantity });

    private static long[] Ids(Support.Answer found) => [.. found["seats"].EnumerateArray().Select(seat => seat.GetProperty("id").GetInt64())];
}
