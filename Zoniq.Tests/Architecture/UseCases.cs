using System.Net.Http.Headers;
using System.Net.Http.Json;
using SkiaSharp;
using Zoniq.Tests.Accounts;
using Zoniq.Tests.Carts;
using Zoniq.Tests.Catalogue;
using Zoniq.Tests.Payments;
using Zoniq.Tests.Queueing;
using Zoniq.Tests.Support;
using Zoniq.Tests.Tickets;

namespace Zoniq.Tests.Architecture;

/// <summary>What people, gates, the office, the gateway and timers do, each prepared up to the step that is measured.</summary>
internal sealed class UseCases(ZoniqApp app)
{
    private const string Password = "a long enough one";

    private static readonly int[] Whatever = [0];
    private static readonly int[] OneOrFifty = [1, 50];
    private static readonly int[] TwoOrTwenty = [2, 20];

    /// <summary>Of what takes long to prepare.</summary>
    private static readonly int[] OneOrEight = [1, 8];

    /// <summary>After so long nobody is shown what was read before.</summary>
    private static readonly TimeSpan TooOld = TimeSpan.FromMinutes(1);

    private static readonly string[] Timers =
    [
        "BookingExpiry", "EventCompletion", "EventRefunds", "EventReminder", "HoldSweep", "Housekeeping", "Invariants", "LiveUpdates", "MailOutbox",
        "PaymentReconcile", "Popularity", "QueueDraw", "QueueTick", "RefundWorker", "SeatNews", "TransferExpiry", "WaitlistOffers", "WebhookInbox",
    ];

    /// <summary>In the order in which they are measured: idle timers first, while nothing is there that they could do.</summary>
    public IEnumerable<UseCase> All =>
    [
        .. Timers.Select(timer => Timer($"{timer}, idle", timer, Whatever, _ => Task.CompletedTask)),
        .. Visitors,
        .. Buyers,
        .. Holders,
        .. Queue,
        .. Office,
        .. BusyTimers,
    ];

    private UseCase[] Visitors =>
    [
        new("asks for a code", Whatever, _ => Now(() => app.Nobody.Post("/api/auth/email-otp/send", new { email = "late.comer@example.in" }))) { SendsMailAtOnce = true },
        new("signs in with a code", Whatever, async _ =>
        {
            const string Email = "code.reader@example.in";
            await app.SignIn(Email);
            await app.Advance(TimeSpan.FromMinutes(1));
            (await app.Nobody.Post("/api/auth/email-otp/send", new { email = Email })).Succeeded();
            var code = await app.Inbox.ExpectCode(Email, 1);
            return () => app.Nobody.Post("/api/auth/email-otp/verify", new { email = Email, code });
        }) { SendsMailAtOnce = true },
        new("signs in with a password", Whatever, async _ =>
        {
            await app.SignUp("knows_it", "knows.it@example.in", Password);
            return () => app.Nobody.Post("/api/auth/signin", new { username = "knows_it", password = Password });
        }),
        new("mistakes the password", Whatever, _ => Now(() => app.Nobody.Post("/api/auth/signin", new { username = "knows_it", password = "another" }))) { IsRefused = true },
        new("signs out", Whatever, async _ =>
        {
            var somebody = await app.NewBuyer();
            return () => somebody.Post("/api/auth/signout");
        }),
        new("remembers an event", Whatever, async _ =>
        {
            var (somebody, staged) = (await app.NewBuyer(), await Free());
            return () => somebody.Post($"/api/users/me/wishlist/{staged.Id}");
        }),
        new("looks at their preferences", Whatever, async _ =>
        {
            var somebody = await app.NewBuyer();
            return () => somebody.Get("/api/users/me/notifications/preferences");
        }),
        Reading("looks at the list of events", OneOrEight, staged => "/api/events?page_size=100"),
        Reading("searches", OneOrEight, staged => "/api/events/search?q=sitar&page_size=100"),
        Reading("looks at an event", Whatever, staged => $"/api/events/{staged.Id}"),
        Reading("looks at its categories", Whatever, staged => $"/api/events/{staged.Id}/categories"),
        new("looks at a seat map", TwoOrTwenty, async rows =>
        {
            var staged = await app.AnEvent(rows: rows, seatsPerRow: 20);
            return () => app.Nobody.Get($"/api/events/{staged.Id}/seats");
        }),
        new("looks what changed on a seat map", TwoOrTwenty, async seats =>
        {
            var staged = await app.AnEvent(rows: 2, seatsPerRow: 20, maxTicketsPerBooking: 50);
            var version = (await app.Nobody.Get($"/api/events/{staged.Id}/seats")).Succeeded()["version"].GetInt64();
            (await (await app.NewBuyer()).Adds(staged.Numbered, staged.Numbered.Seats[..seats])).Succeeded();
            await Quiet("SeatNews");
            await app.Advance(TooOld);
            return () => app.Nobody.Get($"/api/events/{staged.Id}/seats?since={version}");
        }),
    ];

