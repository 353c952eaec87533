namespace Zoniq.Tests.Administration;

/// <summary>Sales by day and category add up to what the event brought in, to the paisa.</summary>
public sealed class EventSalesTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_rows_are_the_revenue_whatever_was_discounted_and_given_back()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 10, standing: 60, price: 333.33m);
        (await administrator.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { price = 99.99m })).Succeeded();
        (await administrator.Post("/api/admin/promo-codes", new { code = "ODD-PAISE", kind = "percent", value = 7.77m, eventId = staged.Id })).Succeeded(201);
        for (var day = 0; day < 3; day++)
        {
            for (var number = 0; number < 4; number++)
            {
                var buyer = await App.NewBuyer();
                (await buyer.Adds(staged.Standing, 1 + number)).Succeeded();
                (await buyer.Adds(staged.Numbered, staged.Numbered.Seats[(day * 4) + number])).Succeeded();
                if (number % 2 == 0)
                {
                    (await buyer.Post($"/api/cart/promo?event_id={staged.Id}", new { code = "odd-paise" })).Succeeded();
                }

                var booked = await buyer.PaysFor((await buyer.ChecksOut()).Succeeded(201).Id);
                if (number % 3 == 0)
                {
                    var payment = await App.Value<long>("select paid_by from booking where id = @Id", new { booked.Id });
                    (await administrator.Post($"/api/admin/payments/{payment}/refund", new { amount = 10_001 + number, reason = "A column stood in the way." })).Succeeded(201);
                }
            }

            await App.Advance(TimeSpan.FromDays(1));
        }

        administrator = await App.Administrator();
        var sales = (await administrator.Get($"/api/admin/bookings/event/{staged.Id}/sales")).Succeeded();
        var stats = (await administrator.Get($"/api/admin/bookings/stats?event_id={staged.Id}")).Succeeded();

        var rows = sales["rows"].EnumerateArray().ToArray();
        Assert.Equal(6, rows.Length);
        Assert.Equal(stats["revenue"].GetDecimal(), rows.Sum(row => row.GetProperty("revenue").GetDecimal()));
        Assert.Equal(stats["ticketsSold"].GetInt64(), rows.Sum(row => row.GetProperty("tickets").GetInt64()));
        Assert.True(stats["revenue"].GetDecimal() > 0);
        Assert.Equal(
            await App.Rows<(string, string, long)>(
                """
                select   to_char((booking.confirmed_at at time zone 'Asia/Kolkata')::date, 'YYYY-MM-DD'), seat_category.name, count(*)
                from     booking
                join     ticket on ticket.booking_id = booking.id
                join     seat_category on seat_category.id = ticket.category_id
                where    booking.event_id = @Id
                group by 1, 2
                order by 1, 2
                """,
                new { staged.Id }),
            rows.Select(row => (row.GetProperty("date").GetString()!, row.GetProperty("categoryName").GetString()!, row.GetProperty("tickets").GetInt64())).Order());
        Assert.All(rows, row => Assert.InRange(
            row.GetProperty("revenue").GetDecimal() / row.GetProperty("tickets").GetInt64(),
            row.GetProperty("seatCategoryId").GetInt64() == staged.Standing.CategoryId ? 60m : 250m,
            row.GetProperty("seatCategoryId").GetInt64() == staged.Standing.CategoryId ? 100m : 334m));
        var file = await administrator.Get($"/api/admin/bookings/event/{staged.Id}/sales?format=csv");
        Assert.Equal(7, file.Succeeded(200).Text.TrimEnd().Split("\r\n").Length);
        Assert.StartsWith("\uFEFFdate,seatCategoryId,categoryName,tickets,revenue\r\n", file.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_is_not_there_has_no_sales_and_one_that_sold_nothing_no_rows()
    {
        var administrator = await App.Administrator();

        (await administrator.Get("/api/admin/bookings/event/987654321/sales")).Refused(404, "event.not_found");
        (await administrator.Get("/api/admin/bookings/event/987654321/sales?format=csv")).Refused(404, "event.not_found");
        Assert.Empty((await administrator.Get($"/api/admin/bookings/event/{(await App.AnEvent()).Id}/sales")).Succeeded()["rows"].EnumerateArray());
    }
}
