using MimeKit;
using Zoniq.Domain;
using Zoniq.Domain.Notifications;

namespace Zoniq.Tests.Notifications;

public sealed class MailTextTests
{
    private static readonly Addressee Asha = new(7, "asha@example.in");

    private static readonly BookingMail Booking = new()
    {
        BookingNumber = "ZNQ-20251206-7K3M9Q",
        EventTitle = "अरिजीत सिंह <b>& friends</b>",
        EventDate = new(2025, 12, 6, 14, 0, 0, TimeSpan.Zero),
        EventEndDate = new(2025, 12, 6, 17, 30, 0, TimeSpan.Zero),
        TimeZone = "Asia/Kolkata",
        VenueName = "Siri Fort Auditorium",
        VenueAddress = "August Kranti Marg, New Delhi",
        Amount = new(1234567_89),
        HolderName = "O'Brien <script>alert(1)</script>",
        Seats = [new("Gold", "A1"), new("Gold", "A2"), new("Standing"), new("Standing")],
    };

    [Fact]
    public async Task A_confirmation_has_everything_needed_at_the_gate()
    {
        var mail = await Delivered(Mails.BookingConfirmed(Asha, 42, Booking));

        Assert.Equal("Booking Confirmed - अरिजीत सिंह <b>& friends</b> | ZONIQ", mail.Subject);
        foreach (var fact in (string[])
            ["ZNQ-20251206-7K3M9Q", "Saturday, 6 December 2025", "7:30 PM – 11:00 PM IST", "Siri Fort Auditorium", "New Delhi", "Gold: A1, A2", "Standing: 2 places", "₹12,34,567.89", "https://zoniq.example/bookings/ZNQ-20251206-7K3M9Q"])
        {
            Assert.Contains(fact, mail.TextBody);
            Assert.Contains(fact, mail.HtmlBody);
        }

        Assert.Equal(
            [("tickets-of-42.pdf", "application/pdf"), ("calendar-of-42.ics", "text/calendar")],
            mail.Attachments.Select(attachment => (attachment.ContentDisposition?.FileName, attachment.ContentType.MimeType)));
    }

    [Fact]
    public async Task What_people_wrote_is_text_and_never_markup()
    {
        var mail = await Delivered(Mails.BookingConfirmed(Asha, 42, Booking));

        Assert.DoesNotContain("<script", mail.HtmlBody);
        Assert.DoesNotContain("<b>", mail.HtmlBody);
        Assert.Contains("अरिजीत सिंह &lt;b&gt;&amp; friends&lt;/b&gt;", mail.HtmlBody);
    }

    [Fact]
    public async Task Short_names_with_hyphens_stay_in_one_line_and_are_text_all_the_same()
    {
        var mail = await Delivered(Mails.BookingConfirmed(Asha, 42, Booking with { Seats = [new("Gold", "Balcony-A1"), new("Gold", "<b>-A2")] }));

        Assert.Contains(""">ZNQ-20251206-7K3M9Q</span>""", mail.HtmlBody);
        Assert.Contains("""Gold: <span style="white-space:nowrap;">Balcony-A1,</span> <span style="white-space:nowrap;">&lt;b&gt;-A2</span>""", mail.HtmlBody);
        Assert.Contains("Gold: Balcony-A1, <b>-A2", mail.TextBody);
    }

    [Fact]
    public async Task A_line_break_in_a_title_adds_no_header()
    {
        var mail = await Delivered(Mails.BookingExpired(Asha, 42, Booking with { EventTitle = "Sitar\r\nBcc: everybody@example.in" }));

        Assert.Equal("Booking Expired - Sitar  Bcc: everybody@example.in | ZONIQ", mail.Subject);
        Assert.Empty(mail.Bcc);
    }

    [Fact]
    public async Task A_code_is_in_the_mail_but_not_in_its_subject()
    {
        var mail = await Delivered(Mails.Code("asha@example.in", null, "048213", "sign in to ZONIQ", Guid.NewGuid(), DateTimeOffset.MaxValue));

        Assert.Equal("Your ZONIQ verification code", mail.Subject);
        Assert.All([mail.TextBody, mail.HtmlBody], body =>
        {
            Assert.Contains("048213", body);
            Assert.Contains("sign in to ZONIQ", body);
            Assert.Contains("10 minutes", body);
        });
    }