    private UseCase[] Buyers =>
    [
        new("adds seats", OneOrFifty, async n =>
        {
            var (buyer, staged) = (await app.NewBuyer(), await House());
            return () => buyer.Adds(staged.Numbered, staged.Numbered.Seats[..n]);
        }),
        new("adds standing places", OneOrFifty, async n =>
        {
            var (buyer, staged) = (await app.NewBuyer(), await House());
            return () => buyer.Adds(staged.Standing, n);
        }),
        new("asks for the best seats", OneOrFifty, async n =>
        {
            var (buyer, staged) = (await app.NewBuyer(), await House());
            return () => buyer.Post($"/api/events/{staged.Id}/best-seats", new { seatCategoryId = staged.Numbered.CategoryId, quantity = n });
        }),
        WithCart("looks at the cart", (buyer, _) => buyer.Cart()),
        WithCart("changes how many", (buyer, cart) => buyer.Patch($"/api/cart/items/{Item(cart)}", new { quantity = 25 })),
        WithCart("takes a line out", (buyer, cart) => buyer.Delete($"/api/cart/items/{Item(cart)}")),
        WithCart("clears the cart", (buyer, _) => buyer.ClearsCart()),
        new("applies a promo code", OneOrFifty, async n =>
        {
            var (buyer, staged) = (await app.NewBuyer(), await House());
            (await buyer.Adds(staged.Standing, n)).Succeeded();
            var code = await app.ACode(new { kind = "percent", value = 10 });
            return () => buyer.Applies(code.Name);
        }),
        new("checks out", OneOrFifty, async n =>
        {
            var (buyer, staged) = (await app.NewBuyer(), await House());
            (await buyer.Adds(staged.Numbered, staged.Numbered.Seats[..n])).Succeeded();
            return () => buyer.ChecksOut();
        }),
        new("checks out with an idempotency key", OneOrFifty, async n =>
        {
            var buyer = await app.NewBuyer();
            (await buyer.Adds((await House()).Standing, n)).Succeeded();
            return () => buyer.Send(new HttpRequestMessage(HttpMethod.Post, "/api/cart/checkout") { Content = JsonContent.Create(new { }), Headers = { { "Idempotency-Key", "once" } } });
        }),
        new("creates an order", OneOrFifty, async n =>
        {
            var buyer = await app.NewBuyer();
            var booking = await buyer.Books((await House()).Standing, n);
            return () => buyer.CreatesOrder(booking);
        }),
        new("verifies a payment", OneOrFifty, async n =>
        {
            var buyer = await app.NewBuyer();
            var paid = buyer.Pays(await buyer.CreatesOrder(await buyer.Books((await House()).Standing, n)));
            return () => buyer.Verifies(paid);
        }),
        new("the gateway sends a webhook", OneOrFifty, async n =>
        {
            var (order, payment, paise) = await Paid(await app.NewBuyer(), await House(), n);
            return () => app.SendsWebhook("payment.captured", order, payment, paise);
        }),
        new("calls off a booking", OneOrFifty, async n =>
        {
            var (buyer, staged) = (await app.NewBuyer(), await House());
            var booking = (await buyer.Buys(staged.Numbered, staged.Numbered.Seats[..n])).Id;
            return () => buyer.Post($"/api/bookings/{booking}/cancel");
        }),
        new("joins the waiting list", OneOrEight, async n =>
        {
            var (buyer, standing) = (await app.NewBuyer(), await SoldOut(1));
            await app.LineUp(standing, Ones(n));
            return () => buyer.WaitsFor(standing);
        }),
    ];

