using Zoniq.Tests.Support;

namespace Zoniq.Tests.Queueing;

/// <summary>One waiting room, the people who come and go, and the office: what they do is decided by chance, and what they are told is compared with the model.</summary>
internal sealed class QueueWalk
{
    private readonly ZoniqApp app;
    private readonly Dice dice;
    private readonly StagedEvent staged;
    private readonly Person[] people;
    private readonly DateTimeOffset opens;

    private QueueWalk(ZoniqApp app, Dice dice, StagedEvent staged, Person[] people, DateTimeOffset opens)
    {
        (this.app, this.dice, this.staged, this.people, this.opens) = (app, dice, staged, people, opens);
        Model = new QueueModel(opens);
    }

    public QueueModel Model { get; }

    /// <summary>A room that opens after some of them have come.</summary>
    public static async Task<QueueWalk> Begin(ZoniqApp app, int number, TimeSpan opens)
    {
        var opening = app.Now + opens;
        var staged = await app.AnEvent(rows: 0, standing: 2_000, price: 0m, opens: opens, queue: new(BatchSize: 3, ProcessingMinutes: 5));
        (await app.Nobody.Get($"/api/queue/{staged.Id}/fairness")).Succeeded();
        return new QueueWalk(app, Dice.For("queue", number), staged, await app.NewBuyers(14), opening);
    }

    public Task Step()
    {
        var who = dice.Between(0, people.Length - 1);
        return dice.Weigh(
            (35, () => Joins(who)),
            (8, () => Leaves(who)),
            (25, () => Buys(who)),
            (25, () => Looks(who)),
            (7, (Func<Task>)OfficeChanges))();
    }

    public async Task Ticked()
    {
        var now = app.Now;
        dice.Note("tick");
        Model.Tick(now < opens ? [] : await Seed(), now);
        await Everybody();
    }

    /// <summary>What everybody is told, and what nobody may see: more inside than there may be, somebody overtaken.</summary>
    public async Task Everybody()
    {
        for (var who = 0; who < people.Length; who++)
        {
            await Looks(who);
        }

        var status = (await app.Status(staged)).Succeeded();
        dice.Expect(
            (Model.Places.Count(place => place.IsActive), Model.Inside, Model.Serving),
            (status["totalInQueue"].GetInt32(), status["currentlyProcessing"].GetInt32(), status["servingNumber"].GetInt64()),
            "In all, inside, called so far");
    }

    public void Note(string what) => dice.Note(what);

    private async Task Joins(int who)
    {
        var before = Model.ActiveOf(who);
        var answer = (await people[who].Joins(staged)).Succeeded();
        dice.Note($"{who} joins");
        var id = answer["queueEntryId"].GetGuid();
        var place = before ?? Model.Join(who, id, app.Now);
        dice.Expect(place.Id, id, $"The place of {who}");
        IsTold(place, answer);
    }

    private async Task Leaves(int who)
    {
        var place = Model.ActiveOf(who);
        var answer = (await people[who].Leaves(staged)).Succeeded();
        dice.Note($"{who} leaves");
        dice.Expect(place is not null, answer["success"].GetBoolean(), $"Whether {who} has left");
        if (place is not null)
        {
            Model.Leave(place);
        }
    }

    private async Task Looks(int who)
    {
        var answer = await people[who].Place(staged);
        dice.Note($"{who} looks");
        if (Model.ActiveOf(who) is { } place)
        {
            IsTold(place, answer);
        }
        else
        {
            dice.Expect("queue.not_in_queue", answer.Code, $"The place of {who}");
        }
    }

    /// <summary>Only whoever has been called, and is in time.</summary>
    private async Task Buys(int who)
    {
        var isTurn = Model.ActiveOf(who) is { Status: "processing" } place && place.Expires > app.Now;
        var added = await people[who].Adds(staged.Standing);
        dice.Note($"{who} buys");
        if (app.Now < opens)
        {
            dice.Expect("event.booking_closed", added.Code, $"What {who} adds");
            return;
        }

        dice.Expect(isTurn ? null : "queue.not_admitted", added.Code, $"What {who} adds");
        if (isTurn)
        {
            (await people[who].ChecksOut(staged.Id)).Succeeded(201);
            Model.ActiveOf(who)!.Status = "completed";
        }
    }

    private async Task OfficeChanges()
    {
        var change = dice.Weigh(
            (3, new { isPaused = (bool?)!Model.IsPaused, batchSize = Model.BatchSize, processingMinutes = Model.Minutes }),
            (2, new { isPaused = (bool?)null, batchSize = dice.Between(1, 5), processingMinutes = Model.Minutes }),
            (1, new { isPaused = (bool?)null, batchSize = Model.BatchSize, processingMinutes = dice.Between(2, 9) }));
        await app.Sets(staged, change);
        dice.Note($"the office: {change}");
        (Model.IsPaused, Model.BatchSize, Model.Minutes) = (change.isPaused ?? Model.IsPaused, change.batchSize, change.processingMinutes);
    }

    private void IsTold(ModelPlace place, Answer answer)
    {
        var isInside = place.Status == "processing";
        var told = answer.Standing();
        long? position = isInside ? 0 : place.Number - Model.Serving;
        dice.Expect((place.Status, position), (told.Status, told.Position), $"What {place.Who} is told");
        dice.Expect(true, told.Number is null || told.Number == place.Number, $"The number of {place.Who}, {told.Number}, is {place.Number}");
        dice.Expect(false, position > place.LastShown, $"Whether {place.Who} was overtaken");
        place.LastShown = position ?? place.LastShown;
        if (isInside)
        {
            dice.Expect(place.Expires > app.Now, answer["canProceed"].GetBoolean(), $"Whether {place.Who} can proceed");
        }
    }

    private async Task<byte[]> Seed() => Convert.FromHexString((await app.Nobody.Get($"/api/queue/{staged.Id}/fairness")).Succeeded().Text("seed"));
}
