using Microsoft.Extensions.Logging;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Throws away what has served its purpose. Nothing depends on it: all of it has stopped counting by itself.</summary>
public sealed partial class Housekeeping(Database database, PictureUploads pictures, TimeProvider clock, ILogger<Housekeeping> logger)
{
    /// <summary>Rows of one statement.</summary>
    public const int Batch = 5_000;

    /// <summary>Statements for one table; what is left then goes the next time.</summary>
    private const int MostBatches = 400;

    /// <summary>Tables do not wait for each other: one that cannot be tidied is logged.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await Tidy("one_time_code", "(expires_at <= @now or (attempts_left = 0 and sent_at <= @lastAllowed))", cancellationToken);    // a used one keeps the next from being sent at once
        await Tidy("revoked_token", "expires_at <= @now", cancellationToken);
        await Tidy("rate_counter", "resets_at <= @now", cancellationToken);
        await Tidy("idempotent_request", "expires_at <= @now", cancellationToken);
        await Tidy("sign_in_attempt", "last_try_at <= @since and (locked_until is null or locked_until <= @now)", cancellationToken);
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

    [LoggerMessage(LogLevel.Error, "What is over in {Table} could not be thrown away and stays until the next time.")]
    private static partial void LogFailure(ILogger logger, string table, Exception failure);
}