    private UseCase[] Holders =>
    [
        new("looks at their bookings", OneOrEight, async n =>
        {
            var buyer = await app.NewBuyer();
            var standing = (await Free()).Standing;
            for (var booked = 0; booked < n; booked++)
            {
                await buyer.Books(standing);
            }

            return () => buyer.Get("/api/users/me/bookings?page_size=100");
        }),
        new("looks at their tickets", OneOrFifty, async n =>
        {
            var buyer = await app.NewBuyer();
            await buyer.Books((await Free()).Standing, n);
            return () => buyer.Get("/api/users/me/tickets?page_size=100");
        }),
        new("sends a ticket on", Whatever, async _ =>
        {
            var buyer = await app.NewBuyer();
            await buyer.Books((await Free()).Standing);
            var ticket = (await buyer.Tickets())[0].GetProperty("id").GetInt64();
            return () => buyer.Post($"/api/tickets/{ticket}/transfer", new { toEmail = "friend@example.in" });
        }),
        Offered("claims a ticket", (friend, token) => friend.Claims(token)),
        Offered("declines a ticket", (friend, token) => friend.Declines(token)),
        new("a gate scans a ticket", Whatever, async _ =>
        {
            var ticket = await app.Ticket(await House());
            var staff = await app.Administrator();
            return () => staff.Post("/api/tickets/mark-used", new { qrPayload = ticket.Qr, scanId = "one" });
        }),
        new("a gate uploads its scans", [1, 500], async n =>
        {
            var buyers = await app.NewBuyers(((n - 1) / 50) + 1);
            var standing = (await Free(standing: 500)).Standing;
            foreach (var buyer in buyers)
            {
                await buyer.Books(standing, Math.Min(n, 50));
            }

            var numbers = await app.Rows<string>("select ticket_number from ticket join booking on booking.id = booking_id where event_id = @EventId order by ticket.id", new { standing.EventId });
            var scans = numbers.Select((ticketNumber, at) => new { scanId = $"{n}-{at}", ticketNumber, scannedAt = app.Now }).ToArray();
            var staff = await app.Administrator();
            return () => staff.Post("/api/admin/check-in/sync", new { deviceId = "handheld", scans });
        }),
        new("a gate reads the manifest", OneOrFifty, async n =>
        {
            var standing = (await Free()).Standing;
            await (await app.NewBuyer()).Books(standing, n);
            var staff = await app.Administrator();
            return () => staff.Get($"/api/admin/check-in/events/{standing.EventId}/manifest");
        }),
    ];

    private UseCase[] Queue =>
    [
        InQueue("joins the queue", async (buyer, queued) =>
        {
            await app.Ticks();
            return () => buyer.Joins(queued);
        }),
        InQueue("looks at their place", async (buyer, queued) =>
        {
            (await buyer.Joins(queued)).Succeeded();
            await app.Ticks();
            return () => buyer.Place(queued);
        }),
        InQueue("leaves the queue", async (buyer, queued) =>
        {
            (await buyer.Joins(queued)).Succeeded();
            return () => buyer.Leaves(queued);
        }),
        InQueue("looks how long it is", (_, queued) => Now(() => app.Status(queued))),
    ];

