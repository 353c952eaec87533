using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>Whatever else happens to a ticket at the moment it is claimed, there is one outcome, and both parties are told of that one.</summary>
public sealed class TransferRaceTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string TheTicket = "select from ticket where id = @Ticket for update";
    private const string TheOffer = "select from ticket_transfer where id = @Transfer for update";

    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task Of_twenty_claims_at_once_one_has_the_ticket()
    {
        var offer = await Offered();
        await using var another = await App.StartAnother();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(at => Busy.Retried(() => offer.Ravi.At(at % 2 == 0 ? App : another).Claims(offer.Token))));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "transfer.not_pending"));
        await IsClaimed(offer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_and_the_sender_taking_it_back(bool claimIsFirst)
    {
        var offer = await Offered();

        var answers = await InTurn(claimIsFirst, offer, TheOffer, () => offer.Asha.Post($"/api/tickets/transfers/{offer.Transfer}/cancel"));

        await OneOf(answers, claimIsFirst, offer, "cancelled", "transfer.not_pending", "transfer.not_pending");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_and_its_claimant_declining_it_in_another_window(bool claimIsFirst)
    {
        var offer = await Offered();

        var answers = await InTurn(claimIsFirst, offer, TheOffer, () => offer.Ravi.Declines(offer.Token));

        await OneOf(answers, claimIsFirst, offer, "declined", "transfer.not_pending", "transfer.not_pending");
    }

    /// <summary>What they had offered before ends with the block; what is offered at that moment must not be forgotten.</summary>
    [Fact]
    public async Task Who_is_being_blocked_offers_nothing_more()
    {
        var asha = await App.NewBuyer();
        var booking = await asha.Buys((await App.AnEvent()).Standing);
        await using var office = await InTheMiddle.Of(App, "update account set is_blocked = true where id = @Id", new { asha.Id });

        var offering = asha.Post($"/api/tickets/{booking["items"][0].GetProperty("id").GetInt64()}/transfer", new { toEmail = "friend@example.in" });
        await office.IsWaitedFor();
        await office.Commits();

        (await offering).Refused(404, "ticket.not_found");
        Assert.Equal(0, await App.Value<long>("select count(*) from ticket_transfer where from_account = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task A_claim_that_was_made_in_time_is_not_taken_away_by_the_timer()
    {
        var offer = await Offered();

        var answers = await App.InTurn(
            TheOffer,
            new { offer.Transfer },
            [() => offer.Ravi.Claims(offer.Token)],
            meanwhile: async () =>
            {
                await App.Advance(TimeSpan.FromHours(24));
                await App.RunTimer("TransferExpiry");
            });
        await App.RunTimer("TransferExpiry");

        answers[0].Succeeded(200);
        await IsClaimed(offer);
    }

    [Fact]
    public async Task A_claim_that_meets_the_timer_comes_too_late()
    {
        var offer = await Offered();
        await using var timer = await InTheMiddle.Of(App, "update ticket_transfer set status = 'expired', ended_at = expires_at where id = @Transfer", new { offer.Transfer });

        var claiming = offer.Ravi.Claims(offer.Token);
        await timer.IsWaitedFor();
        await timer.Commits();

        (await claiming).Refused(410, "transfer.expired");
        await IsNotClaimed(offer, "expired");
    }

    [Fact]
    public async Task Of_several_offers_of_a_ticket_at_once_one_is_made()
    {
        var (asha, _, _, ticket) = await Bought();

        var answers = await App.InTurn(TheTicket, new { Ticket = ticket }, [.. Enumerable.Range(0, 5).Select(at => (Func<Task<Answer>>)(() => asha.Post($"/api/tickets/{ticket}/transfer", new { toEmail = $"friend{at}@example.in" })))]);

        answers[0].Succeeded(200);
        Assert.All(answers[1..], answer => answer.Refused(409, "transfer.pending_exists"));
        Assert.Equal(1, await App.Value<long>("select count(*) from mail where template = 'transfer_offered' and recipient like 'friend_@example.in' and cause in (select 'transfer:' || id from ticket_transfer where ticket_id = @ticket)", new { ticket }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_offer_and_its_booking_being_called_off(bool offerIsFirst)
    {
        var (asha, ravi, booking, ticket) = await Bought();
        Func<Task<Answer>> offering = () => asha.Post($"/api/tickets/{ticket}/transfer", new { toEmail = ravi.Email });
        Func<Task<Answer>> cancelling = () => asha.Post($"/api/bookings/{booking}/cancel");

        var answers = await App.InTurn(TheTicket, new { Ticket = ticket }, offerIsFirst ? [offering, cancelling] : [cancelling, offering]);

        answers[offerIsFirst ? 1 : 0].Succeeded(200);
        if (offerIsFirst)
        {
            answers[0].Succeeded(200);
            Assert.Equal("cancelled booking", await App.Value<string>("select status || ' ' || ended_by from ticket_transfer where ticket_id = @ticket", new { ticket }));
        }
        else
        {
            answers[1].Refused(409, "ticket.not_valid");
        }
    }

    [Fact]
    public async Task An_offer_that_meets_the_end_of_its_event_is_not_made()
    {
        var (asha, ravi, _, ticket) = await Bought();
        await using var office = await InTheMiddle.Of(
            App, "update event set status = 'cancelled', cancelled_at = updated_at where id = (select event_id from booking join ticket on booking_id = booking.id where ticket.id = @ticket)", new { ticket });

        var offering = asha.Post($"/api/tickets/{ticket}/transfer", new { toEmail = ravi.Email });
        await office.IsWaitedFor();
        await office.Commits();

        (await offering).Refused(409, "ticket.not_transferable");
    }

    [Fact]
    public async Task An_offer_that_was_just_being_made_ends_with_its_event()
    {
        var (asha, ravi, booking, ticket) = await Bought();
        var office = await App.Administrator();
        var eventId = await App.Value<long>("select event_id from booking where id = @booking", new { booking });

        var answers = await App.InTurn(
            TheTicket,
            new { Ticket = ticket },
            [() => asha.Post($"/api/tickets/{ticket}/transfer", new { toEmail = ravi.Email }), () => office.Post($"/api/admin/events/{eventId}/cancel")]);

        Assert.All(answers, answer => answer.Succeeded(200));
        Assert.Equal("cancelled event", await App.Value<string>("select status || ' ' || ended_by from ticket_transfer where ticket_id = @ticket", new { ticket }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_and_its_buyer_calling_the_booking_off(bool claimIsFirst)
    {
        var offer = await Offered();

        var answers = await InTurn(claimIsFirst, offer, TheTicket, () => offer.Asha.Post($"/api/bookings/{offer.Booking}/cancel"));

        await OneOf(answers, claimIsFirst, offer, "cancelled", "booking.ticket_transferred", "ticket.not_valid");
        Assert.Equal(claimIsFirst ? "confirmed" : "cancelled", (await offer.Asha.Booking(offer.Booking)).Succeeded()["status"].GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_and_all_the_money_going_back(bool claimIsFirst)
    {
        var offer = await Offered();
        var office = await App.Administrator();
        var payment = await App.Value<long>("select paid_by from booking where id = @Booking", new { offer.Booking });

        var answers = await InTurn(claimIsFirst, offer, TheTicket, () => office.Post($"/api/admin/payments/{payment}/refund", new { reason = "No longer sold" }));

        await OneOf(answers, claimIsFirst, offer, "cancelled", refusal: null, "ticket.not_valid");
        Assert.Equal("void", await App.Value<string>("select status from ticket where id = @Ticket", new { offer.Ticket }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_and_its_event_being_called_off(bool claimIsFirst)
    {
        var offer = await Offered();
        var office = await App.Administrator();
        var eventId = await App.Value<long>("select event_id from booking where id = @Booking", new { offer.Booking });

        var answers = await InTurn(claimIsFirst, offer, TheOffer, () => office.Post($"/api/admin/events/{eventId}/cancel"));

        await OneOf(answers, claimIsFirst, offer, "cancelled", refusal: null, "ticket.not_valid");
        await App.RunTimer("EventRefunds");
        Assert.Equal("void", await App.Value<string>("select status from ticket where id = @Ticket", new { offer.Ticket }));
    }

    /// <summary>Whoever enters is stood in for by a transaction of the test, which does what a gate does.</summary>
    [Fact]
    public async Task A_claim_that_meets_somebody_who_enters_with_the_ticket_comes_too_late()
    {
        var offer = await Offered();
        await using var gate = await InTheMiddle.Of(App, Gate.EntersSql, new { ticket = offer.Ticket });

        var claiming = offer.Ravi.Claims(offer.Token);
        await gate.IsWaitedFor();
        await gate.Does("update ticket_transfer set status = 'cancelled', ended_by = 'entry', ended_at = created_at where id = @Transfer", new { offer.Transfer });
        await gate.Commits();

        (await claiming).Refused(409, "ticket.already_used");
        await IsNotClaimed(offer, "cancelled");
    }

    [Fact]
    public async Task Whoever_dies_before_any_statement_leaves_neither_an_offer_nor_a_claim_nor_a_mail()
    {
        var transfers = App.Services.GetRequiredService<TransferService>();
        var answers = App.Services.GetRequiredService<TransferAnswers>();
        var (asha, ravi, _, ticket) = await Bought();

        for (var statement = 1; await DiesBefore(statement, () => transfers.Start(asha.Id, ticket, new OfferTicket { ToEmail = ravi.Email }, Guid.NewGuid(), CancellationToken.None)); statement++)
        {
            Assert.Equal((0L, 0L), (await App.Value<long>("select count(*) from ticket_transfer where ticket_id = @ticket", new { ticket }), await MailsTo(ravi)));
        }

        var token = await App.Value<string>("select data->>'code' from mail where recipient = @Email", new { ravi.Email });
        for (var statement = 1; await DiesBefore(statement, () => answers.Claim(ravi.Id, new AnswerOffer { TransferToken = token }, CancellationToken.None)); statement++)
        {
            Assert.Equal(("pending", 0L), (await App.Value<string>("select status from ticket_transfer where ticket_id = @ticket", new { ticket }), await MailsTo(asha)));
            Assert.Equal(asha.Id, await App.Value<long>("select holder_id from ticket where id = @ticket", new { ticket }));
        }

        Assert.Equal((1L, 1L), (await MailsTo(asha), await MailsTo(ravi)));
    }

    private async Task<(Person Asha, Person Ravi, long Booking, long Ticket)> Bought()
    {
        var staged = await App.AnEvent(rows: 0);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = await asha.Buys(staged.Standing);
        return (asha, ravi, booking.Id, booking["items"][0].GetProperty("id").GetInt64());
    }

    private async Task<Offer> Offered()
    {
        var (asha, ravi, booking, ticket) = await Bought();
        var token = await asha.Sends(ticket, ravi.Email);
        return new Offer(asha, ravi, booking, ticket, await App.Value<long>("select id from ticket_transfer where ticket_id = @ticket", new { ticket }), token);
    }

    private Task<Answer[]> InTurn(bool claimIsFirst, Offer offer, string locked, Func<Task<Answer>> other)
    {
        Func<Task<Answer>> claiming = () => offer.Ravi.Claims(offer.Token);
        return App.InTurn(locked, new { offer.Ticket, offer.Transfer }, claimIsFirst ? [claiming, other] : [other, claiming]);
    }

    /// <summary>The first of the two succeeds; the second is refused, unless it does not mind.</summary>
    private async Task OneOf(Answer[] answers, bool claimIsFirst, Offer offer, string otherwise, string? refusal, string refusalOfTheClaim)
    {
        answers[0].Succeeded();
        if (claimIsFirst)
        {
            _ = refusal is null ? answers[1].Succeeded() : answers[1].Refused(409, refusal);
            await IsClaimed(offer);
        }
        else
        {
            answers[1].Refused(409, refusalOfTheClaim);
            await IsNotClaimed(offer, otherwise);
        }
    }

    private async Task IsClaimed(Offer offer)
    {
        Assert.Equal((offer.Ravi.Id, 2), (await App.Rows<(long, int)>("select holder_id, generation from ticket where id = @Ticket", new { offer.Ticket }))[0]);
        Assert.Equal("completed", await App.Value<string>("select status from ticket_transfer where id = @Transfer", new { offer.Transfer }));
        Assert.Equal(["transfer_completed"], await Results(offer));
    }

    private async Task IsNotClaimed(Offer offer, string status)
    {
        Assert.Equal((offer.Asha.Id, 1), (await App.Rows<(long, int)>("select holder_id, generation from ticket where id = @Ticket", new { offer.Ticket }))[0]);
        Assert.Equal(status, await App.Value<string>("select status from ticket_transfer where id = @Transfer", new { offer.Transfer }));
        Assert.DoesNotContain("transfer_completed", await Results(offer));
    }

    private Task<string[]> Results(Offer offer) =>
        App.Rows<string>("select template from mail where cause = @cause and template <> 'transfer_offered'", new { cause = $"transfer:{offer.Transfer}" });

    private Task<long> MailsTo(Person person) => App.Value<long>("select count(*) from mail where recipient = @Email and cause like 'transfer:%'", new { person.Email });

    /// <summary>Whether it died at all.</summary>
    private async Task<bool> DiesBefore<T>(int statement, Func<Task<Domain.Result<T>>> act)
    {
        var database = App.Services.GetRequiredService<Database>();
        var sent = 0;
        database.Listener = (_, _) =>
        {
            if (Interlocked.Increment(ref sent) >= statement)
            {
                throw new KilledException();
            }
        };
        try
        {
            Assert.Null((await act()).Problem);
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
        finally
        {
            database.Listener = null;
        }
    }

    private sealed record Offer(Person Asha, Person Ravi, long Booking, long Ticket, long Transfer, string Token);

    private sealed class KilledException() : Exception("killed");
}
