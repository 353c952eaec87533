namespace Zoniq.Domain.Storage;

/// <summary>What somebody asks for under an Idempotency-Key.</summary>
public sealed record KeyedRequest
{
    public required long AccountId { get; init; }

    /// <summary>1 to 64 letters, digits, hyphens and underscores, chosen by the client.</summary>
    public required string Key { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>SHA-256 over all else that must be the same again.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>Tells this attempt from one that has taken the key over.</summary>
    public Guid Attempt { get; } = Guid.NewGuid();
}

/// <summary>How it stands with a request when it comes in.</summary>
public sealed record BegunRequest
{
    /// <summary>What is asked for, the same for each attempt at it: by it can be known what an instance has done that died before it could say so.</summary>
    public Guid Operation { get; init; }

    /// <summary>What it was answered before; null when it is to be done.</summary>
    public KeptAnswer? Answer { get; init; }
}

/// <summary>What was answered.</summary>
public sealed record KeptAnswer
{
    public int Status { get; init; }

    public string? ContentType { get; init; }

    public byte[] Body { get; init; } = [];

    /// <summary>Under which the logs of what was done are found.</summary>
    public string TraceId { get; init; } = "";
}

/// <summary>Why a key cannot be used just now.</summary>
public static class IdempotencyProblems
{
    public static readonly Problem InFlight =
        new("idempotency.in_flight", ProblemKind.Conflict, "The first request with this Idempotency-Key is still being worked on; please ask again in a moment.");

    public static readonly Problem Mismatch =
        new("idempotency.mismatch", ProblemKind.Invalid, "This Idempotency-Key was used for a different request.");
}

/// <summary>
/// Remembers what was answered under which key. Of any number at once the one that gets its row in does the work; an instance that dies with it
/// holds the key no longer than a lease.
/// </summary>
public sealed class IdempotentRequests(Database database, TimeProvider clock)
{
    /// <summary>Longer than any request takes: no statement runs longer than 15 seconds, and the payment gateway is given up sooner than this.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>From the first request on; then the key is free.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>
    /// Without an answer the request is to be done: then <see cref="KeepAsync"/> or <see cref="ForgetAsync"/> ends it. Refuses with <c>idempotency.in_flight</c> and <c>idempotency.mismatch</c>.
    /// Not cancellable: nobody could tell whether the key was taken.
    /// </summary>
    public async Task<Result<BegunRequest>> BeginAsync(KeyedRequest request)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);

        var operation = await db.QuerySingleOrDefaultAsync<Guid?>(
            """
            insert into idempotent_request as earlier (account_id, key, method, path, fingerprint, operation, attempt, leased_until, expires_at)
            values (@AccountId, @Key, @Method, @Path, @Fingerprint, @Attempt, @Attempt, @leasedUntil, @expiresAt)
            on conflict (account_id, key, method, path) do update
            set    fingerprint = excluded.fingerprint,
                   operation = case when earlier.expires_at <= @now then excluded.operation else earlier.operation end,
                   attempt = excluded.attempt,
                   leased_until = excluded.leased_until,
                   expires_at = excluded.expires_at,
                   status = null,
                   content_type = null,
                   body = null,
                   trace_id = null
            where  earlier.expires_at <= @now
            or     (earlier.status is null and earlier.leased_until <= @now and earlier.fingerprint = excluded.fingerprint)
            returning operation
            """,
            new { request.AccountId, request.Key, request.Method, request.Path, request.Fingerprint, request.Attempt, leasedUntil = now + Lease, expiresAt = now + KeptFor, now });

        return operation is { } ours ? new BegunRequest { Operation = ours } : await AnswerTo(db, request);
    }

    /// <summary>What was answered is answered again, unless the key has been taken over meanwhile.</summary>
    public async Task KeepAsync(KeyedRequest request, KeptAnswer answer)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.ExecuteAsync(
            """
            update idempotent_request
            set    status = @Status,
                   content_type = @ContentType,
                   body = @Body,
                   trace_id = @TraceId
            where  account_id = @AccountId
            and    key = @Key
            and    method = @Method
            and    path = @Path
            and    attempt = @Attempt
            """,
            new { answer.Status, answer.ContentType, answer.Body, answer.TraceId, request.AccountId, request.Key, request.Method, request.Path, request.Attempt });
    }

    /// <summary>It came to nothing: the next with this key tries again.</summary>
    public async Task ForgetAsync(KeyedRequest request)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.ExecuteAsync(
            """
            delete from idempotent_request
            where  account_id = @AccountId
            and    key = @Key
            and    method = @Method
            and    path = @Path
            and    attempt = @Attempt
            """,
            new { request.AccountId, request.Key, request.Method, request.Path, request.Attempt });
    }

    private static async Task<Result<BegunRequest>> AnswerTo(Session db, KeyedRequest request)
    {
        var earlier = await db.QuerySingleOrDefaultAsync<Earlier>(
            """
            select operation,
                   status,
                   content_type,
                   body,
                   trace_id,
                   fingerprint = @Fingerprint as is_same
            from   idempotent_request
            where  account_id = @AccountId
            and    key = @Key
            and    method = @Method
            and    path = @Path
            """,
            new { request.Fingerprint, request.AccountId, request.Key, request.Method, request.Path });

        return earlier switch
        {
            { IsSame: false } => IdempotencyProblems.Mismatch,
            { Status: { } status } => new BegunRequest
            {
                Operation = earlier.Operation,
                Answer = new KeptAnswer { Status = status, ContentType = earlier.ContentType, Body = earlier.Body!, TraceId = earlier.TraceId! },
            },
            _ => IdempotencyProblems.InFlight,      // also when it came to nothing just now
        };
    }

    private sealed record Earlier
    {
        public Guid Operation { get; init; }

        public int? Status { get; init; }

        public string? ContentType { get; init; }

        public byte[]? Body { get; init; }

        public string? TraceId { get; init; }

        public bool IsSame { get; init; }
    }
}
