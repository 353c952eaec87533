using System.Globalization;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests;

/// <summary>Somebody signed in, and what they do, step by step.</summary>
public sealed class Person : Conversation
{
    private readonly ZoniqApp app;

    private Person(ZoniqApp app, string token, long id, string username, string email)
        : base(app, token) =>
        (this.app, Id, Username, Email) = (app, id, username, email);

    public long Id { get; }

    public string Username { get; }

    public string Email { get; }

    /// <summary>The same person at another instance.</summary>
    public Person At(ZoniqApp instance) => new(instance, Token!, Id, Username, Email);

    /// <summary>Puts standing places into the cart.</summary>
    public Task<Answer> Adds(StandingPlaces places, int quantity = 1) => Adds(places.EventId, places.CategoryId, quantity);

    public Task<Answer> Adds(long eventId, long categoryId, int quantity = 1) =>
        Post("/api/cart/items", new { eventId, seatCategoryId = categoryId, quantity });

    /// <summary>Puts these very seats into the cart.</summary>
    public Task<Answer> Adds(long eventId, long categoryId, params long[] seats) =>
        Post("/api/cart/items", new { eventId, seatCategoryId = categoryId, seatIds = seats });

    public Task<Answer> Adds(NumberedSeats from, params long[] seats) => Adds(from.EventId, from.CategoryId, seats);

    public Task<Answer> Cart() => Get("/api/cart/current");

    public Task<Answer> ClearsCart(long? eventId = null) => Delete(eventId is null ? "/api/cart/clear" : $"/api/cart/clear?event_id={eventId}");

    public Task<Answer> ChecksOut(long? eventId = null, object? contact = null) =>
        Post(eventId is null ? "/api/cart/checkout" : $"/api/cart/checkout?event_id={eventId}", contact ?? new { });

    public Task<Answer> CreatesOrder(long bookingId) => Post("/api/payments/create-order", new { bookingId });

    /// <summary>What they do on the gateway's sheet: <c>success</c>, <c>fail</c>, <c>authorized</c> or <c>late</c>. What it returns is for <see cref="Verifies"/>.</summary>
    public SandboxCheckout Pays(Answer order, string outcome = "success", string method = "upi") =>
        Pays(order.Succeeded()["orderId"].GetString()!, outcome, method);

    public SandboxCheckout Pays(string orderId, string outcome = "success", string method = "upi") =>
        app.Razorpay.Pay(orderId, method, outcome) is var (sheet, refused) && sheet is not null ? sheet : throw new InvalidOperationException(refused!.Description);

    public Task<Answer> Verifies(SandboxCheckout paid) =>
        Post("/api/payments/verify", new { paid.RazorpayOrderId, paid.RazorpayPaymentId, paid.RazorpaySignature });

    public Task<Answer> Booking(long bookingId) => Get($"/api/bookings/{bookingId}");

    public Task<Answer> Joins(StagedEvent queued) => Post($"/api/queue/{queued.Id}/join");

    /// <summary>Asks for their place in the queue.</summary>
    public Task<Answer> Place(StagedEvent queued) => Get($"/api/queue/{queued.Id}/position");

    public Task<Answer> Leaves(StagedEvent queued) => Delete($"/api/queue/{queued.Id}/leave");

    /// <summary>A booking that waits for its money.</summary>
    public async Task<long> Books(StandingPlaces places, int quantity = 1)
    {
        (await Adds(places, quantity)).Succeeded();
        return (await ChecksOut(places.EventId)).Succeeded(201).Id;
    }

    public async Task<long> Books(NumberedSeats from, params long[] seats)
    {
        (await Adds(from, seats)).Succeeded();
        return (await ChecksOut(from.EventId)).Succeeded(201).Id;
    }

    /// <summary>A whole purchase: the answer is the confirmed booking.</summary>
    public async Task<Answer> Buys(StandingPlaces places, int quantity = 1) => await PaysFor(await Books(places, quantity));

    public async Task<Answer> Buys(NumberedSeats from, params long[] seats) => await PaysFor(await Books(from, seats));

    /// <summary>Order, payment, verification: the answer is the confirmed booking.</summary>
    public async Task<Answer> PaysFor(long bookingId)
    {
        var paid = Pays(await CreatesOrder(bookingId));
        (await Verifies(paid)).Succeeded(200);
        var booking = (await Booking(bookingId)).Succeeded(200);
        Assert.Equal("confirmed", booking["status"].GetString());
        return booking;
    }

    /// <summary>The tickets held.</summary>
    public async Task<JsonElement[]> Tickets() =>
        [.. (await Get("/api/users/me/tickets?page_size=100")).Succeeded()["tickets"].EnumerateArray()];

    /// <summary>Sends a ticket to an address; what it returns is the secret in the mail, as long as that waits to be sent.</summary>
    public async Task<string> Sends(long ticketId, string toEmail, string? message = null)
    {
        var offered = (await Post($"/api/tickets/{ticketId}/transfer", new { toEmail, message })).Succeeded(200);
        return await app.Value<string>("select data->>'code' from mail where cause = @cause", new { cause = $"transfer:{offered["transferId"]}" });
    }

    public Task<Answer> Claims(string transferToken) => Post("/api/tickets/claim", new { transferToken });

    public Task<Answer> Declines(string transferToken) => Post("/api/tickets/decline", new { transferToken });

    /// <summary>Passes a ticket on: it is offered and claimed.</summary>
    public async Task Gives(long ticketId, Person to) => (await to.Claims(await Sends(ticketId, to.Email))).Succeeded(200);

    /// <summary>Whom the answer of a sign-in is about.</summary>
    internal static Person From(ZoniqApp app, Answer signedIn)
    {
        var account = signedIn["authorizedAccount"];
        return new Person(
            app, account.GetProperty("token").GetString()!, signedIn.Id, account.GetProperty("username").GetString()!, account.GetProperty("email").GetString()!);
    }

    /// <summary>Verified accounts in one statement, and their tokens signed with the app's own secret.</summary>
    internal static async Task<Person[]> CreateAsync(ZoniqApp app, string[] emails, string role)
    {
        var now = app.Now;
        var usernames = emails.Select(email => email[..email.IndexOf('@')]).ToArray();
        var ids = await app.Rows<long>(
            """
            insert into account (username, email, role, is_verified, tokens_valid_from, created_at)
            select   username, email, @role, true, date_trunc('second', @now), @now
            from     unnest(@usernames, @emails) with ordinality as people (username, email, place)
            order by place
            returning id
            """,
            new { usernames, emails, role, now = now.UtcDateTime });
        return [.. ids.Select((id, at) => new Person(app, TokenOf(id, usernames[at], emails[at], role, now), id, usernames[at], emails[at]))];
    }

    /// <summary>A token as the app would sign it; for tests of wrong ones too.</summary>
    public static string TokenOf(long id, string username, string email, string role, DateTimeOffset now, TimeSpan? lifetime = null, string secret = ZoniqApp.JwtSecret) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                ["sub"] = id.ToString(CultureInfo.InvariantCulture),
                ["username"] = username,
                ["email"] = email,
                ["role"] = role,
                ["jti"] = Guid.NewGuid().ToString(),
            },
            IssuedAt = now.UtcDateTime,
            Expires = (now + (lifetime ?? TimeSpan.FromDays(7))).UtcDateTime,
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(secret)), SecurityAlgorithms.HmacSha256),
        });
}
