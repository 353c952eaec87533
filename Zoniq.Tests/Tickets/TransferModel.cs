using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>A ticket as the contract has it: whoever holds it enters, and only with the newest code.</summary>
internal sealed class ModelTicket(long id, string number, ModelSale sale)
{
    public long Id { get; } = id;

    public string Number { get; } = number;

    public ModelSale Sale { get; } = sale;

    public int Holder { get; private set; } = sale.Buyer;

    public int Generation { get; private set; } = 1;

    public string Status { get; set; } = "valid";

    public List<ModelOffer> Offers { get; } = [];

    public ModelOffer? Open(DateTimeOffset now) => Offers.Find(offer => offer.StatusAt(now) == "pending");

    public Expected Starts(int who, int to, Func<ModelOffer> made, DateTimeOffset now) =>
        Holder != who ? "ticket.not_found"
        : to == who ? "transfer.to_self"
        : Status == "used" ? "ticket.already_used"
        : Status != "valid" ? "ticket.not_valid"
        : Open(now) is not null ? "transfer.pending_exists"
        : new Expected(() => Offers.Add(made()));

    public Expected Scans(int generation, DateTimeOffset now) =>
        generation != Generation ? "ticket.revoked"
        : Status == "void" ? "ticket.not_valid"
        : Status == "used" ? "ticket.already_used"
        : new Expected(() =>
        {
            Status = "used";
            End("entry", now);
        });

    public Expected TakesBack() => Status == "used" ? new Expected(() => Status = "valid") : "ticket.not_used";

    public void Passes(int to) => (Holder, Generation) = (to, Generation + 1);

    /// <summary>What is on offer is so no more; what was over by the clock is over in any case.</summary>
    public void End(string by, DateTimeOffset now) => Open(now)?.End("cancelled", by);
}

/// <summary>A ticket that was sent to somebody.</summary>
internal sealed class ModelOffer(ModelTicket ticket, int from, int to, DateTimeOffset expires)
{
    private string status = "pending";
    private string? endedBy;

    public long Id { get; set; }

    /// <summary>The secret of the mailed link.</summary>
    public string Token { get; set; } = "";

    public ModelTicket Ticket { get; } = ticket;

    public int From { get; } = from;

    public int To { get; } = to;

    public DateTimeOffset Expires { get; } = expires;

    public string StatusAt(DateTimeOffset now) => status == "pending" && Expires <= now ? "expired" : status;

    public Expected Claims(int who, DateTimeOffset now) =>
        who != To ? "transfer.wrong_recipient"
        : StatusAt(now) == "expired" ? "transfer.expired"
        : endedBy == "entry" ? "ticket.already_used"
        : endedBy == "booking" ? "ticket.not_valid"
        : status != "pending" ? "transfer.not_pending"
        : new Expected(() =>
        {
            End("completed");
            Ticket.Passes(who);
        });

    public Expected Declines(int who, DateTimeOffset now) =>
        who != To ? "transfer.wrong_recipient"
        : StatusAt(now) == "expired" ? "transfer.expired"
        : status != "pending" ? "transfer.not_pending"
        : new Expected(() => End("declined"));

    public Expected Cancels(int who, DateTimeOffset now) =>
        who != From ? "transfer.not_found"
        : StatusAt(now) != "pending" ? "transfer.not_pending"
        : new Expected(() => End("cancelled"));

    public void End(string how, string? by = null) => (status, endedBy) = (how, by);
}

/// <summary>A booking, which its buyer can call off as long as all of it is theirs and unused.</summary>
internal sealed class ModelSale(long id, int buyer)
{
    private bool isOff;

    public long Id { get; } = id;

    public int Buyer { get; } = buyer;

    public List<ModelTicket> Tickets { get; } = [];

    public Expected Cancels(int who, DateTimeOffset now) =>
        who != Buyer ? "booking.not_found"
        : isOff ? "booking.not_cancellable"
        : Tickets.Exists(ticket => ticket.Status == "used") ? "booking.ticket_used"
        : Tickets.Exists(ticket => ticket.Holder != Buyer) ? "booking.ticket_transferred"
        : new Expected(() =>
        {
            isOff = true;
            Tickets.ForEach(ticket =>
            {
                ticket.Status = "void";
                ticket.End("booking", now);
            });
        });
}