    [Fact]
    public async Task Every_mail_about_money_says_what_happens_to_it()
    {
        var paid = await Delivered(Mails.PaymentConfirmed(Asha, 7, new Money(500000), "pay_Mx81hJ2kL0aBcD", Booking));
        var failed = await Delivered(Mails.PaymentFailed(Asha, 7, new(2025, 11, 23, 6, 0, 0, TimeSpan.Zero), Booking));
        var returned = await Delivered(Mails.PaymentReturned(Asha, 7, new Money(500000), Booking));
        var cancelled = await Delivered(Mails.BookingCancelled(Asha, 42, null, Booking));

        Assert.StartsWith("Payment Confirmed - ", paid.Subject);
        Assert.Contains("₹5,000.00", paid.TextBody);
        Assert.Contains("pay_Mx81hJ2kL0aBcD", paid.TextBody);
        Assert.StartsWith("Payment Failed - ", failed.Subject);
        Assert.Contains("11:30 AM IST on Sunday, 23 November 2025", failed.TextBody);
        Assert.StartsWith("Payment Returned - ", returned.Subject);
        Assert.Contains("₹5,000.00", returned.TextBody);
        Assert.StartsWith("Booking Cancelled - ", cancelled.Subject);
        Assert.Contains("Refund:     None", cancelled.TextBody);
    }

    [Theory]
    [InlineData(ReturnReason.PaidTwice, "stands and had been paid before")]
    [InlineData(ReturnReason.EventCancelled, "the event had been cancelled")]
    [InlineData(ReturnReason.PaidTooLate, "could no longer be kept")]
    [InlineData(null, "could no longer be kept")]
    public async Task Money_that_goes_back_says_why(string? reason, string words)
    {
        var mail = await Delivered(Mails.PaymentReturned(Asha, 7, new Money(500000), Booking, reason));

        Assert.Contains(words, mail.TextBody);
    }

    [Fact]
    public async Task Only_mails_that_can_be_switched_off_say_where()
    {
        const string where = "https://zoniq.example/settings/notifications";
        Mail[] optional =
        [
            Mails.BookingConfirmed(Asha, 42, Booking), Mails.BookingCancelled(Asha, 42, null, Booking), Mails.BookingExpired(Asha, 42, Booking),
            Mails.PaymentConfirmed(Asha, 7, new Money(500000), "pay_1", Booking), Mails.PaymentFailed(Asha, 7, DateTimeOffset.UnixEpoch, Booking),
        ];
        Mail[] always = [Mails.PaymentReturned(Asha, 7, new Money(500000), Booking), Mails.EventCancelled(Asha, 42, new Money(500000), Booking), Mails.Welcome("asha@example.in", 7, "asha")];

        foreach (var mail in optional)
        {
            Assert.Contains(where, (await Delivered(mail)).HtmlBody);
        }

        foreach (var mail in always)
        {
            Assert.DoesNotContain(where, (await Delivered(mail)).HtmlBody);
        }
    }

    [Fact]
    public async Task Times_are_those_of_the_events_own_zone()
    {
        var mail = await Delivered(Mails.BookingExpired(Asha, 42, Booking with { TimeZone = "Asia/Dubai", EventEndDate = null }));

        Assert.Contains("6:00 PM UTC+04:00", mail.TextBody);
    }

    /// <summary>As the recipient's mail program reads it.</summary>
    private static async Task<MimeMessage> Delivered(Mail mail)
    {
        var composer = new MailComposer(
            new MailOptions { FromEmail = "tickets@zoniq.example", FromName = "ZONIQ", FrontendUrl = "https://zoniq.example" }, [new Files("tickets", "pdf", "application/pdf"), new Files("calendar", "ics", "text/calendar")]);
        using var composed = await composer.ComposeAsync(
            new OutboxMail { Id = 1, Template = mail.Template, Recipient = mail.Recipient, Data = mail.Data.ToJsonString(), CreatedAt = DateTimeOffset.UnixEpoch },
            CancellationToken.None);

        using var stream = new MemoryStream();
        await composed.WriteToAsync(stream);
        stream.Position = 0;
        return await MimeMessage.LoadAsync(stream);
    }

    private sealed class Files(string kind, string extension, string contentType) : IAttachmentSource
    {
        public string Kind => kind;

        public Task<IReadOnlyList<MailAttachment>> MakeAsync(long id, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<MailAttachment>>([new($"{kind}-of-{id}.{extension}", contentType, [0x25, 0x50, 0x44, 0x46])]);
    }
}