    private UseCase[] Office =>
    [
        OfOffice("overview", _ => "/api/admin/dashboard/overview"),
        OfOffice("revenue", _ => "/api/admin/dashboard/revenue-chart"),
        OfOffice("newest bookings", n => $"/api/admin/dashboard/recent-bookings?limit={n}"),
        OfOffice("next events", n => $"/api/admin/dashboard/upcoming-events?limit={Math.Min(n, 20)}"),
        OfOffice("bookings", n => $"/api/admin/bookings?page_size={n}"),
        OfOffice("payments", n => $"/api/admin/payments?page_size={n}"),
        OfOffice("users", n => $"/api/admin/users?page_size={n}"),
        OfOffice("log", n => $"/api/admin/logs?page_size={n}"),
        new("the office gives money back", OneOrFifty, async n =>
        {
            var buyer = await app.NewBuyer();
            var booking = (await buyer.Buys((await House()).Standing, n)).Id;
            var payment = await app.Value<long>("select paid_by from booking where id = @booking", new { booking });
            var office = await app.Administrator();
            return () => office.Post($"/api/admin/payments/{payment}/refund", new { reason = "Rain" });
        }),
        new("the office uploads a picture", Whatever, async _ =>
        {
            var office = await app.Administrator();
            var picture = new ByteArrayContent(Pictures.Halves(20, 10, SKEncodedImageFormat.Png)) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
            return () => office.Send(new HttpRequestMessage(HttpMethod.Post, "/api/admin/uploads") { Content = new MultipartFormDataContent { { picture, "file", "picture.png" } } });
        }),
        new("the office makes seats", TwoOrTwenty, async n =>
        {
            var staged = await app.AnEvent(standing: 0);
            var office = await app.Administrator();
            return () => office.Post($"/api/admin/seats/event/{staged.Id}/bulk", new { categoryId = staged.Numbered.CategoryId, section = "East", rows = Enumerable.Range(1, n).Select(row => $"{row}"), seatsPerRow = 20 });
        }),
        new("the office cancels an event", OneOrEight, async n =>
        {
            var staged = await Sold(n);
            var office = await app.Administrator();
            return () => office.Post($"/api/admin/events/{staged.Id}/cancel");
        }),
    ];

