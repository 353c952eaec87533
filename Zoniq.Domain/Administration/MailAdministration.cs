using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>A mail and what became of it; never what it says.</summary>
public sealed record AdminMail
{
    public long Id { get; init; }

    /// <summary>Which text it is, such as booking_confirmed.</summary>
    public string Template { get; init; } = "";

    public string Recipient { get; init; } = "";

    /// <summary>pending, sent, dead (given up) or expired (not worth sending any more).</summary>
    public string Status { get; init; } = "";

    /// <summary>How often it was offered to the mail server.</summary>
    public int Attempts { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it is offered next, while it is pending.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
}

/// <summary>Which mails to list.</summary>
public sealed record MailFilter : IValidatableObject
{
    [AllowedValues(null, "pending", "sent", "dead", "expired", ErrorMessage = "must be pending, sent, dead or expired.")]
    public string? Status { get; init; }

    /// <summary>Such as booking_confirmed.</summary>
    [StringLength(50)]
    public string? Template { get; init; }

    /// <summary>The recipient's address, or a part of it.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Template is not null && !MailTemplate.All.Contains(Template, StringComparer.OrdinalIgnoreCase))
        {
            yield return new ValidationResult("must be the name of a mail, such as booking_confirmed.", [nameof(Template)]);
        }
    }
}

/// <summary>One page of mails, newest first.</summary>
public sealed record AdminMailPage(AdminMail[] Mails, long Total, int Page, int PageSize);

/// <summary>Why a mail is not sent again.</summary>
public static class MailProblems
{
    public static readonly Problem NotFound = new("mail.not_found", ProblemKind.NotFound, "There is no such mail.");

    public static readonly Problem NotDead = new("mail.not_dead", ProblemKind.Conflict, "Only a mail that was given up can be sent again.");

    public static readonly Problem Outdated = new("mail.outdated", ProblemKind.Conflict, "What this mail says is no longer true, so it cannot be sent again.");
}

/// <summary>The outbox as the office sees it.</summary>
public sealed class MailAdministration(Database database, TimeProvider clock, MailSender sender)
{
    private const string Columns =
        """
        id, template, recipient, status, attempts, last_error, coalesce(written_at, created_at) as created_at, sent_at,
        case when status = 'pending' then next_attempt_at end as next_attempt_at
        """;

    /// <summary>Newest first.</summary>
    public async Task<AdminMailPage> List(MailFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var search = SearchText.Of(filter.Search);
        var where = new Conditions()
            .When(filter.Status is not null, "status = @Status")
            .When(filter.Template is not null, "template = lower(@Template)")
            .When(search?.Email is not null, "lower(recipient) = @Email")
            .When(search is { Email: null }, "strpos(lower(recipient), @Part) > 0");

        await using var db = await database.OpenAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            from   mail
            {where};

            select {Columns}
            from     mail
            {where}
            order by id desc
            offset   @Offset
            limit    @Size
            """,
            new { filter.Status, filter.Template, search?.Email, search?.Part, page.Offset, page.Size });

        var total = await read.ReadSingleAsync<long>();
        return new AdminMailPage([.. await read.ReadAsync<AdminMail>()], total, page.Number, page.Size);
    }

    /// <summary>
    /// As if it had just been written: at once, and for as long as any other mail. Refuses one that is not there or not given up, and one whose time is over:
    /// a code, or the secret of an offered ticket, is erased when it is given up, and of an old one nothing is left.
    /// </summary>
    public async Task<Result<AdminMail>> Resend(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        AdminMail? resent;
        await using (var db = await database.BeginAsync(cancellationToken))
        {
            resent = await db.QuerySingleOrDefaultAsync<AdminMail>(
                $"""
                update mail
                set    status = 'pending',
                       attempts = 0,
                       last_error = null,
                       next_attempt_at = @now,
                       created_at = @now,                                -- from which its sender's patience is counted
                       written_at = coalesce(written_at, created_at)
                where  id = @id
                and    status = 'dead'
                and    template <> all(@WithSecrets)
                and    recipient not like '%{MailPolicy.NobodysDomain}'    -- and what it said is gone with whom it was for
                and    (expires_at is null or expires_at > @now)
                returning {Columns}
                """,
                new { id, MailTemplate.WithSecrets, now });

            if (resent is null)
            {
                return await WhyNot(db, id);
            }

            // Whose mail it is stays out of a log that is kept for ever.
            await AuditLog.WriteAsync(db, actor, "resend_mail", "mail", id, new JsonObject { ["template"] = resent.Template }, now);
            await db.CommitAsync();
        }

        sender.SendSoon(id);
        return resent;
    }

    private static async Task<Problem> WhyNot(Session db, long id) =>
        await db.QuerySingleOrDefaultAsync<string>("select status from mail where id = @id", new { id }) switch
        {
            null => MailProblems.NotFound,
            "dead" => MailProblems.Outdated,
            _ => MailProblems.NotDead,
        };
}
