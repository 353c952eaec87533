using Microsoft.Extensions.Logging;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>The first administrator, from the configuration; null where none is configured.</summary>
public sealed record AdministratorOptions(string Email, string Username, string Password)
{
    public static AdministratorOptions? From(Settings settings)
    {
        var email = settings.Text("ADMIN_EMAIL") is null ? null : settings.RequiredInProduction("ADMIN_EMAIL");
        var username = settings.Text("ADMIN_USERNAME");
        var password = settings.Text("ADMIN_PASSWORD") is null ? null : settings.RequiredInProduction("ADMIN_PASSWORD");

        if (email is null && username is null && password is null)
        {
            return null;
        }

        return email is not null && EmailAddress.IsValid(email)
            && username is not null && new UsernameFormatAttribute().IsValid(username)
            && password is { Length: >= AccountPolicy.ShortestPassword and <= AccountPolicy.LongestPassword }
                ? new(EmailAddress.Normalise(email), username, password)
                : throw new SettingsException("ADMIN_EMAIL, ADMIN_USERNAME and ADMIN_PASSWORD must all be set, and be a valid address, username and password.");
    }
}

/// <summary>Sees to it at start that there is an administrator.</summary>
public sealed partial class AdministratorSeed(
    Database database, TimeProvider clock, PasswordHasher passwords, Settings settings, ILogger<AdministratorSeed> logger, AdministratorOptions? options = null)
{
    private const long AdvisoryLock = 0x5A4F4E495141; // "ZONIQA"

    /// <summary>One verified administrator when there is none; any number of instances may start at once. Production does not start without one.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (await IsThereOneAsync(cancellationToken))
        {
            return;
        }

        if (options is null)
        {
            RefuseInProduction("There is no administrator yet: ADMIN_EMAIL, ADMIN_USERNAME and ADMIN_PASSWORD must be set for the first start.");
            return;
        }

        var hash = (await passwords.HashAsync(options.Password, cancellationToken)).Value;
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        await db.ExecuteAsync("select pg_advisory_xact_lock(@AdvisoryLock)", new { AdvisoryLock });
        var isSeeded = await db.ExecuteAsync(
            """
            insert into account (username, email, role, password_hash, tokens_valid_from, created_at)
            select @Username, @Email, 'admin', @hash, date_trunc('second', @now), @now
            where  not exists (select from account where role = 'admin')
            on conflict do nothing
            """,
            new { options.Username, options.Email, hash, now }) == 1;
        await db.CommitAsync();

        if (!isSeeded && !await IsThereOneAsync(cancellationToken))
        {
            RefuseInProduction("There is no administrator: ADMIN_EMAIL or ADMIN_USERNAME belongs to an ordinary account.");
            LogNameTaken();
        }
    }

    private void RefuseInProduction(string why)
    {
        if (settings.IsProduction)
        {
            throw new SettingsException(why);
        }
    }

    private async Task<bool> IsThereOneAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<bool>("select exists (select from account where role = 'admin')");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no administrator: ADMIN_EMAIL or ADMIN_USERNAME belongs to an ordinary account")]
    private partial void LogNameTaken();
}
