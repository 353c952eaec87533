namespace Zoniq.Domain.Carts;

/// <summary>Why a cart says no.</summary>
public static class CartProblems
{
    public static readonly Problem NotFound = new("cart.not_found", ProblemKind.NotFound, "You have no cart for this event.");

    public static readonly Problem ItemNotFound = new("cart.item_not_found", ProblemKind.NotFound, "This item is not in your cart.");

    public static readonly Problem Expired = new("cart.expired", ProblemKind.Gone, "Your cart has expired; please choose your tickets again.");

    public static readonly Problem NotActive = new("cart.not_active", ProblemKind.Conflict, "This cart has already been checked out.");

    public static readonly Problem Empty = new("cart.empty", ProblemKind.Conflict, "Your cart is empty.");

    public static readonly Problem CategoryAlreadyAdded =
        new("cart.category_already_added", ProblemKind.Conflict, "This category is already in your cart; change its quantity or remove it first.");

    public static readonly Problem AssignedQuantity =
        new("cart.assigned_quantity", ProblemKind.Conflict, "To change numbered seats, remove the item and choose the seats again.");

    public static readonly Problem SeatsRequired =
        new("cart.seats_required", ProblemKind.Invalid, "Please choose the seats: this category has numbered seats.");

    public static readonly Problem SeatsNotAllowed =
        new("cart.seats_not_allowed", ProblemKind.Invalid, "This category has no numbered seats to choose.");

    public static readonly Problem NotAdmitted =
        new("queue.not_admitted", ProblemKind.Forbidden, "It is not your turn in the queue yet.");

    private static readonly Problem OverTheLimit =
        new("cart.ticket_limit", ProblemKind.Conflict, "That is more tickets than one booking may have.");

    /// <summary>The member <c>limit</c> is the number of tickets allowed.</summary>
    public static Problem TicketLimit(int limit) =>
        (OverTheLimit with { Detail = $"One booking may have {limit} {(limit == 1 ? "ticket" : "tickets")} at most." }).With("limit", limit);
}
