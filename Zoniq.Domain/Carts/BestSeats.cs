using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Somebody leaves the choice to us.</summary>
public sealed record FindBestSeats
{
    [Required]
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? SeatCategoryId { get; init; }

    /// <summary>1 to 50, and no more than one booking may have.</summary>
    [Required]
    [Range(1, 50)]
    public int? Quantity { get; init; }
}

/// <summary>What we would choose. Nothing is held: adding these seats to the cart does that.</summary>
public sealed record BestSeatsAnswer
{
    public long EventId { get; init; }

    public long SeatCategoryId { get; init; }

    public int Quantity { get; init; }

    /// <summary>Whether all of them are side by side.</summary>
    public bool Adjacent { get; init; }

    public Seat[] Seats { get; init; } = [];
}

/// <summary>Proposes seats.</summary>
public sealed class BestSeats(Database database, TimeProvider clock)
{
    /// <summary>The best there are at this moment. Refuses who has not had their turn where there is a queue, categories without numbers, more than one booking may have, and more than can be had.</summary>
    public async Task<Result<BestSeatsAnswer>> Find(long accountId, long eventId, FindBestSeats wish, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (categoryId, quantity) = (wish.SeatCategoryId!.Value, wish.Quantity!.Value);
        await using var db = await database.OpenAsync(cancellationToken);
        var facts = await db.QuerySingleOrDefaultAsync<Facts>(
            $"""
            select {QueueGate.MayBuySql} as may_buy,
                   event.booking_start_date <= @now and event.booking_end_date >= @now and event.status = 'published' as is_open,
                   event.max_tickets_per_booking,
                   category.name,
                   category.seating_type
            from   event
            left join seat_category as category
                   on  category.event_id = event.id
                   and category.id = @categoryId
                   and category.is_active
            where  event.id = @eventId
            and    event.status in ('published', 'completed')
            """,
            new { accountId, eventId, categoryId, now });

        switch (facts)
        {
            case null:
                return CatalogueProblems.EventNotFound;
            case { Name: null }:
                return SeatingProblems.CategoryNotFound;
            case { IsOpen: false }:
                return CatalogueProblems.BookingClosed;
            case { MayBuy: false }:
                return CartProblems.NotAdmitted;
            case { SeatingType: "general" }:
                return CartProblems.SeatsNotAllowed;
            case var _ when quantity > facts.MaxTicketsPerBooking:
                return CartProblems.TicketLimit(facts.MaxTicketsPerBooking);
        }

        var onSale = await KeptPlaces.OnSaleAsync(db, categoryId, now);
        var (seats, areTogether) = onSale < quantity ? ([], false) : await BestTogether.ChooseAsync(db, categoryId, quantity, Random.Shared, now);
        return seats.Length < quantity
            ? SeatingProblems.OnlyLeft(facts.Name!, Math.Min(onSale, seats.Length == 0 ? onSale : seats.Length))
            : new BestSeatsAnswer { EventId = eventId, SeatCategoryId = categoryId, Quantity = quantity, Adjacent = areTogether, Seats = seats };
    }

    private sealed record Facts
    {
        public bool IsOpen { get; init; }

        public bool MayBuy { get; init; }

        public int MaxTicketsPerBooking { get; init; }

        public string? Name { get; init; }

        public string? SeatingType { get; init; }
    }
}
