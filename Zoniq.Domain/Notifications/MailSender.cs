using System.Collections.Concurrent;
using System.Diagnostics;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Notifications;

/// <summary>
/// Empties the outbox. A mail is claimed by moving its next attempt into the future, so no transaction is open while it travels, and of any number of senders one gets it;
/// if that one dies, another takes over when the claim has lapsed.
/// </summary>
public sealed partial class MailSender(
    Database database, TimeProvider clock, IMailTransport transport, MailComposer composer, Measures measures, ILogger<MailSender> logger) : IAsyncDisposable
{
    /// <summary>Of a mail that is known by its number: written so, it is not looked for among all that are pending.</summary>
    private const string IsPending = "status not in ('sent', 'dead', 'expired')";

    private readonly SemaphoreSlim lanes = new(MailPolicy.Lanes);
    private readonly ConcurrentDictionary<long, Task> underWay = new();
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Sends what is due, the urgent first, until nothing is left or it is time to stop.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        using var tick = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        tick.CancelAfter(MailPolicy.LongestTick);
        await DropExpiredAsync(cancellationToken);

        while (!tick.IsCancellationRequested
            && await ClaimDueAsync(cancellationToken) is { Length: > 0 } mails
            && await SendAllAsync(mails, tick.Token))
        {
        }

        await CountAsync(cancellationToken);
    }

    /// <summary>Sends a mail that was just committed, without making anybody wait. If that does not work, or too many are waiting, the outbox's timer does it.</summary>
    public void SendSoon(long mailId)
    {
        if (stopping.IsCancellationRequested || underWay.Count >= MailPolicy.LongestLine)
        {
            return;
        }

        var sending = Task.Run(() => SendOneAsync(mailId));
        underWay[mailId] = sending;
        sending.ContinueWith(_ => underWay.TryRemove(mailId, out var _), TaskScheduler.Default);
    }

    /// <summary>Waits for what is on its way, since a mail half handed over is neither sent nor unsent; what has not left yet is the timer's.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(underWay.Values);
        lanes.Dispose();
        stopping.Dispose();
    }

    private async Task SendOneAsync(long mailId)
    {
        try
        {
            await lanes.WaitAsync(stopping.Token);
            try
            {
                if (await ClaimAsync(mailId) is { } mail)
                {
                    await SendAllAsync([mail], CancellationToken.None);
                }
            }
            finally
            {
                lanes.Release();
            }
        }
        catch (Exception failure) // nobody waits for this task, and the timer will find the mail
        {
            LogLeftToTimer(mailId, failure.GetType().Name);
        }
    }

    /// <summary>
    /// Several at once, but those to one person one after the other, so that they arrive in the order in which things happened.
    /// False when the mail server, or the database, is not there: then the rest goes back as if it had not been tried.
    /// </summary>
    private async Task<bool> SendAllAsync(OutboxMail[] mails, CancellationToken cancellationToken)
    {
        var putBack = new ConcurrentBag<OutboxMail>();
        string? outage = null;

        async ValueTask TryAsync(OutboxMail mail)
        {
            if (outage is not null || cancellationToken.IsCancellationRequested)
            {
                putBack.Add(mail);
                return;
            }

            try
            {
                await DeliverAsync(mail);
            }
            catch (MailServerUnavailableException unavailable)
            {
                outage = unavailable.Message;
                putBack.Add(mail);
            }
            catch (Exception unwritten) // whether it was delivered or not, it waits until its claim has lapsed; more of them would be no better
            {
                outage = "The database cannot be written.";
                LogUnwritten(mail.Id, mail.Template, unwritten.GetType().Name);
            }
        }

        await Parallel.ForEachAsync(
            mails.GroupBy(mail => mail.Recipient, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = MailPolicy.Lanes },
            async (toOne, _) =>
            {
                foreach (var mail in toOne)
                {
                    await TryAsync(mail);
                }
            });

        if (!putBack.IsEmpty)
        {
            await PutBackAsync([.. putBack], outage);
        }

        if (outage is not null)
        {
            LogOutage(outage);
        }

        return outage is null;
    }

    private async Task DeliverAsync(OutboxMail mail)
    {
        using var span = Spans.Continue($"send {mail.Template}", ActivityKind.Consumer, mail.TraceParent);
        using var patience = new CancellationTokenSource(MailPolicy.LongestDelivery);
        try
        {
            using var message = await composer.ComposeAsync(mail, patience.Token);
            if (!await IsStillClaimedAsync(mail, patience.Token))
            {
                return;
            }

            await transport.SendAsync(message, patience.Token);
        }
        catch (Exception failure) when (failure is not MailServerUnavailableException) // a mail that cannot be made or delivered must not hold up the others
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            measures.MailTried(mail.Template, sent: false);
            await MarkFailedAsync(mail, failure);
            return;
        }

        measures.MailTried(mail.Template, sent: true);
        await MarkSentAsync(mail);
    }

    /// <summary>What is due now could not be sent; what is to be tried later is not due.</summary>
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        var (waiting, since) = await db.QuerySingleAsync<(long, DateTimeOffset?)>(
            """
            select count(*),
                   min(created_at) filter (where next_attempt_at <= @now)
            from   mail
            where  status = 'pending'
            """,
            new { now });
        measures.Outbox(waiting, since is { } due ? now - due : TimeSpan.Zero);
    }

    private async Task DropExpiredAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync(
            """
            update mail
            set    status = 'expired', data = data - 'code'
            where  status = 'pending'
            and    expires_at <= @now
            and    next_attempt_at <= @now
            """,
            new { now = clock.GetUtcNow() });
    }

    private async Task<OutboxMail[]> ClaimDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<OutboxMail>(
            """
            with claimed as (
                update mail
                set    attempts = attempts + 1, next_attempt_at = @leasedUntil
                where  id in (
                    select   id
                    from     mail
                    where    status = 'pending'
                    and      next_attempt_at <= @now
                    and      (expires_at is null or expires_at > @now)
                    order by importance, next_attempt_at
                    limit    @batch
                    for update skip locked)
                returning *
            )
            select   id, template, recipient, data, attempts, trace_parent, created_at
            from     claimed
            order by importance, id
            """,
            new { now, leasedUntil = now + MailPolicy.Lease, batch = MailPolicy.Batch });
    }

    /// <summary>Only one that nobody has tried yet: the timer has the others, and a clock that was set back a little keeps nobody waiting.</summary>
    private async Task<OutboxMail?> ClaimAsync(long mailId)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);
        return await db.QuerySingleOrDefaultAsync<OutboxMail>(
            $"""
            update mail
            set    attempts = attempts + 1, next_attempt_at = @leasedUntil
            where  id = @mailId
            and    {IsPending}
            and    attempts = 0
            and    (expires_at is null or expires_at > @now)
            returning id, template, recipient, data, attempts, trace_parent, created_at
            """,
            new { mailId, now, leasedUntil = now + MailPolicy.Lease });
    }

    /// <summary>False when it was withdrawn while it waited for its turn, or has been taken over by another sender.</summary>
    private async Task<bool> IsStillClaimedAsync(OutboxMail mail, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleOrDefaultAsync<bool>(
            """
            select status = 'pending' and attempts = @Attempts
            from   mail
            where  id = @Id
            """,
            new { mail.Id, mail.Attempts });
    }

    /// <summary>Each mail by itself and at once: if this instance dies, what was sent must not be sent again. A sent code is erased.</summary>
    private Task<int> MarkSentAsync(OutboxMail mail) =>
        WriteAsync(db => db.ExecuteAsync(
            $"""
            update mail
            set    status = 'sent', sent_at = @now, last_error = null, data = data - 'code',
                   recipient = case when cause like '{MailPolicy.Farewell}%' then 'erased-' || id || '{MailPolicy.NobodysDomain}' else recipient end
            where  id = @Id
            and    {IsPending}
            and    attempts = @Attempts
            """,
            new { mail.Id, mail.Attempts, now = clock.GetUtcNow() }));

    private async Task MarkFailedAsync(OutboxMail mail, Exception failure)
    {
        var now = clock.GetUtcNow();
        var givesUpAt = mail.CreatedAt + MailPolicy.GiveUpAfter;
        var isDead = now >= givesUpAt || failure is SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted, StatusCode: >= (SmtpStatusCode)500 };
        var nextAttemptAt = now + MailPolicy.PauseAfter(mail.Attempts) is var next && next < givesUpAt ? next : givesUpAt;
        var reason = Describe(failure);

        await WriteAsync(db => db.ExecuteAsync(
            $"""
            update mail
            set    status = case when @isDead then 'dead' else 'pending' end,
                   next_attempt_at = @nextAttemptAt,
                   last_error = @reason,
                   data = case when @isDead then data - 'code' else data end
            where  id = @Id
            and    {IsPending}
            and    attempts = @Attempts
            """,
            new { mail.Id, mail.Attempts, isDead, nextAttemptAt, reason }));

        if (isDead)
        {
            LogGivenUp(mail.Id, mail.Template, mail.Attempts, reason);
        }
        else
        {
            LogFailed(mail.Id, mail.Template, mail.Attempts, reason);
        }
    }

    private async Task PutBackAsync(OutboxMail[] mails, string? outage)
    {
        var now = clock.GetUtcNow();
        var givenUp = await WriteAsync(db => db.QueryAsync<OutboxMail>(
            """
            with put_back as (
                update mail
                set    status = case when created_at <= @tooOld then 'dead' else 'pending' end,
                       attempts = mail.attempts - 1,
                       next_attempt_at = @now,
                       last_error = coalesce(@outage, last_error),
                       data = case when created_at <= @tooOld then data - 'code' else data end
                from   unnest(@ids, @attempts) as claimed (id, attempts)
                where  mail.id = claimed.id
                and    mail.attempts = claimed.attempts
                and    mail.status = 'pending'
                returning mail.*
            )
            select id, template, recipient, data, attempts, trace_parent, created_at
            from   put_back
            where  status = 'dead'
            """,
            new
            {
                ids = mails.Select(mail => mail.Id).ToArray(),
                attempts = mails.Select(mail => mail.Attempts).ToArray(),
                outage,
                now,
                tooOld = now - MailPolicy.GiveUpAfter,
            }));

        foreach (var mail in givenUp)
        {
            LogGivenUp(mail.Id, mail.Template, mail.Attempts, outage ?? "Too old");
        }
    }

    /// <summary>A database that is away for a moment, as at a fail-over, must not cause what was sent to be sent again.</summary>
    private async Task<T> WriteAsync<T>(Func<Session, Task<T>> statement)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var db = await database.OpenAsync(CancellationToken.None);
                return await statement(db);
            }
            catch (NpgsqlException) when (tries < MailPolicy.WritingPauses.Length)
            {
                await Task.Delay(MailPolicy.WritingPauses[tries]);
            }
        }
    }

    /// <summary>Never a server's own words: they quote addresses.</summary>
    private static string Describe(Exception failure) => failure switch
    {
        SmtpCommandException refused => $"SMTP {(int)refused.StatusCode} {refused.ErrorCode}",
        OperationCanceledException => "Timed out",
        _ => failure.GetType().Name,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {MailId} ({Template}) failed at attempt {Attempt}: {Reason}")]
    private partial void LogFailed(long mailId, string template, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Mail {MailId} ({Template}) was given up after attempt {Attempt}: {Reason}")]
    private partial void LogGivenUp(long mailId, string template, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What became of mail {MailId} ({Template}) could not be written down; it may be sent once more: {Reason}")]
    private partial void LogUnwritten(long mailId, string template, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mails wait: {Reason}")]
    private partial void LogOutage(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {MailId} is left to the timer: {Reason}")]
    private partial void LogLeftToTimer(long mailId, string reason);
}

/// <summary>A claimed row of the outbox.</summary>
public sealed record OutboxMail
{
    public long Id { get; init; }

    public required string Template { get; init; }

    public required string Recipient { get; init; }

    /// <summary>JSON.</summary>
    public required string Data { get; init; }

    /// <summary>This one included.</summary>
    public int Attempts { get; init; }

    /// <summary>What caused it.</summary>
    public string? TraceParent { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