    private UseCase[] BusyTimers =>
    [
        Timer("HoldSweep, n carts", "HoldSweep", TwoOrTwenty, async n =>
        {
            var standing = (await House()).Standing;
            foreach (var buyer in await app.NewBuyers(n))
            {
                (await buyer.Adds(standing, 2)).Succeeded();
            }

            await app.Advance(TimeSpan.FromMinutes(16));
        }),
        Timer("Popularity, n bookings", "Popularity", OneOrEight, async n =>
        {
            var standing = (await Free()).Standing;
            foreach (var buyer in await app.NewBuyers(n))
            {
                await buyer.Books(standing);
            }
        }),
        Timer("BookingExpiry, n bookings never ordered", "BookingExpiry", OneOrEight, async n =>
        {
            await Booked(n);
            await app.Advance(TimeSpan.FromMinutes(16));
        }),
        Timer("BookingExpiry, n bookings with an order", "BookingExpiry", OneOrEight, async n =>
        {
            foreach (var (buyer, booking) in await Booked(n))
            {
                (await buyer.CreatesOrder(booking)).Succeeded();
            }

            await app.Advance(TimeSpan.FromMinutes(16));
        }),
        Timer("PaymentReconcile, n orders unpaid", "PaymentReconcile", OneOrEight, async n =>
        {
            foreach (var (buyer, booking) in await Booked(n))
            {
                (await buyer.CreatesOrder(booking)).Succeeded();
            }

            await app.Advance(TimeSpan.FromMinutes(3));
        }),
        Timer("PaymentReconcile, n orders paid unheard", "PaymentReconcile", OneOrEight, async n =>
        {
            var house = await House();
            foreach (var buyer in await app.NewBuyers(n))
            {
                await Paid(buyer, house, 1);
            }

            await app.Advance(TimeSpan.FromMinutes(3));
        }),
        Timer("WebhookInbox, n payments", "WebhookInbox", OneOrEight, async n =>
        {
            var house = await House();
            foreach (var buyer in await app.NewBuyers(n))
            {
                var (order, payment, paise) = await Paid(buyer, house, 1);
                await app.Execute(
                    "insert into webhook_event (event_key, event_type, body, received_at, next_attempt_at) values (@payment, 'payment.captured', @body, @now, @now)",
                    new { payment, body = GatewaySteps.Webhook(app, "payment.captured", order, payment, paise), now = app.Now.UtcDateTime });
            }
        }),
        Timer("EventRefunds, n bookings", "EventRefunds", OneOrEight, async n => await Cancelled(await Sold(n))),
        Timer("RefundWorker, n to be sent", "RefundWorker", OneOrEight, async n =>
        {
            await Cancelled(await Sold(n));
            await app.RunTimer("EventRefunds");
        }),
        Timer("MailOutbox, n mails", "MailOutbox", OneOrEight, Offers),
        Timer("TransferExpiry, n offers", "TransferExpiry", OneOrEight, async n =>
        {
            await Offers(n);
            await app.Advance(TimeSpan.FromHours(25));
        }),
        Timer("EventReminder, n holders", "EventReminder", OneOrEight, async n =>
        {
            var standing = (await app.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(20))).Standing;
            foreach (var buyer in await app.NewBuyers(n))
            {
                await buyer.Books(standing);
            }
        }),
        Timer("EventCompletion, n events", "EventCompletion", OneOrEight, async n =>
        {
            await app.Advance(TimeSpan.FromDays(60));
            await Quiet("EventCompletion");
            for (var ended = 0; ended < n; ended++)
            {
                await app.AnEvent(rows: 0, standing: 1, starts: TimeSpan.FromHours(2));
            }

            await app.Advance(TimeSpan.FromHours(9));
        }),
        Timer("LiveUpdates, n pushes", "LiveUpdates", OneOrEight, async n =>
        {
            var standing = (await Free()).Standing;
            foreach (var buyer in await app.NewBuyers(n))
            {
                await buyer.Books(standing);
            }
        }),
        Timer("SeatNews, n seats", "SeatNews", TwoOrTwenty, async n =>
        {
            var staged = await House();
            await Quiet("SeatNews");
            (await (await app.NewBuyer()).Adds(staged.Numbered, staged.Numbered.Seats[..n])).Succeeded();
        }),
        Timer("WaitlistOffers, n wait for nothing", "WaitlistOffers", OneOrEight, async n => await app.LineUp(await SoldOut(1), Ones(n))),
        Timer("WaitlistOffers, n are offered something", "WaitlistOffers", OneOrEight, async n =>
        {
            await app.NobodyWaits();
            var standing = await SoldOut(n);
            await app.LineUp(standing, Ones(n));
            await app.Advance(TimeSpan.FromMinutes(16));
        }),
        Timer("QueueTick, n wait", "QueueTick", TwoOrTwenty, async n =>
        {
            var queued = await Room(batch: 1);
            await app.Crowd(queued, n);
            await app.Ticks();
            await app.Ticks();
        }),
        Timer("QueueTick, n are let in", "QueueTick", TwoOrTwenty, async n => await app.Crowd(await Room(batch: 50), n)),
        Timer("Housekeeping, n of what is over", "Housekeeping", TwoOrTwenty, n =>
            app.Execute("insert into rate_counter (key, hits, resets_at) select 'over ' || number, 1, @over from generate_series(1, @n) as number", new { n, over = app.Now.AddDays(-1).UtcDateTime })),
    ];

    private UseCase Timer(string name, string timer, int[] sizes, Func<int, Task> prepare) => new(name, sizes, async n =>
    {
        await Quiet(timer);
        await prepare(n);
        return () => app.RunTimer(timer);
    });

    private UseCase Reading(string name, int[] sizes, Func<StagedEvent, string> path) => new(name, sizes, async n =>
    {
        var staged = await app.AnEvent();
        for (var others = 1; others < n; others++)
        {
            await app.AnEvent(rows: 0, standing: 5);
        }

        (await app.Nobody.Get(path(staged))).Succeeded();
        await app.Advance(TooOld);
        return () => app.Nobody.Get(path(staged));
    });

    private UseCase WithCart(string name, Func<Person, Answer, Task<Answer>> step) => new(name, OneOrFifty, async n =>
    {
        var (buyer, staged) = (await app.NewBuyer(), await House());
        var cart = (await buyer.Adds(staged.Standing, n)).Succeeded();
        return () => step(buyer, cart);
    });

    private UseCase Offered(string name, Func<Person, string, Task<Answer>> step) => new(name, Whatever, async _ =>
    {
        var (sender, friend) = (await app.NewBuyer(), await app.NewBuyer());
        await sender.Books((await Free()).Standing);
        var token = await sender.Sends((await sender.Tickets())[0].GetProperty("id").GetInt64(), friend.Email);
        return () => step(friend, token);
    });

    private UseCase InQueue(string name, Func<Person, StagedEvent, Task<Func<Task<Answer>>>> prepare) => new(name, [10, 1_000], async n =>
    {
        var (buyer, queued) = (await app.NewBuyer(), await Room(batch: 1));
        await app.Crowd(queued, n);
        return await prepare(buyer, queued);
    });

    /// <summary>At a page of one and at a page of fifty.</summary>
    private UseCase OfOffice(string name, Func<int, string> path) => new($"the office looks: {name}", OneOrFifty, async n =>
    {
        var office = await app.Administrator();
        await app.Advance(TooOld);
        return () => office.Get(path(n));
    });

    private static Task<Func<Task<Answer>>> Now(Func<Task<Answer>> step) => Task.FromResult(step);

    private static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];

    private static string Item(Answer cart) => cart["items"][0].GetProperty("id").GetRawText();

    /// <summary>Nothing is left for it to do, of what others have left.</summary>
    private async Task Quiet(string timer)
    {
        await CloseRooms();
        await app.Execute("update gateway_order set next_look_at = null");
        await app.Execute("update mail set next_attempt_at = next_attempt_at + interval '1 year'");
        await app.RunTimer(timer);
        await app.RunTimer(timer);
    }

    private async Task CloseRooms()
    {
        foreach (var eventId in await app.Rows<long>("select id from event where queue_enabled and status <> 'cancelled'"))
        {
            (await (await app.Administrator()).Post($"/api/admin/events/{eventId}/cancel")).Succeeded();
        }
    }

    private Task<StagedEvent> House() => app.AnEvent(rows: 4, seatsPerRow: 20, standing: 60, maxTicketsPerBooking: 50);

    /// <summary>Of which bookings are confirmed at once.</summary>
    private Task<StagedEvent> Free(int standing = 60) => app.AnEvent(rows: 0, standing: standing, price: 0m, maxTicketsPerBooking: 50);

    private async Task<StagedEvent> Room(int batch)
    {
        await CloseRooms();
        return await app.AnEvent(rows: 0, standing: 60, queue: new(BatchSize: batch));
    }

    /// <summary>Somebody has all of it in a cart.</summary>
    private async Task<StandingPlaces> SoldOut(int places)
    {
        var standing = (await app.AnEvent(rows: 0, standing: places, maxTicketsPerBooking: 50)).Standing;
        (await (await app.NewBuyer()).Adds(standing, places)).Succeeded();
        return standing;
    }

    private async Task<(Person Buyer, long Booking)[]> Booked(int bookings)
    {
        var standing = (await House()).Standing;
        var booked = new List<(Person, long)>();
        foreach (var buyer in await app.NewBuyers(bookings))
        {
            booked.Add((buyer, await buyer.Books(standing)));
        }

        return [.. booked];
    }

    /// <summary>So many bookings that were paid.</summary>
    private async Task<StagedEvent> Sold(int bookings)
    {
        var house = await House();
        foreach (var buyer in await app.NewBuyers(bookings))
        {
            await buyer.Buys(house.Standing);
        }

        return house;
    }

    private async Task Cancelled(StagedEvent staged) => (await (await app.Administrator()).Post($"/api/admin/events/{staged.Id}/cancel")).Succeeded();

    /// <summary>Paid, and only the gateway knows.</summary>
    private static async Task<(string Order, string Payment, long Paise)> Paid(Person buyer, StagedEvent house, int tickets)
    {
        var order = await buyer.CreatesOrder(await buyer.Books(house.Standing, tickets));
        return (order["orderId"].GetString()!, buyer.Pays(order).RazorpayPaymentId, order["amount"].GetInt64());
    }

    private async Task Offers(int offers)
    {
        await Quiet("MailOutbox");
        var buyer = await app.NewBuyer();
        await buyer.Books((await Free()).Standing, offers);
        await app.RunTimer("MailOutbox");
        foreach (var ticket in await buyer.Tickets())
        {
            (await buyer.Post($"/api/tickets/{ticket.GetProperty("id")}/transfer", new { toEmail = "friend@example.in" })).Succeeded();
        }
    }
}

/// <param name="Name">What is done.</param>
/// <param name="Sizes">With how many of something it is measured: two numbers, or a zero where there is nothing to count.</param>
/// <param name="Prepare">Everything up to the one step that is measured.</param>
internal sealed record UseCase(string Name, int[] Sizes, Func<int, Task<Func<Task<Answer>>>> Prepare)
{
    /// <summary>Then the mail is on its way while the statements are counted, and those that it costs come when they come: they are left out.</summary>
    public bool SendsMailAtOnce { get; init; }

    public bool IsRefused { get; init; }
}
