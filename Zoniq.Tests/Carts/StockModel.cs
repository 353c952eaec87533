using Zoniq.Domain.Carts;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>
/// What the contract says of the stock of one event, in memory. Standing places are alike: which of them somebody has is not said, only how many, so that a model of them is right
/// whichever the app picks.
/// </summary>
internal sealed class StockModel(int ticketLimit, bool isFree)
{
    private static readonly TimeSpan CartLife = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(7);
    private static readonly TimeSpan ToPay = TimeSpan.FromMinutes(15);

    public List<ModelCategory> Categories { get; } = [];

    public List<ModelCart> Carts { get; } = [];

    public List<ModelBooking> Bookings { get; } = [];

    /// <summary>Everything that ends by itself, and when.</summary>
    public IEnumerable<DateTimeOffset> Deadlines =>
    [
        .. Carts.Select(cart => cart.Expires),
        .. Categories.SelectMany(category => category.Places).Where(place => place.Cart is not null).Select(place => place.Until),
        .. Bookings.Where(booking => booking.Status == "pending").Select(booking => booking.Due),
        .. Categories.SelectMany(category => category.Entries).Where(entry => entry.SavedUntil is not null).Select(entry => entry.SavedUntil!.Value),
    ];

    public ModelCart? LiveCart(int who, DateTimeOffset now) => Carts.LastOrDefault(cart => cart.Who == who && cart.IsLive(now));

    public Expected Adds(int who, ModelCategory category, ModelPlace[] chosen, int quantity, DateTimeOffset now)
    {
        var cart = LiveCart(who, now);
        if (chosen.Any(place => place.IsBlocked || place.Booking is not null || (place.Until > now && place.Cart is { } other && other.Who != who)))
        {
            return "seat.taken";
        }

        if (cart?.LineOf(category) is not null)
        {
            return "cart.category_already_added";
        }

        if ((cart?.Tickets ?? 0) + quantity > ticketLimit)
        {
            return "cart.ticket_limit";
        }

        if (quantity > category.OnSale(now))
        {
            return category.IsNumbered ? "seat.taken" : "category.sold_out";
        }

        return new Expected(() =>
        {
            cart ??= Open(who, now + CartLife, isOffer: false);
            cart.Extend(now + CartLife);
            var until = cart.HoldUntil(now + Hold);
            foreach (var line in cart.Lines)
            {
                line.Lift(until, now);
            }

            cart.Lines.Add(new ModelLine(cart, category, quantity, category.Take(chosen, quantity, cart, until, now)));
        });
    }

    public Expected Changes(ModelLine line, int quantity, DateTimeOffset now)
    {
        var (cart, category) = (line.Cart, line.Category);
        if (!cart.IsLive(now))
        {
            return "cart.expired";
        }

        if (category.IsNumbered)
        {
            return "cart.assigned_quantity";
        }

        if (cart.Tickets - line.Quantity + quantity > ticketLimit)
        {
            return "cart.ticket_limit";
        }

        return new Expected(
            IsEnough(line, quantity, now, isTakenFirst: false),
            "category.sold_out",
            () =>
            {
                cart.Extend(now + CartLife);
                var until = cart.HoldUntil(now + Hold);
                line.Resize(quantity, until, now);
            });
    }

    public static Expected Removes(ModelLine line, DateTimeOffset now) => line.Cart.IsLive(now)
        ? new Expected(() =>
        {
            line.Release();
            line.Cart.Lines.Remove(line);
        })
        : "cart.expired";

    /// <summary>Also one that has lapsed.</summary>
    public Expected Clears(int who) => new(() => Abandon(Carts.FindLast(cart => cart.Who == who && cart.IsActive)));

    public Expected ChecksOut(int who, DateTimeOffset now)
    {
        if (LiveCart(who, now) is not { } cart)
        {
            return new Expected("cart.not_found", "cart.not_active", "cart.expired");    // which, depends on what came before and on whether somebody has swept
        }

        if (cart.Lines.Count == 0)
        {
            return "cart.empty";
        }

        if (cart.Lines.Where(line => line.Category.IsNumbered).Any(line => !line.Places.TrueForAll(place => place.CanBeRetakenBy(cart, now))))
        {
            return "seat.taken";
        }

        bool? isEnough = true;
        foreach (var line in cart.Lines.Where(line => !line.Category.IsNumbered))
        {
            isEnough = IsEnough(line, line.Quantity, now, isTakenFirst: true);
        }

        return new Expected(isEnough, "category.sold_out", () =>
        {
            var booking = new ModelBooking(who, now + ToPay) { Status = isFree ? "confirmed" : "pending" };
            foreach (var line in cart.Lines)
            {
                line.Resize(line.Quantity, now + Hold, now);
                booking.Places.AddRange(line.Places);
            }

            booking.Places.ForEach(place => (place.Cart, place.Booking) = (null, booking));
            cart.IsActive = false;
            if (cart.Offer is { Status: "offered" } offer)
            {
                offer.Status = "fulfilled";
            }

            Bookings.Add(booking);
        });
    }

