namespace Zoniq.Tests.Bookings;

/// <summary>Bookings as their buyers read them.</summary>
public sealed class BookingTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_booking_is_found_by_id_and_by_its_number_however_that_is_typed_and_by_nobody_else()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = (await asha.Booking(await asha.Books(staged.Numbered, staged.Numbered.Seats[..2]))).Succeeded();
        var number = booking["bookingNumber"].GetString()!;

        var typed = number[..^6].ToLowerInvariant() + number[^6..].Replace('1', 'l').Replace('0', 'o');
        Assert.Equal(booking.Id, (await asha.Get($"/api/bookings/number/{typed}")).Succeeded().Id);
        (await ravi.Booking(booking.Id)).Refused(404, "booking.not_found");
        (await ravi.Get($"/api/bookings/number/{number}")).Refused(404, "booking.not_found");
        Assert.Equal(2, booking["items"].GetArrayLength());
        Assert.Equal("0.00", booking["refundableAmount"].GetRawText());
    }

    [Fact]
    public async Task Ones_bookings_come_in_pages_newest_first()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var ids = new List<long>();

        for (var at = 0; at < 3; at++)
        {
            ids.Insert(0, await asha.Books(staged.Standing, 1));
        }

        var first = (await asha.Get("/api/users/me/bookings?page=1&page_size=2")).Succeeded();
        var second = (await asha.Get("/api/users/me/bookings?page=2&page_size=2")).Succeeded();
        Assert.Equal(ids, first["bookings"].EnumerateArray().Concat(second["bookings"].EnumerateArray()).Select(booking => booking.GetProperty("id").GetInt64()));
        Assert.Equal(3, first["total"].GetInt32());
        Assert.Equal(0, (await asha.Get("/api/users/me/bookings?status=confirmed")).Succeeded()["total"].GetInt32());
        (await asha.Get("/api/users/me/bookings?status=lost")).RefusedField("status");
        (await asha.Get("/api/users/me/bookings?page=0")).RefusedField("page");
        (await asha.Get("/api/users/me/bookings?page=first")).Refused(400, "request.invalid_parameter");
    }

    [Fact]
    public async Task The_number_carries_the_date_at_the_venue()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();

        var booking = (await asha.Booking(await asha.Books(staged.Standing, 1))).Succeeded();

        var inMumbai = TimeZoneInfo.ConvertTime(booking["createdAt"].GetDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata"));
        Assert.Equal(inMumbai.ToString("yyyyMMdd"), booking["bookingNumber"].GetString()!.Split('-')[1]);
    }

    [Fact]
    public async Task Ones_bookings_can_be_narrowed_to_a_status_and_the_total_is_that_of_what_fits()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var expired = await asha.Books(staged.Standing, 1);
        await App.Advance(TimeSpan.FromMinutes(15));
        await App.RunTimer("BookingExpiry");
        var cancelled = (await asha.Buys(staged.Standing, 2)).Id;
        (await asha.Post($"/api/bookings/{cancelled}/cancel")).Succeeded();
        var confirmed = (await asha.Buys(staged.Standing, 3)).Id;
        var pending = await asha.Books(staged.Standing, 1);
        await ravi.Books(staged.Standing, 1);

        foreach (var (status, id, tickets) in new[] { ("expired", expired, 1), ("cancelled", cancelled, 2), ("confirmed", confirmed, 3), ("pending", pending, 1) })
        {
            var page = (await asha.Get($"/api/users/me/bookings?status={status}")).Succeeded();
            var booking = Assert.Single(page["bookings"].EnumerateArray().ToArray());
            Assert.Equal((id, status, tickets, 1), (booking.GetProperty("id").GetInt64(), booking.GetProperty("status").GetString(), booking.GetProperty("ticketCount").GetInt32(), page["total"].GetInt32()));
            Assert.False(booking.TryGetProperty("items", out _));
        }

        var all = (await asha.Get("/api/users/me/bookings?page=2&page_size=3")).Succeeded();
        Assert.Equal((4, 1), (all["total"].GetInt32(), all["bookings"].GetArrayLength()));
        Assert.Equal(0, (await asha.Get("/api/users/me/bookings?page=3&page_size=3")).Succeeded()["bookings"].GetArrayLength());
        (await asha.Get("/api/users/me/bookings?page_size=101")).RefusedField("page_size");
    }
}
