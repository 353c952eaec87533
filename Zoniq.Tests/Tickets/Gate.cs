using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>People at the gates.</summary>
internal static class Gate
{
    /// <summary>What a gate writes when it lets <c>@ticket</c> in, for a test that stops it in the middle.</summary>
    public const string EntersSql =
        """
        update ticket
        set    status = 'used', used_at = created_at
        where  id = @ticket;

        insert into ticket_scan (ticket_id, round, event_id, holder_id, answer, is_offline, scanned_at, received_at, scanned_by, entry_at)
        select ticket.id, ticket.entries_undone, booking.event_id, ticket.holder_id, 'accepted', false, ticket.used_at, ticket.used_at, ticket.holder_id, ticket.used_at
        from   ticket
        join   booking on booking.id = ticket.booking_id
        where  ticket.id = @ticket;
        """;

    /// <summary>The staff scan something: <c>{ qrPayload }</c> or <c>{ ticketNumber }</c>, and where and when.</summary>
    public static async Task<Answer> Scans(this ZoniqApp app, object scan) => await (await app.Administrator()).Post("/api/tickets/mark-used", scan);

    /// <summary>A gate that was without a network tells what it did.</summary>
    public static async Task<Answer> Syncs(this ZoniqApp app, params object[] scans) =>
        await (await app.Administrator()).Post("/api/admin/check-in/sync", new { deviceId = "handheld-7", scans });

    public static async Task<Answer> TakesBack(this ZoniqApp app, string ticketNumber) =>
        await (await app.Administrator()).Post("/api/admin/check-in/undo", new { ticketNumber, reason = "Wrong person" });

    /// <summary>Lets in whoever has the first ticket of a booking.</summary>
    public static async Task Enters(this ZoniqApp app, long bookingId) =>
        (await app.Scans(new { ticketNumber = await app.Value<string>("select ticket_number from ticket where booking_id = @bookingId order by id limit 1", new { bookingId }) })).Succeeded(200);

    /// <summary>Tickets of somebody new, paid for.</summary>
    public static async Task<TicketInHand[]> Tickets(this ZoniqApp app, StagedEvent staged, int quantity = 1)
    {
        var holder = await app.NewBuyer();
        var bookingId = (await holder.Buys(staged.Standing, quantity)).Id;
        return
        [
            .. (await holder.Tickets()).OrderBy(ticket => ticket.GetProperty("id").GetInt64()).Select(ticket => new TicketInHand(
                holder, ticket.GetProperty("id").GetInt64(), bookingId, staged.Id, ticket.GetProperty("ticketNumber").GetString()!, ticket.GetProperty("qrPayload").GetString()!)),
        ];
    }

    public static async Task<TicketInHand> Ticket(this ZoniqApp app, StagedEvent staged) => (await app.Tickets(staged))[0];

    public static async Task<(bool IsUsed, string Status, DateTimeOffset? UsedAt)> Sees(this TicketInHand ticket)
    {
        var seen = (await ticket.Holder.Get($"/api/tickets/{ticket.Id}")).Succeeded();
        return (seen["isUsed"].GetBoolean(), seen["status"].GetString()!, seen["usedAt"].ValueKind == System.Text.Json.JsonValueKind.Null ? null : seen["usedAt"].GetDateTimeOffset());
    }
}

/// <summary>What somebody shows at the gate.</summary>
internal sealed record TicketInHand(Person Holder, long Id, long BookingId, long EventId, string Number, string Qr);
