using Microsoft.Extensions.Logging;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Throws away what has served its purpose, and forgets people's words when they are old. Nothing depends on it: all of it has stopped counting by itself.</summary>
public sealed partial class Housekeeping(Database database, PictureUploads pictures, TimeProvider clock, ILogger<Housekeeping> logger)
{
    /// <summary>Rows of one statement.</summary>
    public const int Batch = 5_000;

    private const string NoRecipient = $"recipient = 'erased-' || id || '{MailPolicy.NobodysDomain}'";

    /// <summary>Statements for one table; what is left then goes the next time.</summary>
    private const int MostBatches = 400;

    /// <summary>What mails said, and to whom they went, is of use to the office for so long.</summary>
    public static readonly TimeSpan MailsAreKept = TimeSpan.FromDays(90);

    /// <summary>The gateway's own words and administrators' network addresses: for as long as money can be disputed.</summary>
    public static readonly TimeSpan EvidenceIsKept = TimeSpan.FromDays(180);

    /// <summary>Tables do not wait for each other: one that cannot be tidied is logged.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await Tidy("one_time_code", "(expires_at <= @now or (attempts_left = 0 and sent_at <= @lastAllowed))", cancellationToken);    // a used one keeps the next from being sent at once
        await Tidy("revoked_token", "expires_at <= @now", cancellationToken);
        await Tidy("rate_counter", "resets_at <= @now", cancellationToken);
        await Tidy("idempotent_request", "expires_at <= @now", cancellationToken);
        await Tidy("sign_in_attempt", "last_try_at <= @since and (locked_until is null or locked_until <= @now)", cancellationToken);
        await Forget("mail", $"data = '{{}}', last_error = null, {NoRecipient}", "(recipient not like 'erased-%' or data <> '{}') and status <> 'pending' and created_at <= @mailsSince", cancellationToken);
        await Forget("mail", NoRecipient, $"cause like '{MailPolicy.Farewell}%' and recipient not like 'erased-%' and status <> 'pending'", cancellationToken);
        await Forget("ticket_transfer", "message = null", "message is not null and ended_at <= @evidenceSince", cancellationToken);
        await Forget("webhook_event", "body = '{}'", "body <> '{}' and (processed_at is not null or is_parked) and received_at <= @evidenceSince", cancellationToken);
        await Forget("admin_log", "ip_address = null", "ip_address is not null and created_at <= @evidenceSince", cancellationToken);
        await RemovePictures(cancellationToken);
    }

    private async Task RemovePictures(CancellationToken cancellationToken)
    {
        try
        {
            await pictures.RemoveUnused(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailure(logger, "upload", failure);
        }
    }

    private async Task Tidy(string table, string isOver, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        try
        {
            await using var db = await database.OpenAsync(cancellationToken);
            for (var batch = 0; batch < MostBatches; batch++)
            {
                var gone = await db.ExecuteAsync(
                    $"""
                    delete from {table}
                    where  ctid = any(array(
                        select ctid
                        from   {table}
                        where  {isOver}
                        limit  @Batch))
                    and    {isOver}    -- somebody may have begun anew meanwhile
                    """,
                    new { now, since = now - AccountPolicy.LockOut, lastAllowed = now - AccountPolicy.CodeCooldown, Batch });
                if (gone < Batch)
                {
                    return;
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailure(logger, table, failure);
        }
    }

    private async Task Forget(string table, string nothing, string isOld, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        try
        {
            for (var batch = 0; batch < MostBatches; batch++)
            {
                await using var db = await database.BeginAsync(cancellationToken);
                await db.ExecuteAsync("select set_config('zoniq.erasing', 'on', true)");
                var forgotten = await db.ExecuteAsync(
                    $"""
                    update {table}
                    set    {nothing}
                    where  id = any(array(
                        select id
                        from   {table}
                        where  {isOld}
                        limit  @Batch))
                    and    {isOld}    -- somebody may have taken it up again meanwhile
                    """,
                    new { mailsSince = now - MailsAreKept, evidenceSince = now - EvidenceIsKept, Batch });
                await db.CommitAsync();
                if (forgotten < Batch)
                {
                    return;
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailure(logger, table, failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "What is over in {Table} could not be thrown away and stays until the next time.")]
    private static partial void LogFailure(ILogger logger, string table, Exception failure);
}
