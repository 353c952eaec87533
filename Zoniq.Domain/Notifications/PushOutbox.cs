using System.Text.Json;
using System.Text.Json.Serialization;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Notifications;

/// <summary>
/// What people are told at once on the page they have open. It is left here in the transaction that causes it, so nobody hears of what
/// did not happen, and a timer takes it out. The same facts can always be asked for: losing a push loses nothing.
/// </summary>
public sealed class PushOutbox(Database database, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new InstantConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Leaves a message for somebody; it goes out when the transaction is committed, and in the order of one account's messages.</summary>
    /// <param name="db">The transaction that causes it.</param>
    /// <param name="accountId">Whose open pages are told.</param>
    /// <param name="target">What the page listens for: <c>bookingConfirmed</c>.</param>
    /// <param name="payload">Becomes JSON with names in camelCase and times in UTC.</param>
    /// <param name="now">When; a minute later it is not sent any more.</param>
    public static Task AddAsync(Session db, long accountId, string target, object payload, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            insert into push (account_id, target, payload, created_at)
            values (@accountId, @target, @payload::jsonb, @now)
            """,
            new { accountId, target, payload = JsonSerializer.Serialize(payload, payload.GetType(), Json), now });

    /// <summary>
    /// Takes the oldest, at most <see cref="PushPolicy.Batch"/>, in the order in which they were left; what is older than
    /// <see cref="PushPolicy.Life"/> is thrown away. While somebody else takes them there are none: two at once would tell one account in the wrong order.
    /// </summary>
    public async Task<Push[]> TakeAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        return await db.QueryAsync<Push>(
            """
            with taken as (
                delete from push
                where  id = any(array(
                    select   id
                    from     push
                    where    (select pg_try_advisory_xact_lock(hashtext('zoniq push')))
                    order by id
                    limit    @Batch))
                returning id, account_id, target, payload, created_at
            )
            select   account_id, target, payload::text as json
            from     taken
            where    created_at > @oldest
            order by id
            """,
            new { PushPolicy.Batch, oldest = clock.GetUtcNow() - PushPolicy.Life });
    }
}

/// <summary>A message to whatever pages an account has open.</summary>
public sealed record Push
{
    public long AccountId { get; init; }

    /// <summary>What the page listens for.</summary>
    public string Target { get; init; } = "";

    /// <summary>As it was left.</summary>
    public JsonElement Payload => JsonElement.Parse(Json);

    internal string Json { get; init; } = "";
}
