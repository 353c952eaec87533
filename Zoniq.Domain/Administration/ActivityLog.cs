using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What an administrator did.</summary>
public sealed record LogEntry
{
    public long Id { get; init; }

    /// <summary>Null when it was Zoniq itself.</summary>
    public long? AdminId { get; init; }

    public string? AdminUsername { get; init; }

    public string Action { get; init; } = "";

    public string? EntityType { get; init; }

    public long? EntityId { get; init; }

    /// <summary>The fields that were changed, before and after.</summary>
    public JsonObject? Details => DetailsText is null ? null : (JsonObject?)JsonNode.Parse(DetailsText);

    /// <summary>The same for people: who did what to what.</summary>
    public string Summary => LogSentence.Of(this, Details);

    public string? IpAddress { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal string? DetailsText { get; init; }
}

/// <summary>Which entries to list.</summary>
public sealed record LogFilter : IValidatableObject
{
    [Range(1, long.MaxValue)]
    public long? AdminId { get; init; }

    /// <summary>Such as publish_event.</summary>
    [StringLength(50)]
    public string? Action { get; init; }

    /// <summary>Such as event.</summary>
    [StringLength(50)]
    public string? EntityType { get; init; }

    /// <summary>The first day in the default time zone, or a date and time.</summary>
    public DayInput? StartDate { get; init; }

    /// <summary>The last day, which is included, or a date and time.</summary>
    public DayInput? EndDate { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        DayBounds.Check(StartDate, EndDate, validationContext.GetRequiredService<CatalogueOptions>().DefaultTimeZone);
}

/// <summary>One page of the log, newest first.</summary>
public sealed record LogPage(LogEntry[] Logs, long Total, int Page, int PageSize);

/// <summary>Reading what <see cref="AuditLog"/> wrote.</summary>
public sealed class ActivityLog(Database database, CatalogueOptions options)
{
    private const string Shown =
        """
        select id, admin_id, admin_username, action, entity_type, entity_id, details::text as details_text, ip_address, created_at
        from   admin_log
        """;

    /// <summary>Newest first.</summary>
    public async Task<LogPage> List(LogFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var where = Where(filter);
        await using var db = await database.SnapshotAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            from   admin_log
            {where};

            {Shown}
            {where}
            order by created_at desc, id desc
            offset   @Offset
            limit    @Size
            """,
            Parameters(filter, page));

        var total = await read.ReadSingleAsync<long>();
        return new LogPage([.. await read.ReadAsync<LogEntry>()], total, page.Number, page.Size);
    }

    /// <summary>All that the filter lets through, in the same order.</summary>
    public IAsyncEnumerable<LogEntry> All(LogFilter filter, CancellationToken cancellationToken) =>
        database.StreamAsync<LogEntry>(
            $"""
            {Shown}
            {Where(filter)}
            order by created_at desc, id desc
            """,
            Parameters(filter, default),
            cancellationToken);

    /// <summary>Refuses an entry that is not there.</summary>
    public async Task<Result<LogEntry>> Get(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleOrDefaultAsync<LogEntry>($"{Shown} where id = @id", new { id }) is { } found
            ? found
            : AdministrationProblems.LogNotFound;
    }

    private static Conditions Where(LogFilter filter) => new Conditions()
        .When(filter.AdminId is not null, "admin_id = @AdminId")
        .When(filter.Action is not null, "action = lower(@Action)")
        .When(filter.EntityType is not null, "entity_type = lower(@EntityType)")
        .When(filter.StartDate is not null, "created_at >= @From")
        .When(filter.EndDate is not null, "created_at < @Until");

    private object Parameters(LogFilter filter, PageRequest page)
    {
        var days = Days.Between(filter.StartDate, filter.EndDate, options.DefaultTimeZone);
        return new { filter.AdminId, filter.Action, filter.EntityType, days.From, days.Until, page.Offset, page.Size };
    }
}
