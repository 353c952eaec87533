using Zoniq.Domain.Accounts;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;

namespace Zoniq.Domain.Administration;

/// <summary>What administrators do with accounts.</summary>
public sealed class UserAdministration(Database database, TimeProvider clock, CatalogueOptions options)
{
    private const string Columns = $"{Account.ShownColumns}, is_blocked, blocked_reason, last_login_at";

    /// <summary>Newest first.</summary>
    public async Task<UserPage> List(UserFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await database.SnapshotAsync(cancellationToken);
        var search = await SearchText.OfAsync(db, filter.Search, "from account where email = @Email or claimed_email = @Email");
        var where = new Conditions()
            .When(filter.Role is not null, "role = @Role")
            .When(filter.IsBlocked is not null, "is_blocked = @IsBlocked")
            .When(search?.Email is not null, "(email = @Email or claimed_email = @Email)")
            .When(
                search is { Email: null },
                """
                (strpos(lower(username), @Part) > 0
                 or strpos(email, @Part) > 0
                 or strpos(claimed_email, @Part) > 0
                 or strpos(lower(full_name), @Part) > 0)
                """);

        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            from   account
            {where};

            select {Columns}
            from     account
            {where}
            order by created_at desc, id desc
            offset   @Offset
            limit    @Size
            """,
            new { filter.Role, filter.IsBlocked, search?.Email, search?.Part, page.Offset, page.Size });

        var total = await read.ReadSingleAsync<long>();
        return new UserPage([.. await read.ReadAsync<AdminUser>()], total, page.Number, page.Size);
    }

    public async Task<UserStats> Stats(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<UserStats>(
            """
            select count(*) as total_users,
                   count(*) filter (where not is_blocked) as active_users,
                   count(*) filter (where is_blocked) as blocked_users,
                   count(*) filter (where role = 'admin') as admin_users,
                   count(*) filter (where created_at >= @today) as new_users_today,
                   count(*) filter (where created_at > @weekAgo) as new_users_week
            from   account
            """,
            new { today = Days.Last(1, now, options.DefaultTimeZone).From, weekAgo = now.AddDays(-7) });
    }

    /// <summary>Refuses an account that is not there.</summary>
    public async Task<Result<AdminUser>> Get(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleOrDefaultAsync<AdminUser>($"select {Columns} from account where id = @id", new { id }) is { } found
            ? found
            : AdministrationProblems.UserNotFound;
    }

    /// <summary>
    /// Acts on the account's next request, frees what its carts hold and its places in queues, and takes back the tickets it has offered. Its tokens are refused while it is blocked
    /// and good again afterwards.
    /// Refuses one's own account and the last administrator.
    /// </summary>
    public async Task<Result<AdminUser>> Block(Actor actor, long id, BlockUser reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var locked = await LockForChange(db, actor, id, takesAnAdministrator: true);
        if (locked.Problem is not null || locked.Value.IsBlocked)
        {
            return locked;
        }

        var blocked = await db.QuerySingleAsync<AdminUser>(
            $"""
            update account
            set    is_blocked = true,
                   blocked_reason = nullif(@Reason, ''),
                   updated_at = @now
            where  id = @id
            returning {Columns}
            """,
            new { id, reason.Reason, now });
        await CartAbandonment.OfAccountAsync(db, id);
        await QueueEnding.OfPersonAsync(db, id, eventId: null, now);
        await WaitlistEnding.OfAccountAsync(db, id, now);
        await TicketTransfers.EndOfSenderAsync(db, id, now);
        return await Keep(db, actor, "block_user", locked.Value, blocked, now);
    }

    /// <summary>Refuses one's own account.</summary>
    public async Task<Result<AdminUser>> Unblock(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var locked = await LockForChange(db, actor, id, takesAnAdministrator: false);
        if (locked.Problem is not null || !locked.Value.IsBlocked)
        {
            return locked;
        }

        var unblocked = await db.QuerySingleAsync<AdminUser>(
            $"""
            update account
            set    is_blocked = false,
                   blocked_reason = null,
                   updated_at = @now
            where  id = @id
            returning {Columns}
            """,
            new { id, now });
        return await Keep(db, actor, "unblock_user", locked.Value, unblocked, now);
    }

    /// <summary>Refuses one's own account and a blocked one.</summary>
    public Task<Result<AdminUser>> MakeAdministrator(Actor actor, long id, CancellationToken cancellationToken) =>
        ChangeRole(actor, id, "admin", cancellationToken);

    /// <summary>Refuses one's own account and the last administrator.</summary>
    public Task<Result<AdminUser>> RemoveAdministrator(Actor actor, long id, CancellationToken cancellationToken) =>
        ChangeRole(actor, id, "user", cancellationToken);

    private async Task<Result<AdminUser>> ChangeRole(Actor actor, long id, string role, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var locked = await LockForChange(db, actor, id, takesAnAdministrator: role == "user");
        if (locked.Problem is not null || locked.Value.Role == role)
        {
            return locked;
        }

        if (locked.Value.IsBlocked && role == "admin")
        {
            return AdministrationProblems.UserBlocked;
        }

        var changed = await db.QuerySingleAsync<AdminUser>(
            $"""
            update account
            set    role = @role,
                   updated_at = @now
            where  id = @id
            returning {Columns}
            """,
            new { id, role, now });
        return await Keep(db, actor, role == "admin" ? "make_admin" : "remove_admin", locked.Value, changed, now);
    }

    /// <summary>
    /// The account as it stands now, locked together with all working administrators and whoever acts: of two who put each other out of office at the same
    /// moment, the second sees what the first did. Somebody who has lost the office while they waited is refused as at the door.
    /// </summary>
    private static async Task<Result<AdminUser>> LockForChange(Session db, Actor actor, long id, bool takesAnAdministrator)
    {
        if (actor.AccountId == id)
        {
            return AdministrationProblems.UserSelf;
        }

        var locked = await db.QueryAsync<AdminUser>(
            $"""
            select {Columns}
            from     account
            where    id in (@id, @AccountId)
            or       (role = 'admin' and is_active and not is_blocked)
            order by id
            for no key update
            """,
            new { id, actor.AccountId });

        if (locked.FirstOrDefault(account => account.Id == id && account.IsActive) is not { } wanted)
        {
            return AdministrationProblems.UserNotFound;
        }

        if (takesAnAdministrator && IsInOffice(wanted) && !locked.Any(account => account.Id != id && IsInOffice(account)))
        {
            return AdministrationProblems.LastAdministrator;
        }

        return locked.FirstOrDefault(account => account.Id == actor.AccountId) switch
        {
            null or { IsActive: false } => AccountProblems.TokenRevoked,
            { IsBlocked: true } => AccountProblems.AccountBlocked,
            { Role: not "admin" } => AccountProblems.AdminRequired,
            _ => wanted,
        };
    }

    private static bool IsInOffice(AdminUser account) => account is { Role: "admin", IsActive: true, IsBlocked: false };

    private static async Task<Result<AdminUser>> Keep(Session db, Actor actor, string action, AdminUser before, AdminUser after, DateTimeOffset now)
    {
        await AuditLog.WriteAsync(db, actor, action, "user", after.Id, AuditLog.Changes(before, after), now);
        await db.CommitAsync();
        return after;
    }
}