    public static Expected Orders(ModelBooking booking, DateTimeOffset now) => booking.Status switch
    {
        "confirmed" => "booking.already_paid",
        "expired" => "booking.expired",
        "cancelled" => "booking.not_payable",
        _ when booking.Due <= now => "booking.expired",
        _ => new Expected(() => { }),
    };

    public static Expected Cancels(ModelBooking booking) =>
        booking.Status is "pending" or "confirmed" ? new Expected(() => booking.End("cancelled")) : "booking.not_cancellable";

    public static Expected Blocks(ModelPlace seat, DateTimeOffset now) =>
        seat.IsBlocked || seat.IsFree(now) ? new Expected(() => (seat.IsBlocked, seat.Cart) = (true, null)) : "seat.in_use";

    public static Expected Unblocks(ModelPlace seat, DateTimeOffset now) =>
        seat.IsBlocked || seat.IsFree(now) ? new Expected(() => seat.IsBlocked = false) : "seat.in_use";

    /// <summary>Ends the lock of the whole line.</summary>
    public static Expected Releases(ModelPlace seat, DateTimeOffset now) => seat switch
    {
        { Booking: not null } => "seat.booked",
        { IsBlocked: true } => "seat.blocked",
        _ => new Expected(() =>
        {
            if (!seat.IsFree(now))
            {
                seat.Cart!.Lines.Single(line => line.Places.Contains(seat)).Release();
            }
        }),
    };

    public static Expected Resizes(ModelCategory category, int places, DateTimeOffset now)
    {
        var surplus = category.Places.Count - places;
        return surplus > category.Free(now)
            ? "category.below_sold"
            : new Expected(() =>
            {
                category.Places.AddRange(Enumerable.Range(0, Math.Max(0, -surplus)).Select(_ => new ModelPlace(0)));
                foreach (var gone in category.Places.Where(place => place.IsFree(now)).Take(surplus).ToArray())
                {
                    category.Places.Remove(gone);
                    gone.IsBlocked = true;
                }
            });
    }

    public Expected Waits(int who, ModelCategory category, int quantity, DateTimeOffset now)
    {
        // Offers of theirs that are over are ended first, and stay so only if the place is given.
        if (category.Entries.Exists(entry => entry.Who == who && (entry.Status == "waiting" || (entry.Status == "offered" && !entry.IsUnused(now)))))
        {
            return "waitlist.already_joined";
        }

        return category.OnSale(now) >= quantity
            ? "waitlist.not_sold_out"
            : new Expected(() =>
            {
                EndUnused(category.Entries.Where(entry => entry.Who == who), now);
                category.Entries.Add(new ModelEntry(who, category, quantity));
            });
    }

    public Expected GivesUp(int who, ModelCategory category, DateTimeOffset now)
    {
        var open = category.Entries.Where(entry => entry.Who == who && (entry.Status == "waiting" || entry is { Status: "offered", Cart.IsActive: true })).ToArray();
        var live = Array.Exists(open, entry => entry.Status == "waiting" || entry.Cart!.IsLive(now));
        return new Expected(open.Length == 0 ? false : live ? true : null, "waitlist.not_found", () =>    // an offer that has lapsed is over, or is given up, whichever comes first
        {
            foreach (var entry in open)
            {
                Abandon(entry.Cart);
                entry.Status = "left";
            }
        });
    }

    public void ExpireBookings(DateTimeOffset now)
    {
        foreach (var booking in Bookings.Where(booking => booking.Status == "pending" && booking.Due <= now))
        {
            booking.End("expired");
        }
    }

