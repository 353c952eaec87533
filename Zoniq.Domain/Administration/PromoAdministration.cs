using System.Text.Json.Nodes;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What administrators do with promo codes.</summary>
public sealed class PromoAdministration(Database database, TimeProvider clock, CatalogueOptions options)
{
    internal const string AtMostHundred = "must be at most 100 percent.";

    /// <summary>Uses of carts that ran out are still on the row until somebody clears them, and count no more.</summary>
    private const string Columns =
        $"""
        id, code, kind, value, event_id, max_uses, per_user_limit, starts_at, ends_at, min_amount, is_active,
        used_count - (select count(*)::integer
                      from   promo_use
                      join   cart on cart.id = promo_use.cart_id
                      where  promo_use.promo_id = promo_code.id
                      and    {PromoUses.HasLapsedSql}) as used_count,
        created_at, updated_at
        """;

    private static readonly Problem EndsTooEarly = Problem.Validation("endsAt", "must be later than the start.");

    public async Task<PromoCodePage> List(PromoCodeFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string Listed =
            """
            from   promo_code
            where  (@Search::text is null or strpos(code, upper(@Search)) > 0)
            and    (@EventId::bigint is null or event_id = @EventId)
            and    (@IsActive::boolean is null or is_active = @IsActive)
            """;
        await using var db = await database.OpenAsync(cancellationToken);

        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            {Listed};

            select   {Columns}
            {Listed}
            order by id desc
            limit    @Size offset @Offset;
            """,
            new { filter.Search, filter.EventId, filter.IsActive, page.Size, page.Offset, now = clock.GetUtcNow() });

        var total = await read.ReadSingleAsync<long>();
        return new PromoCodePage([.. await read.ReadAsync<PromoCode>()], total, page.Number, page.Size);
    }

    /// <summary>Refuses a code that is not there.</summary>
    public async Task<Result<PromoCode>> Get(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await Load(db, id, clock.GetUtcNow()) is { } promo ? promo : PromoProblems.NotFound;
    }

    /// <summary>Refuses an event that is not there, and a code that there is.</summary>
    public async Task<Result<PromoCode>> Create(Actor actor, CreatePromoCode wish, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await ZoneOf(db, wish.EventId) is not { } zone)
        {
            return CatalogueProblems.EventNotFound;
        }

        var (starts, ends) = (wish.StartsAt?.In(zone), wish.EndsAt?.In(zone));

        if (starts >= ends)
        {
            return EndsTooEarly;
        }

        await LockNames(db);
        var id = await db.QuerySingleOrDefaultAsync<long?>(
            """
            insert into promo_code (code, kind, value, event_id, max_uses, per_user_limit, starts_at, ends_at, min_amount, is_active, created_at)
            values (@code, @Kind, @value, @EventId, @MaxUses, @PerUserLimit, @starts, @ends, @minAmount, @isActive, @now)
            on conflict (code) do nothing
            returning id
            """,
            new
            {
                code = wish.Code!.ToUpperInvariant(),
                wish.Kind,
                value = Money.FromRupees(wish.Value!.Value),
                wish.EventId,
                wish.MaxUses,
                wish.PerUserLimit,
                starts,
                ends,
                minAmount = Rupees(wish.MinAmount),
                isActive = wish.IsActive ?? true,
                now,
            });

        if (id is null)
        {
            return PromoProblems.CodeTaken;
        }

        var created = (await Load(db, id.Value, now))!;
        var details = new JsonObject { ["code"] = created.Code, ["kind"] = created.Kind, ["value"] = created.Value.Rupees, ["eventId"] = created.EventId };
        await AuditLog.WriteAsync(db, actor, "create_promo", "promo_code", id, details, now);
        await db.CommitAsync();
        return created;
    }

    /// <summary>Refuses a code that is not there, an event that is not there, a name that another code has, and fewer uses than there are.</summary>
    public async Task<Result<PromoCode>> Change(Actor actor, long id, PatchPromoCode patch, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await ClearLapsed(id, now, cancellationToken);
        await using var db = await database.BeginAsync(cancellationToken);

        // The event before the code and the code's name before both, as whoever creates a code or removes an event.
        var zone = await ZoneOf(db, patch.Clears(nameof(patch.EventId)) ? null : patch.EventId);

        if (patch.Code is not null)
        {
            await LockNames(db);
        }

        var usedCount = await db.QuerySingleOrDefaultAsync<int?>("select used_count from promo_code where id = @id for update", new { id });

        if (usedCount is null || await Load(db, id, now) is not { } before)
        {
            return PromoProblems.NotFound;
        }

        if (zone is null)
        {
            return CatalogueProblems.EventNotFound;
        }

        if (before.EventId is not null && patch.EventId is null)
        {
            zone = TimeZones.Find(await db.QuerySingleAsync<string>("select time_zone from event where id = @EventId", new { before.EventId })) ?? zone;    // the code keeps its event
        }

        var after = Merge(before, patch, zone);

        if (after.Kind == "percent" && after.Value.Rupees > 100)
        {
            return Problem.Validation("value", AtMostHundred);
        }

        if (after.StartsAt >= after.EndsAt)
        {
            return EndsTooEarly;
        }

        if (after.MaxUses < usedCount)
        {
            return PromoProblems.InUse;
        }

        var changes = AuditLog.Changes(before, after);

        if (changes.Count == 0)
        {
            return before;
        }

        if (await Write(db, after, now) == 0)
        {
            return PromoProblems.CodeTaken;
        }

        await AuditLog.WriteAsync(db, actor, "update_promo", "promo_code", id, changes, now);
        var changed = await Load(db, id, now);
        await db.CommitAsync();
        return changed!;
    }

    /// <summary>Refuses a code that is not there, and one that a cart or a booking uses.</summary>
    public async Task<Result<Done>> Delete(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await ClearLapsed(id, now, cancellationToken);
        await using var db = await database.BeginAsync(cancellationToken);

        await db.ExecuteAsync("select from promo_code where id = @id for update", new { id });
        var code = await db.QuerySingleOrDefaultAsync<string>(
            """
            delete from promo_use
            where  promo_id = @id
            and    state = 'returned'
            and    exists (select from promo_code where id = @id and used_count = 0);

            delete from promo_code
            where  id = @id
            and    used_count = 0
            returning code;
            """,
            new { id });

        if (code is null)
        {
            return await Load(db, id, now) is null ? PromoProblems.NotFound : PromoProblems.InUse;
        }

        await AuditLog.WriteAsync(db, actor, "delete_promo", "promo_code", id, new JsonObject { ["code"] = code }, now);
        await db.CommitAsync();
        return Done.Well("Promo code deleted successfully");
    }

    private async Task ClearLapsed(long id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);

        if (await db.QuerySingleOrDefaultAsync<string>("select code from promo_code where id = @id", new { id }) is { } code
            && await PromoUses.EndLapsedAsync(db, code, accountId: null, now) > 0)
        {
            await db.CommitAsync();
        }
    }

    /// <summary>Who gives a code a name waits for whoever else is giving one.</summary>
    private static Task<int> LockNames(Session db) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtext('promo_code'))");

    /// <summary>The event's zone, and the event stays; without one the usual zone. Null when there is no such event.</summary>
    private async Task<TimeZoneInfo?> ZoneOf(Session db, long? eventId) =>
        eventId is null
            ? options.DefaultTimeZone
            : await db.QuerySingleOrDefaultAsync<string>("select time_zone from event where id = @eventId for key share", new { eventId }) is { } zone
                ? TimeZones.Find(zone)
                : null;

    private static Money? Rupees(decimal? amount) => amount is { } rupees ? Money.FromRupees(rupees) : null;

    private static PromoCode Merge(PromoCode promo, PatchPromoCode patch, TimeZoneInfo zone) => promo with
    {
        Code = patch.Code?.ToUpperInvariant() ?? promo.Code,
        Kind = patch.Kind ?? promo.Kind,
        Value = Rupees(patch.Value) ?? promo.Value,
        EventId = patch.After(patch.EventId, promo.EventId),
        MaxUses = patch.After(patch.MaxUses, promo.MaxUses),
        PerUserLimit = patch.After(patch.PerUserLimit, promo.PerUserLimit),
        StartsAt = patch.After(patch.StartsAt?.In(zone), promo.StartsAt, nameof(patch.StartsAt)),
        EndsAt = patch.After(patch.EndsAt?.In(zone), promo.EndsAt, nameof(patch.EndsAt)),
        MinAmount = patch.After(Rupees(patch.MinAmount), promo.MinAmount, nameof(patch.MinAmount)),
        IsActive = patch.IsActive ?? promo.IsActive,
    };

    private static Task<int> Write(Session db, PromoCode promo, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update promo_code
            set    code = @Code,
                   kind = @Kind,
                   value = @Value,
                   event_id = @EventId,
                   max_uses = @MaxUses,
                   per_user_limit = @PerUserLimit,
                   starts_at = @StartsAt,
                   ends_at = @EndsAt,
                   min_amount = @MinAmount,
                   is_active = @IsActive,
                   updated_at = @now
            where  id = @Id
            and    not exists (select from promo_code as other where other.code = @Code and other.id <> @Id)
            """,
            new
            {
                promo.Code,
                promo.Kind,
                promo.Value,
                promo.EventId,
                promo.MaxUses,
                promo.PerUserLimit,
                promo.StartsAt,
                promo.EndsAt,
                promo.MinAmount,
                promo.IsActive,
                promo.Id,
                now,
            });

    private static Task<PromoCode?> Load(Session db, long id, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<PromoCode>(
            $"""
            select {Columns}
            from   promo_code
            where  id = @id
            """,
            new { id, now });
}
