using System.Diagnostics.Metrics;
using Npgsql;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.LocalHost.Demo;

/// <summary>Venues, events and their places, so that the first page somebody opens is not empty.</summary>
public static class DemoData
{
    private static readonly TimeSpan IndianTime = TimeSpan.FromMinutes(330);

    /// <summary>Fills an empty catalogue; one that has a venue or an event is left as it is.</summary>
    public static async Task SeedAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var db = await new Database(source, new Measures(new Meter(Measures.Name))).BeginAsync(cancellationToken);

        // Two that start at once would both find it empty.
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtext('zoniq_demo'))");
        if (await db.QuerySingleAsync<bool>("select exists (select from event) or exists (select from venue)"))
        {
            return;
        }

        var now = await db.QuerySingleAsync<DateTimeOffset>("select zoniq_now()");
        await AddBuyer(db, await HashAsync(DemoAccounts.Password, cancellationToken), now);
        await AddVenues(db, DemoCatalogue.Venues, now);
        await AddEvents(db, DemoCatalogue.Events, now);
        await AddPrices(db, DemoCatalogue.Events, now);
        await AddNumberedSeats(db, DemoCatalogue.Venues);
        await AddStandingPlaces(db);
        await db.CommitAsync();
    }

    private static async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var hasher = new PasswordHasher();
        return (await hasher.HashAsync(password, cancellationToken)).Value;
    }

    /// <summary>The administrator comes from the settings, like everywhere.</summary>
    private static Task<int> AddBuyer(Session db, string passwordHash, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            insert into account (username, email, full_name, password_hash, is_verified, tokens_valid_from, created_at)
            values (@username, @email, @fullName, @passwordHash, true, date_trunc('second', @now), @now)
            on conflict do nothing
            """,
            new { username = DemoAccounts.BuyerUsername, email = DemoAccounts.BuyerEmail, fullName = DemoAccounts.BuyerName, passwordHash, now });

    private static Task<int> AddVenues(Session db, DemoVenue[] venues, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            insert into venue (name, address, city, state, country, pincode, capacity, time_zone, seat_map_config, created_at)
            select name, address, city, state, 'India', pincode, capacity, 'Asia/Kolkata', config::jsonb, @now
            from   unnest(@names, @addresses, @cities, @states, @pincodes, @capacities, @configs)
                   as planned (name, address, city, state, pincode, capacity, config)
            """,
            new
            {
                names = Array.ConvertAll(venues, venue => venue.Name),
                addresses = Array.ConvertAll(venues, venue => venue.Address),
                cities = Array.ConvertAll(venues, venue => venue.City),
                states = Array.ConvertAll(venues, venue => venue.State),
                pincodes = Array.ConvertAll(venues, venue => venue.Pincode),
                capacities = Array.ConvertAll(venues, venue => venue.Capacity),
                configs = Array.ConvertAll(venues, venue => venue.Hall?.Config()),
                now,
            });

    private static Task<int> AddEvents(Session db, DemoEvent[] events, DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.ToOffset(IndianTime).Date, IndianTime);
        var starts = Array.ConvertAll(events, planned => today.AddDays(planned.InDays).AddHours(planned.AtHour).ToUniversalTime());

        return db.ExecuteAsync(
            """
            insert into event (
                title, slug, short_description, description, category, venue_id, time_zone, event_date, event_end_date, booking_start_date, booking_end_date,
                organizer_name, max_tickets_per_booking, status, published_at, refund_type, refund_hours_before, refund_percent, created_at)
            select title, slug, short, description, category, v.id, v.time_zone, starts, ends, sales, starts,
                   organiser, most, 'published', @now, 'full_until', 24, 100, @now
            from   unnest(@titles, @slugs, @shorts, @descriptions, @categories, @venues, @starts, @ends, @sales, @organisers, @most)
                   as planned (title, slug, short, description, category, venue, starts, ends, sales, organiser, most)
            join   venue v on v.name = planned.venue
            """,
            new
            {
                titles = Array.ConvertAll(events, planned => planned.Title),
                slugs = Array.ConvertAll(events, planned => planned.Slug),
                shorts = Array.ConvertAll(events, planned => planned.Short),
                descriptions = Array.ConvertAll(events, planned => planned.Description),
                categories = Array.ConvertAll(events, planned => planned.Category),
                venues = Array.ConvertAll(events, planned => planned.Venue),
                starts,
                ends = events.Zip(starts, (planned, start) => start.AddHours(planned.Hours)).ToArray(),
                sales = Array.ConvertAll(events, planned => today.AddDays(planned.SalesInDays).AddHours(10).ToUniversalTime()),
                organisers = Array.ConvertAll(events, planned => planned.Organiser),
                most = Array.ConvertAll(events, planned => planned.MostTickets),
                now,
            });
    }

    private static Task<int> AddPrices(Session db, DemoEvent[] events, DateTimeOffset now)
    {
        var prices = events
            .SelectMany(planned => planned.Prices.Select((price, index) => (Event: planned, Price: price, Tier: index + 1)))
            .ToArray();

        return db.ExecuteAsync(
            """
            insert into seat_category (event_id, name, description, price, total_seats, seating_type, display_order, color_code, created_at)
            select e.id, planned.name, planned.description, paise, seats, case when standing then 'general' else 'assigned' end, tier, colour, @now
            from   unnest(@slugs, @names, @descriptions, @paise, @seats, @standing, @tiers, @colours)
                   as planned (slug, name, description, paise, seats, standing, tier, colour)
            join   event e on e.slug = planned.slug
            """,
            new
            {
                slugs = Array.ConvertAll(prices, row => row.Event.Slug),
                names = Array.ConvertAll(prices, row => row.Price.Name),
                descriptions = Array.ConvertAll(prices, row => row.Price.Description),
                paise = Array.ConvertAll(prices, row => (long)(row.Price.Rupees * 100)),
                seats = Array.ConvertAll(prices, row => row.Price.Standing > 0 ? row.Price.Standing : NumberedSeats(row.Event.Venue, row.Tier)),
                standing = Array.ConvertAll(prices, row => row.Price.Standing > 0),
                tiers = Array.ConvertAll(prices, row => row.Tier),
                colours = Array.ConvertAll(prices, row => row.Price.Colour),
                now,
            });
    }

    private static int NumberedSeats(string venueName, int tier) =>
        DemoCatalogue.Venues.Single(venue => venue.Name == venueName).Hall!.Places.Count(place => place.Tier == tier);

    /// <summary>Every event in a hall has the hall's seats, each in the category that stands at its tier.</summary>
    private static Task<int> AddNumberedSeats(Session db, DemoVenue[] venues)
    {
        var places = venues
            .Where(venue => venue.Hall is not null)
            .SelectMany(venue => venue.Hall!.Places.Select(place => (Venue: venue.Name, Place: place)))
            .ToArray();

        return db.ExecuteAsync(
            """
            insert into seat (event_id, category_id, label, section, row_name, seat_number, position_x, position_y)
            select   c.event_id, c.id, label, section, row_name, number, x, y
            from     unnest(@venues, @tiers, @labels, @sections, @rows, @numbers, @xs, @ys) with ordinality
                     as place (venue, tier, label, section, row_name, number, x, y, turn)
            join     venue v on v.name = place.venue
            join     event e on e.venue_id = v.id
            join     seat_category c on c.event_id = e.id and c.display_order = place.tier and c.seating_type = 'assigned'
            order by c.event_id, turn
            """,
            new
            {
                venues = Array.ConvertAll(places, row => row.Venue),
                tiers = Array.ConvertAll(places, row => row.Place.Tier),
                labels = Array.ConvertAll(places, row => row.Place.Label),
                sections = Array.ConvertAll(places, row => row.Place.Section),
                rows = Array.ConvertAll(places, row => row.Place.Row),
                numbers = Array.ConvertAll(places, row => row.Place.Number.ToString()),
                xs = Array.ConvertAll(places, row => row.Place.X),
                ys = Array.ConvertAll(places, row => row.Place.Y),
            });
    }

    private static Task<int> AddStandingPlaces(Session db) =>
        db.ExecuteAsync(
            """
            insert into seat (event_id, category_id)
            select c.event_id, c.id
            from   seat_category c, generate_series(1, c.total_seats)
            where  c.seating_type = 'general'
            """);
}