    /// <summary>Those who are offered something now, and which cart it is in. Of numbered seats it has yet to be seen which.</summary>
    public List<ModelCart> MakeOffers(ModelCategory category, DateTimeOffset now, Func<int, ModelPlace[]> seatsOffered)
    {
        var offers = new List<ModelCart>();
        EndUnused(category.Entries, now);
        category.Entries.ForEach(entry => entry.SavedUntil = entry is { Status: "waiting", SavedUntil: { } until } && until <= now ? null : entry.SavedUntil);

        while (Next(category, now) is { } next)
        {
            var until = now + WaitlistPolicy.Offer;
            var cart = Open(next.Who, until, isOffer: true);
            var chosen = category.IsNumbered ? seatsOffered(next.Who) : [];
            cart.Lines.Add(new ModelLine(cart, category, next.Quantity, category.Take(chosen, next.Quantity, cart, until, now)));
            (next.Status, next.Cart, cart.Offer) = ("offered", cart, next);
            offers.Add(cart);

            if (category.Entries.Find(entry => entry.Status == "waiting" && category.Entries.IndexOf(entry) < category.Entries.IndexOf(next) && LiveCart(entry.Who, now) is null) is { } passed)
            {
                var isSavedFor = passed.Overtaken + 1 >= WaitlistPolicy.MostOvertakings && passed.Quantity <= category.Places.Count(place => !place.IsBlocked);
                passed.Overtaken = isSavedFor ? 0 : passed.Overtaken + 1;
                passed.SavedUntil = isSavedFor ? now + WaitlistPolicy.LongestSaving : passed.SavedUntil;
            }
        }

        return offers;
    }

    private ModelEntry? Next(ModelCategory category, DateTimeOffset now)
    {
        var free = category.Free(now);
        var idle = category.Entries.Where(entry => entry.Status == "waiting" && LiveCart(entry.Who, now) is null).ToArray();
        var saving = Array.Find(idle, entry => entry.SavedUntil > now);
        return Array.Find(idle, entry => entry.Quantity <= free - (saving is not null && Array.IndexOf(idle, saving) < Array.IndexOf(idle, entry) ? Math.Min(saving.Quantity, free) : 0));
    }

    private static void EndUnused(IEnumerable<ModelEntry> entries, DateTimeOffset now)
    {
        foreach (var unused in entries.Where(entry => entry.Status == "offered" && entry.IsUnused(now)))
        {
            unused.Status = "expired";
        }
    }

    /// <summary>
    /// Whether so many standing places can be had by a line that has some. What it had and let lapse it may take back before those who wait; how much of it nobody else has
    /// taken is not known: null, when it depends on that.
    /// </summary>
    /// <param name="line">Whose places.</param>
    /// <param name="quantity">How many it is to have.</param>
    /// <param name="now">The moment.</param>
    /// <param name="isTakenFirst">Whether it is taken back before it is looked what is on sale.</param>
    private static bool? IsEnough(ModelLine line, int quantity, DateTimeOffset now, bool isTakenFirst)
    {
        var category = line.Category;
        var (live, free) = (line.Live(now), category.Free(now));
        if (!category.IsAwaited)
        {
            return quantity <= live + free;
        }

        bool With(int own)
        {
            var (missing, others) = (quantity - own, free - (own - live));
            return missing <= 0 || (others >= missing && category.OnSale(now, isTakenFirst ? others : free) >= missing);
        }

        var most = Math.Min(line.Quantity, live + free);
        return With(live) == With(most) ? With(live) : null;
    }

    private ModelCart Open(int who, DateTimeOffset expires, bool isOffer)
    {
        foreach (var lapsed in Carts.Where(cart => cart.Who == who))
        {
            lapsed.IsActive = false;
        }

        var cart = new ModelCart(who, isOffer) { Expires = expires };
        Carts.Add(cart);
        return cart;
    }

    private static void Abandon(ModelCart? cart)
    {
        if (cart is not null)
        {
            cart.Lines.ForEach(line => line.Release());
            cart.IsActive = false;
        }
    }
}

/// <summary>A numbered seat, or any standing place.</summary>
internal sealed class ModelPlace(long id)
{
    public long Id { get; } = id;

    public ModelCart? Cart { get; set; }

    public DateTimeOffset Until { get; set; }

    public ModelBooking? Booking { get; set; }

    public bool IsBlocked { get; set; }

    public bool IsFree(DateTimeOffset now) => !IsBlocked && Booking is null && (Cart is null || Until <= now);

    public bool CanBeRetakenBy(ModelCart cart, DateTimeOffset now) => !IsBlocked && Booking is null && (Cart is null || Cart == cart || Until <= now);

    public string Status(DateTimeOffset now) => IsBlocked ? "blocked" : Booking is not null ? "booked" : IsFree(now) ? "available" : "locked";
}

internal sealed class ModelCategory(long id, bool isNumbered)
{
    public long Id { get; } = id;

    public bool IsNumbered { get; } = isNumbered;

    public List<ModelPlace> Places { get; } = [];

    /// <summary>Everybody who ever waited for it, the oldest first.</summary>
    public List<ModelEntry> Entries { get; } = [];

    public bool IsAwaited => Entries.Exists(entry => entry.Status == "waiting");

    public int Free(DateTimeOffset now) => Places.Count(place => place.IsFree(now));

    public int OnSale(DateTimeOffset now) => OnSale(now, Free(now));

