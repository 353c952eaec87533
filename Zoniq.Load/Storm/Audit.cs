using Dapper;
using Npgsql;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>What is there when the storm is over, compared with what others have of it: the gateway, the mail server, the gates, and those who look.</summary>
internal sealed class Audit(
    NpgsqlDataSource database, Town town, StormClient client, RazorpaySandbox gateway, MailSink mail, Gates gates, Onlookers onlookers, Troubles troubles, Verdicts verdicts)
{
    /// <summary>Of what may be left behind.</summary>
    public const int Kinds = 16;

    private const int Page = 500;

    private const string FreeSql = "seat.booking_id is null and not seat.is_blocked and (seat.cart_id is null or seat.locked_until <= zoniq_now())";

    /// <summary>They have a cart of the event, and are passed over meanwhile.</summary>
    private static string IsBusySql(string entry) =>
        $"exists (select from cart where cart.account_id = {entry}.account_id and cart.event_id = {entry}.event_id and cart.status = 'active' and cart.expires_at > zoniq_now())";

    /// <summary>
    /// What somebody still has to do. An offered ticket may be claimed for a day, whoever waits for what is sold out goes on waiting, and is offered for half an hour what comes free: none
    /// of these is left behind before its time is up.
    /// </summary>
    public async Task<(string What, long Count)[]> LeftAsync(bool isDayOver)
    {
        await using var connection = await database.OpenConnectionAsync();
        return [.. (await connection.QueryAsync<(string, long)>(
            $"""
            select 'pending bookings', count(*) from booking where status = 'pending'
            union all select 'held places', count(*) from seat join cart on cart.id = seat.cart_id where not (cart.is_waitlist_offer and cart.expires_at > zoniq_now())
            union all select 'places of bookings that are over', count(*) from seat join booking on booking.id = seat.booking_id where booking.status not in ('pending', 'confirmed')
            union all select 'carts', count(*) from cart where not is_cleared and not (is_waitlist_offer and expires_at > zoniq_now())
            union all select 'pending refunds', count(*) from refund where status = 'pending'
            union all select 'events to be applied', count(*) from webhook_event where processed_at is null
            union all select 'mails to be sent', count(*) from mail where status = 'pending'
            union all select 'mails given up', count(*) from mail where status = 'dead'
            union all select 'messages to open pages', count(*) from push
            union all select 'changes of seat maps to be told', count(*) from seat_change
            union all select 'changes of counters to be added up', count(*) from stock_change
            union all select 'places in queues', count(*) from queue_entry where status in ('waiting', 'processing')
            union all select 'offers of the waiting list', count(*) from waitlist_entry as entry join cart on cart.id = entry.cart_id
                      where entry.status = 'offered' and not (cart.status = 'active' and cart.expires_at > zoniq_now())
            union all select 'people who wait for what is free', count(*) from waitlist_entry as entry join event on event.id = entry.event_id
                      where entry.status = 'waiting'
                      and   (event.status <> 'published'
                             or (entry.quantity <= (select count(*) from seat where category_id = entry.category_id and {FreeSql})
                                 and not {IsBusySql("entry")}
                                 and not exists (select from waitlist_entry as older where older.category_id = entry.category_id and older.status = 'waiting' and older.id < entry.id
                                                                                     and older.saved_until > zoniq_now() and not {IsBusySql("older")})))
            union all select 'uses of promo codes by carts', count(*) from promo_use where state = 'reserved'
            union all select 'offered tickets', count(*) from ticket_transfer where status = 'pending' and @isDayOver
            """,
            new { isDayOver })).Where(rest => rest.Item2 > 0)];
    }

    public async Task<IReadOnlyList<(string What, long Count)>> CountAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return [.. await connection.QueryAsync<(string, long)>(
            """
            (select 'events ' || status, count(*) from event group by status order by 1)
            union all (select 'bookings ' || status || ', ' || payment_status, count(*) from booking group by status, payment_status order by 1)
            union all (select 'tickets ' || status, count(*) from ticket group by status order by 1)
            union all (select 'payments ' || status, count(*) from payment group by status order by 1)
            union all (select 'refunds ' || status || ' by ' || requested_by, count(*) from refund group by status, requested_by order by 1)
            union all (select 'uses of promo codes ' || state, count(*) from promo_use group by state order by 1)
            union all (select 'transfers ' || status || coalesce(' by ' || ended_by, ''), count(*) from ticket_transfer group by status, ended_by order by 1)
            union all (select 'scans ' || case when is_offline then 'uploaded ' else '' end || answer, count(*) from ticket_scan group by is_offline, answer order by 1)
            union all (select 'places in queues ' || status, count(*) from queue_entry group by status order by 1)
            union all (select 'entries of waiting lists ' || status, count(*) from waitlist_entry group by status order by 1)
            union all (select 'mails ' || status || ' ' || template, count(*) from mail group by status, template order by 1)
            union all select 'webhook events applied', count(*) from webhook_event where processed_at is not null
            union all select 'changes of seat maps in numbered versions', count(*) from seat_version
            """)];
    }

    /// <summary>Everything but what is left behind and what is in the logs.</summary>
    public async Task CompareAsync(int instances)
    {
        await CompareMoneyAsync();
        await CompareMailsAsync();
        await CompareEntriesAsync();
        await CompareAdmissionsAsync();
        await CompareShownAsync(instances);
    }

    /// <summary>Payment by payment and refund by refund, with the gateway.</summary>
    private async Task CompareMoneyAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var known = (await connection.QueryAsync<KnownPayment>(
            """
            select payment.razorpay_payment_id as id,
                   payment.amount,
                   payment.amount_refunded as refunded,
                   coalesce(booking.paid_by = payment.id, false) as is_the_one,
                   booking.status,
                   coalesce(booking.cancelled_by, '') as cancelled_by,
                   payment.razorpay_order_id as order_id
            from   payment
            join   booking on booking.id = payment.booking_id
            where  payment.razorpay_payment_id is not null
            """)).ToDictionary(payment => payment.Id);
        var (captured, returned) = (0L, 0L);

        foreach (var payment in Payments().Where(payment => payment.Captured))
        {
            var back = gateway.RefundsOf(payment.Id).Where(refund => refund.Status == "processed").Sum(refund => refund.Amount);
            (captured, returned) = (captured + payment.Amount, returned + back);
            var wrong = !known.TryGetValue(payment.Id, out var ours) ? "was captured, and is not known here"
                : ours.OrderId != payment.OrderId ? $"was made for {payment.OrderId}, and stands with {ours.OrderId}"
                : ours.Amount != payment.Amount ? $"the gateway captured {payment.Amount}, the ledger says {ours.Amount}"
                : ours.Refunded != back ? $"the gateway gave back {back}, the ledger says {ours.Refunded}"
                : ours is { Status: "cancelled" or "refunded", CancelledBy: "event" or "admin" } && back != payment.Amount ? $"of {payment.Amount} came back {back}, and its booking ended by the {ours.CancelledBy}"
                : !(ours is { IsTheOne: true, Status: "confirmed" or "cancelled" or "refunded" } || back == payment.Amount) ? $"of {payment.Amount} is in no booking ({ours.Status}), and {back} came back"
                : null;
            verdicts.Looked(Promise.Money, 1, wrong is null ? [] : [$"{payment.Id} {wrong}"]);
        }

        var (ledgerCaptured, ledgerReturned) = await connection.QuerySingleAsync<(long, long)>(
            "select coalesce(sum(amount), 0), coalesce(sum(amount_refunded), 0) from payment where status in ('captured', 'partially_refunded', 'refunded')");
        verdicts.Looked(Promise.Money, 1, (ledgerCaptured, ledgerReturned) == (captured, returned) ? [] : [$"the gateway has {captured} − {returned}, the ledger {ledgerCaptured} − {ledgerReturned}"]);
        Console.WriteLine($"money: ₹{captured / 100m:N2} captured, ₹{returned / 100m:N2} given back, says the gateway");
    }

    /// <summary>Mail by mail, with the mail server. A mail may come twice only if whoever sent it was killed, or could not write it down, or lived through minutes in a moment.</summary>
    private async Task CompareMailsAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var sent = (await connection.QueryAsync<long>("select id from mail where status = 'sent'")).ToArray();
        verdicts.Looked(Promise.Mails, sent.Length, sent.Where(id => !mail.Letters.ContainsKey(id)).Select(id => $"mail {id} is said to be sent, and never arrived"));

        var twice = mail.Letters.Values.Where(letter => letter.Taken.Length > 1).ToArray();
        verdicts.Looked(Promise.Mails, mail.Letters.Count, twice
            .Where(letter => !troubles.Excuse(letter.Taken[0], letter.Taken[^1], Dependency.Instance, Dependency.Database, Dependency.Mail, Dependency.Clock))
            .Select(letter => $"mail {letter.Letter.Number} arrived {letter.Taken.Length} times, and nothing had happened meanwhile"));

        // Of a booking that has been left alone, all tickets are in the mail; of another, those that its buyer had when it was sent.
        var bookings = (await connection.QueryAsync<(long Id, long? MailId, string? Status, int Tickets, bool IsAlone)>(
            """
            select    booking.id, mail.id, mail.status, booking.ticket_count,
                      booking.status = 'confirmed' and not exists (
                          select from ticket_transfer join ticket on ticket.id = ticket_transfer.ticket_id
                          where  ticket.booking_id = booking.id and ticket_transfer.status = 'completed')
            from      booking
            left join mail on mail.cause = 'booking:' || booking.id and mail.template = 'booking_confirmed'
            where     booking.confirmed_at is not null
            """)).ToArray();
        foreach (var booking in bookings)
        {
            var pages = booking.MailId is { } id && mail.Letters.TryGetValue(id, out var letter) ? letter.Letter.TicketPages : -1;
            var wrong = booking.MailId is null ? "has no confirmation mail"
                : booking.Status != "sent" || pages < 0 ? $"has a confirmation mail that did not arrive ({booking.Status})"
                : booking.IsAlone ? pages != booking.Tickets ? $"has {booking.Tickets} tickets, {pages} in the mail" : null
                : pages > booking.Tickets ? $"has {booking.Tickets} tickets, {pages} in the mail"
                : null;
            verdicts.Looked(Promise.Mails, 1, wrong is null ? [] : [$"booking {booking.Id} {wrong}"]);
        }

        Console.WriteLine($"mails: {sent.Length} sent, {twice.Length} of them arrived twice because of a fault; {bookings.Count(booking => booking.IsAlone)} bookings with all their tickets in the mail");
    }

    /// <summary>What the gates were told, with the log of entries.</summary>
    private async Task CompareEntriesAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var entries = (await connection.QueryAsync<(string Number, string? ScanId)>(
            "select ticket.ticket_number, ticket_scan.scan_id from ticket_scan join ticket on ticket.id = ticket_scan.ticket_id where ticket_scan.answer = 'accepted'")).ToArray();
        var logged = entries.ToLookup(entry => entry.Number, entry => entry.ScanId);
        var opened = gates.Opened;

        foreach (var (number, names) in opened)
        {
            var wrong = names.Length > 1 ? $"let {names.Length} people in"
                : logged[number].Count() != 1 ? $"let somebody in, and the log has {logged[number].Count()} entries"
                : logged[number].Single() is { } scan && scan != names[0] ? $"was answered by the scan {names[0]}, and the log has {scan}"
                : null;
            verdicts.Looked(Promise.Entries, 1, wrong is null ? [] : [$"ticket {number} {wrong}"]);
        }

        verdicts.Looked(Promise.Entries, logged.Count, logged.Where(ticket => ticket.Count() > 1).Select(ticket => $"ticket {ticket.Key} has {ticket.Count()} entries in the log"));
        var untold = logged.Count(ticket => !opened.ContainsKey(ticket.Key));
        verdicts.Looked(Promise.Entries, 1, untold > gates.Lost ? [$"{untold} entries were told to no gate, and only {gates.Lost} answers were lost"] : []);
        Console.WriteLine($"gates: opened to {opened.Count} tickets; {logged.Count} in the log, {untold} of them with an answer that was lost on its way");
    }

    /// <summary>Whoever bought at a house with a waiting room had been let in, or was offered what others had given back.</summary>
    private async Task CompareAdmissionsAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var bought = await connection.ExecuteScalarAsync<long>("select count(*) from booking join event on event.id = booking.event_id where event.queue_enabled");
        verdicts.Looked(Promise.Queue, bought, await connection.QueryAsync<string>(
            """
            select format('booking %s of account %s: nobody had let them in', booking.id, booking.account_id)
            from   booking
            join   event on event.id = booking.event_id
            join   cart on cart.id = booking.cart_id
            where  event.queue_enabled
            and    not cart.is_waitlist_offer
            and    not exists (
                       select from queue_entry
                       where  event_id = booking.event_id
                       and    account_id = booking.account_id
                       and    admitted_at <= booking.created_at
                       and    expires_at >= booking.created_at)
            """));
        var waited = await connection.ExecuteScalarAsync<long>("select count(*) from queue_entry");
        verdicts.Looked(Promise.Queue, waited, await connection.QueryAsync<string>(
            """
            select format('entry %s of event %s was never called and never left', queue_entry.id, queue_entry.event_id)
            from   queue_entry
            join   event on event.id = queue_entry.event_id
            where  queue_entry.admitted_at is null
            and    queue_entry.status not in ('left')
            and    event.status = 'published'
            """));
    }

    /// <summary>After two seconds in which nothing happens: pages, maps, lists and those who followed, with the rows.</summary>
    private async Task CompareShownAsync(int instances)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        await using var connection = await database.OpenConnectionAsync();
        var waiting = (await connection.QueryAsync<(long CategoryId, int Quantity, bool IsSavedFor)>(
            """
            select   entry.category_id,
                     entry.quantity,
                     coalesce(entry.saved_until > zoniq_now(), false)
            from     waitlist_entry as entry
            join     event on event.id = entry.event_id
            where    entry.status = 'waiting'
            and      entry.quantity <= event.max_tickets_per_booking
            order by entry.id
            """)).ToLookup(entry => entry.CategoryId, entry => (entry.Quantity, entry.IsSavedFor));
        var rows = (await connection.QueryAsync<(long EventId, long CategoryId, long SeatId, string Status)>(
            """
            select seat.event_id,
                   seat.category_id,
                   seat.id,
                   case when seat.is_blocked then 'blocked'
                        when seat.booking_id is not null then 'booked'
                        when seat.locked_until > zoniq_now() then 'locked'
                        else 'available'
                   end
            from   seat
            join   event on event.id = seat.event_id
            where  event.status = 'published'
            """))
            .GroupBy(seat => (seat.EventId, seat.CategoryId))
            .Select(seats => new ShownCategory(seats.Key.EventId, [.. seats.Select(seat => (seat.SeatId, seat.Status))], waiting[seats.Key.CategoryId]))
            .ToLookup(category => category.EventId);
        var free = rows.ToDictionary(categories => categories.Key, categories => categories.Sum(category => category.OnSale));
        Console.WriteLine($"waiting lists: {rows.Sum(categories => categories.Sum(category => category.Kept))} free places are kept for those who wait");

        for (var instance = 0; instance < instances; instance++)
        {
            foreach (var house in town.EveryHouse.Values.Where(house => rows.Contains(house.EventId)))
            {
                var page = await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}", buyer: null, body: null, instance);
                Compare($"the page of event {house.EventId} at instance {instance}", page.IsWell ? page.Body.GetProperty("availableSeats").GetInt64() : -1, free[house.EventId]);

                var map = await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}/seats", buyer: null, body: null, instance);
                Compare($"the map of event {house.EventId} at instance {instance}", map.IsWell ? map.Body.GetProperty("availableSeats").GetInt64() : -1, free[house.EventId]);
                if (house.IsNumbered && map.IsWell)
                {
                    Compare($"the map of event {house.EventId} at instance {instance}", map.Body.GetProperty("seats").EnumerateArray().Select(seat => (seat.GetProperty("id").GetInt64(), seat.GetProperty("status").GetString()!)), rows[house.EventId].SelectMany(category => category.Seats));
                }
            }

            await CompareListsAsync(instance, free);
        }

        foreach (var map in onlookers.Followed.Where(map => rows.Contains(map.EventId) && map.Steps > 0))
        {
            if (!await map.FollowAsync(client))
            {
                verdicts.Broken(Promise.Shown, $"whoever followed the map of event {map.EventId} gets no answer");
                continue;
            }

            var house = town.EveryHouse[map.EventId];
            Compare($"after {map.Steps} steps of following, event {map.EventId}", map.Shown.Categories[house.CategoryId], free[map.EventId]);
            if (house.IsNumbered)
            {
                Compare($"after {map.Steps} steps of following, event {map.EventId}", map.Shown.Seats.Select(seat => (seat.Key, seat.Value)), rows[map.EventId].SelectMany(category => category.Seats));
            }
        }

        Console.WriteLine($"maps: {onlookers.Followed.Count} followed by what had changed in {onlookers.Followed.Sum(map => map.Steps)} steps; {onlookers.Heard} messages heard through SignalR");
    }

    private async Task CompareListsAsync(int instance, Dictionary<long, long> free)
    {
        var missing = free.Keys.ToHashSet();
        for (var page = 1; ; page++)
        {
            var list = await client.SendAsync(HttpMethod.Get, $"/api/events?page={page}&page_size=100", buyer: null, body: null, instance);
            if (!list.IsWell || list.Body.GetProperty("events").GetArrayLength() == 0)
            {
                verdicts.Looked(Promise.Shown, 1, missing.Select(id => $"the list at instance {instance} lacks event {id}"));
                return;
            }

            foreach (var listed in list.Body.GetProperty("events").EnumerateArray().Where(listed => free.ContainsKey(listed.GetProperty("id").GetInt64())))
            {
                missing.Remove(listed.GetProperty("id").GetInt64());
                Compare($"the list at instance {instance}, event {listed.GetProperty("id").GetInt64()}", listed.GetProperty("availableSeats").GetInt64(), free[listed.GetProperty("id").GetInt64()]);
            }
        }
    }

    private void Compare(string where, long shown, long free) =>
        verdicts.Looked(Promise.Shown, 1, shown == free ? [] : [$"{where}: {shown} free are shown, there are {free}"]);

    private void Compare(string where, IEnumerable<(long SeatId, string Status)> shown, IEnumerable<(long SeatId, string Status)> rows)
    {
        var states = shown.ToDictionary(seat => seat.SeatId, seat => seat.Status);
        foreach (var seat in rows)
        {
            var state = states.GetValueOrDefault(seat.SeatId);
            verdicts.Looked(Promise.Shown, 1, state == seat.Status ? [] : [$"{where}: seat {seat.SeatId} is shown as {state}, and is {seat.Status}"]);
        }
    }

    private IEnumerable<SandboxPayment> Payments()
    {
        for (var skip = 0; gateway.LatestOrders(skip, Page) is { Length: > 0 } orders; skip += orders.Length)
        {
            foreach (var order in orders)
            {
                foreach (var payment in gateway.PaymentsOf(order.Id))
                {
                    yield return payment;
                }
            }
        }
    }

    /// <summary>What everybody should be shown of a category: what its rows say, less what is kept for those on its waiting list.</summary>
    private sealed class ShownCategory
    {
        public ShownCategory(long eventId, (long SeatId, string Status)[] rows, IEnumerable<(int Quantity, bool IsSavedFor)> waiting)
        {
            var free = rows.LongCount(seat => seat.Status == "available");
            (EventId, OnSale) = (eventId, waiting.Aggregate(free, (left, entry) => entry.Quantity <= left || entry.IsSavedFor ? left - Math.Min(left, entry.Quantity) : left));
            Kept = free - OnSale;
            Seats = OnSale > 0 ? rows : Array.ConvertAll(rows, seat => seat.Status == "available" ? (seat.SeatId, "locked") : seat);
        }

        public long EventId { get; }

        /// <summary>Free, and for anybody.</summary>
        public long OnSale { get; }

        /// <summary>Free, and not for anybody.</summary>
        public long Kept { get; }

        public (long SeatId, string Status)[] Seats { get; }
    }

    private sealed record KnownPayment
    {
        public string Id { get; init; } = "";

        public long Amount { get; init; }

        public long Refunded { get; init; }

        public bool IsTheOne { get; init; }

        public string Status { get; init; } = "";

        public string CancelledBy { get; init; } = "";

        public string OrderId { get; init; } = "";
    }
}
