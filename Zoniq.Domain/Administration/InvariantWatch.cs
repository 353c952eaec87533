using Microsoft.Extensions.Logging;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>
/// Looks again and again whether what must hold does hold: at the newest bookings each time, and at all others, all events and all promo codes in turn. It changes nothing but how far it has
/// come, so two at once look at the same twice.
/// </summary>
public sealed partial class InvariantWatch(Database database, InvariantChecker checker, Measures measures, ILogger<InvariantWatch> logger)
{
    /// <summary>A bounded part of everything; each finding is logged.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        // Their places are kept before they are looked at: a window that cannot be checked must not hold up the others.
        var (newest, bookings, events, codes) = await TakeWindows(cancellationToken);

        Finding[] findings =
        [
            .. await Check("the newest bookings", newest, checker.CheckBookingsAsync, cancellationToken),
            .. await Check("bookings", bookings, checker.CheckBookingsAsync, cancellationToken),
            .. await Check("events", events, checker.CheckEventsAsync, cancellationToken),
            .. await Check("promo codes", codes, checker.CheckCodesAsync, cancellationToken),
            .. await Check("live carts", new IdWindow(), (_, cancelled) => checker.CheckLiveCartsAsync(cancelled), cancellationToken),
        ];

        var different = findings.Distinct().ToArray();
        foreach (var finding in different)
        {
            LogFinding(logger, finding.Invariant, finding.Detail);
        }

        measures.Drifted(different.Select(finding => finding.Invariant));
    }

    private async Task<(IdWindow? Newest, IdWindow? Bookings, IdWindow? Events, IdWindow? Codes)> TakeWindows(CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        var newest = await InvariantChecker.NewestBookings(db);
        var bookings = await InTurn(db, "booking", InvariantChecker.NextBookings);
        var events = await InTurn(db, "event", InvariantChecker.NextEvents);
        var codes = await InTurn(db, "promo code", InvariantChecker.NextCodes);
        await db.CommitAsync();
        return (newest, bookings, events, codes);
    }

    /// <summary>The window after the one before, and after the last one the first.</summary>
    private static async Task<IdWindow?> InTurn(Session db, string subject, Func<Session, long, Task<IdWindow?>> next)
    {
        var last = await db.QuerySingleOrDefaultAsync<long>("select last_id from invariant_cursor where subject = @subject", new { subject });
        if ((await next(db, last) ?? await next(db, 0)) is not { } window)
        {
            return null;
        }

        await db.ExecuteAsync(
            """
            insert into invariant_cursor (subject, last_id)
            values (@subject, @Until)
            on conflict (subject) do update
            set    last_id = excluded.last_id
            """,
            new { subject, window.Until });
        return window;
    }

    private async Task<Finding[]> Check(string what, IdWindow? window, Func<IdWindow, CancellationToken, Task<Finding[]>> check, CancellationToken cancellationToken)
    {
        try
        {
            return window is null ? [] : await check(window, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailure(logger, what, window!.After, window.Until, failure);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Error, "What must never be: not true that {Invariant}. {Detail}")]
    private static partial void LogFinding(ILogger logger, string invariant, string detail);

    [LoggerMessage(LogLevel.Error, "Whether all is well with {What} after {After} until {Until} could not be found out.")]
    private static partial void LogFailure(ILogger logger, string what, long after, long until, Exception failure);
}