    /// <summary>Of so many that are free, those that those who wait do not need: the oldest is given first, and whom there is too little for is passed over, unless it is being saved up for them.</summary>
    public int OnSale(DateTimeOffset now, int free)
    {
        var left = free;
        foreach (var entry in Entries.Where(entry => entry.Status == "waiting" && (entry.Quantity <= left || entry.SavedUntil > now)))
        {
            left -= Math.Min(entry.Quantity, left);
        }

        return left;
    }

    /// <summary>The chosen ones, or so many of any.</summary>
    public List<ModelPlace> Take(ModelPlace[] chosen, int quantity, ModelCart cart, DateTimeOffset until, DateTimeOffset now)
    {
        List<ModelPlace> taken = [.. chosen.Length > 0 ? chosen : Places.Where(place => place.IsFree(now)).Take(quantity)];
        taken.ForEach(place => (place.Cart, place.Until) = (cart, until));
        return taken;
    }
}

internal sealed class ModelCart(int who, bool isOffer)
{
    public int Who { get; } = who;

    public DateTimeOffset Expires { get; set; }

    public bool IsActive { get; set; } = true;

    public ModelEntry? Offer { get; set; }

    public List<ModelLine> Lines { get; } = [];

    public int Tickets => Lines.Sum(line => line.Quantity);

    public bool IsLive(DateTimeOffset now) => IsActive && Expires > now;

    public ModelLine? LineOf(ModelCategory category) => Lines.Find(line => line.Category == category);

    public void Extend(DateTimeOffset to) => Expires = isOffer ? Expires : to;

    public DateTimeOffset HoldUntil(DateTimeOffset wanted) => wanted < Expires ? wanted : Expires;
}

internal sealed class ModelLine(ModelCart cart, ModelCategory category, int quantity, List<ModelPlace> places)
{
    /// <summary>As the app numbers it.</summary>
    public long Id { get; set; }

    public ModelCart Cart { get; } = cart;

    public ModelCategory Category { get; } = category;

    public int Quantity { get; private set; } = quantity;

    public List<ModelPlace> Places { get; } = places;

    public int Live(DateTimeOffset now) => Places.Count(place => place.Cart == Cart && place.Until > now && !place.IsBlocked);

    /// <summary>The hold of all seats is lengthened, or, if somebody else has one of them, given up.</summary>
    public void Lift(DateTimeOffset until, DateTimeOffset now)
    {
        if (!Places.TrueForAll(place => place.CanBeRetakenBy(Cart, now)))
        {
            Release();
            return;
        }

        Places.ForEach(place => (place.Cart, place.Until) = (Cart, place.Cart == Cart && place.Until > until ? place.Until : until));
    }

    /// <summary>So many: what is still held, the oldest first, and any others.</summary>
    public void Resize(int quantity, DateTimeOffset until, DateTimeOffset now)
    {
        if (!Category.IsNumbered)
        {
            foreach (var lost in Places.Where(place => place.Cart != Cart || place.Until <= now).ToArray())
            {
                Places.Remove(lost);
            }

            foreach (var surplus in Places.Skip(quantity).ToArray())
            {
                surplus.Cart = null;
                Places.Remove(surplus);
            }

            if (quantity > Places.Count)
            {
                Places.AddRange(Category.Take([], quantity - Places.Count, Cart, until, now));
            }
        }

        Quantity = quantity;
        Places.ForEach(place => (place.Cart, place.Until) = (Cart, place.Until > until ? place.Until : until));
    }

    public void Release()
    {
        foreach (var place in Places.Where(place => place.Cart == Cart && place.Booking is null))
        {
            place.Cart = null;
        }
    }
}

internal sealed class ModelBooking(int who, DateTimeOffset due)
{
    /// <summary>As the app numbers it.</summary>
    public long Id { get; set; }

    public int Who { get; } = who;

    public DateTimeOffset Due { get; } = due;

    public string Status { get; set; } = "pending";

    public List<ModelPlace> Places { get; } = [];

    public void End(string how)
    {
        Status = how;
        Places.ForEach(place => place.Booking = null);
    }
}

internal sealed class ModelEntry(int who, ModelCategory category, int quantity)
{
    public int Who { get; } = who;

    public int Quantity { get; } = quantity;

    public string Status { get; set; } = "waiting";

    public ModelCart? Cart { get; set; }

    public int Overtaken { get; set; }

    public DateTimeOffset? SavedUntil { get; set; }

    /// <summary>What was offered is not in a cart any more.</summary>
    public bool IsUnused(DateTimeOffset now) => !Cart!.IsLive(now) || Cart.LineOf(category) is null;
}
