namespace Zoniq.Tests;

/// <summary>Puts something on the programme, through the administrator's own endpoints.</summary>
public static class Stage
{
    /// <summary>
    /// An event on sale in 30 days' time, with one category of numbered seats (rows A, B, C …) and one of standing places; either
    /// can be left out with a size of zero.
    /// </summary>
    /// <param name="app">Where.</param>
    /// <param name="rows">Rows of numbered seats.</param>
    /// <param name="seatsPerRow">Seats in each.</param>
    /// <param name="standing">Standing places.</param>
    /// <param name="price">Rupees, of every place.</param>
    /// <param name="maxTicketsPerBooking">1 to 50.</param>
    /// <param name="published">Whether anybody can see it.</param>
    /// <param name="opens">When booking opens, from now; an hour ago unless told otherwise.</param>
    /// <param name="closes">When booking closes, from now.</param>
    /// <param name="starts">When it begins, from now.</param>
    /// <param name="title">Unique to tell it from others, if that matters.</param>
    /// <param name="queue">Its waiting room; without one unless told otherwise.</param>
    public static async Task<StagedEvent> AnEvent(
        this ZoniqApp app, int rows = 2, int seatsPerRow = 10, int standing = 100, decimal price = 500.00m, int maxTicketsPerBooking = 10,
        bool published = true, TimeSpan? opens = null, TimeSpan? closes = null, TimeSpan? starts = null, string title = "An Evening of Sitar", QueueSettings? queue = null)
    {
        var administrator = await app.Administrator();
        var now = app.Now;
        var date = now + (starts ?? TimeSpan.FromDays(30));

        var venue = await administrator.Post("/api/admin/venues", new { name = "Shanmukhananda Hall", city = "Mumbai", timeZone = "Asia/Kolkata" });
        var staged = await administrator.Post("/api/admin/events", new
        {
            title,
            venueId = venue.Succeeded(201).Id,
            category = "concert",
            eventDate = date,
            bookingStartDate = now + (opens ?? TimeSpan.FromHours(-1)),
            bookingEndDate = now + (closes ?? (date - now - TimeSpan.FromHours(1))),
            maxTicketsPerBooking,
            queueEnabled = queue is not null,
            queueBatchSize = queue?.BatchSize,
            queueProcessingMinutes = queue?.ProcessingMinutes,
        });
        var eventId = staged.Succeeded(201).Id;

        var numbered = rows * seatsPerRow > 0 ? await AddSeats(app, administrator, eventId, rows, seatsPerRow, price) : null;
        var places = standing > 0 ? await AddStanding(administrator, eventId, standing, price) : null;

        if (published)
        {
            (await administrator.Post($"/api/admin/events/{eventId}/publish")).Succeeded();
        }

        return new StagedEvent(eventId, staged["slug"].GetString()!, venue.Id, date, numbered, places);
    }

    private static async Task<NumberedSeats> AddSeats(ZoniqApp app, Person administrator, long eventId, int rows, int seatsPerRow, decimal price)
    {
        var categoryId = await AddCategory(administrator, eventId, "Stalls", rows * seatsPerRow, price);
        (await administrator.Post($"/api/admin/seats/event/{eventId}/bulk", new
        {
            categoryId,
            section = "Floor",
            rows = Enumerable.Range(0, rows).Select(row => row < 26 ? $"{(char)('A' + row)}" : $"{(char)('A' + (row / 26) - 1)}{(char)('A' + (row % 26))}"),
            seatsPerRow,
        })).Succeeded(201);
        var seats = await app.Rows<long>("select id from seat where category_id = @categoryId and label is not null order by position_y, position_x", new { categoryId });
        return new NumberedSeats(eventId, categoryId, seats, price);
    }

    private static async Task<StandingPlaces> AddStanding(Person administrator, long eventId, int places, decimal price) =>
        new(eventId, await AddCategory(administrator, eventId, "Standing", places, price), places, price);

    private static async Task<long> AddCategory(Person administrator, long eventId, string name, int totalSeats, decimal price) =>
        (await administrator.Post($"/api/admin/events/{eventId}/categories", new { name, price, totalSeats })).Succeeded(201).Id;
}

/// <summary>An event that was put on.</summary>
public sealed record StagedEvent(long Id, string Slug, long VenueId, DateTimeOffset Date, NumberedSeats? WithNumbers, StandingPlaces? WithoutNumbers)
{
    /// <summary>Its category of numbered seats.</summary>
    public NumberedSeats Numbered => WithNumbers ?? throw new InvalidOperationException("It has no numbered seats.");

    /// <summary>Its category of standing places.</summary>
    public StandingPlaces Standing => WithoutNumbers ?? throw new InvalidOperationException("It has no standing places.");
}

/// <summary>A category of numbered seats.</summary>
/// <param name="EventId">Of which event.</param>
/// <param name="CategoryId">Its id.</param>
/// <param name="Seats">Ids, row by row.</param>
/// <param name="Price">Rupees.</param>
public sealed record NumberedSeats(long EventId, long CategoryId, long[] Seats, decimal Price);

/// <summary>A category of standing places.</summary>
public sealed record StandingPlaces(long EventId, long CategoryId, int Places, decimal Price);

/// <summary>How a waiting room lets people in.</summary>
/// <param name="BatchSize">How many may be inside.</param>
/// <param name="ProcessingMinutes">How long each.</param>
public sealed record QueueSettings(int BatchSize = 50, int ProcessingMinutes = 10);
