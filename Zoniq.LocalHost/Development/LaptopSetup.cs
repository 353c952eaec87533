using Microsoft.Extensions.Configuration;
using Npgsql;
using Zoniq.Domain;
using Zoniq.Domain.Storage;
using Zoniq.LocalHost.Demo;
using Zoniq.LocalHost.Postgres;

namespace Zoniq.LocalHost.Development;

/// <summary>Puts in place what a laptop lacks: the database, the secrets, the payment gateway's address, somewhere for the mail.</summary>
public static class LaptopSetup
{
    private const string DatabaseName = "zoniq";

    /// <summary>
    /// Starts what is needed, brings the schema up to date and fills it when asked. What is configured is left as it is.
    /// </summary>
    public static async Task<LaptopEnvironment> PrepareAsync(LocalArguments arguments, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var configured = new Settings(configuration);
        var port = arguments.Port == 0 ? FreePort.Find() : arguments.Port;
        var notes = new Notes();

        ServerAccount.CreateOpenDirectory(arguments.DataDirectory);
        var connectionString = PostgresDataSource.ConnectionString(configured);
        if (arguments.Reset)
        {
            await ForgetAsync(arguments.DataDirectory, connectionString is null, cancellationToken);
        }

        var secrets = await LocalSecrets.LoadAsync(arguments.DataDirectory, cancellationToken);
        var postgres = connectionString is null ? await StartPostgresAsync(arguments, configured, secrets, cancellationToken) : null;
        try
        {
            connectionString ??= new NpgsqlConnectionStringBuilder(postgres!.ConnectionString) { Database = DatabaseName }.ConnectionString;
            notes.Database(connectionString);

            await using (var source = PostgresDataSource.Create(connectionString))
            {
                var applied = await BringUpToDateAsync(source, postgres, cancellationToken);
                notes.Migrated(applied, arguments.Migrate);
                if (arguments.Migrate)
                {
                    await new Migrator(source).KeepSessionSettingsAsync(cancellationToken);
                }

                if (arguments.Demo && !arguments.Migrate)
                {
                    await DemoData.SeedAsync(source, cancellationToken);
                }
            }

            var settings = Missing(configured, arguments, port, connectionString, secrets);
            if (!arguments.Migrate)
            {
                notes.People(settings, arguments.Demo);
                notes.StandIns(settings, port, hasMailServer: configured.Text("SMTP_HOST") is not null, hasSmsProvider: configured.Text("MSG91_AUTH_KEY") is not null);
            }

            return new LaptopEnvironment
            {
                Settings = settings,
                Notes = notes.Lines,
                Port = port,
                IsFinished = arguments.Migrate,
                HasDatabase = true,
                Postgres = postgres,
            };
        }
        catch
        {
            if (postgres is not null)
            {
                await postgres.DisposeAsync();
            }

            throw;
        }
    }

    private static Task<LocalPostgres> StartPostgresAsync(
        LocalArguments arguments, Settings configured, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken) =>
        LocalPostgres.StartAsync(
            arguments.DataDirectory,
            new ClusterSettings { Password = secrets[LocalSecrets.PostgresPassword] },
            configured.Text("ZONIQ_POSTGRES"),
            cancellationToken);

    /// <summary>A configured database is the operator's: only a private one is made when it is missing, or forgotten.</summary>
    private static async Task<IReadOnlyList<string>> BringUpToDateAsync(NpgsqlDataSource source, LocalPostgres? postgres, CancellationToken cancellationToken)
    {
        var migrator = new Migrator(source);
        try
        {
            return await migrator.IsCurrentAsync(cancellationToken) ? [] : await migrator.MigrateAsync(cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidCatalogName && postgres is not null)
        {
            await postgres.CreateDatabaseAsync(DatabaseName, cancellationToken);
            return await migrator.MigrateAsync(cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidPassword)
        {
            throw new SettingsException($"The configured database cannot be used: {refused.MessageText}.");
        }
        catch (NpgsqlException unreachable) when (unreachable is not PostgresException && postgres is null)
        {
            throw new SettingsException($"The configured database cannot be reached: {unreachable.Message}");
        }
    }

    private static async Task ForgetAsync(string dataDirectory, bool withDatabase, CancellationToken cancellationToken)
    {
        if (withDatabase)
        {
            var secrets = await LocalSecrets.LoadAsync(dataDirectory, cancellationToken);
            await LocalPostgres.RemoveAsync(dataDirectory, new ClusterSettings { Password = secrets[LocalSecrets.PostgresPassword] }, evenIfInUse: false, cancellationToken);
        }

        LocalSecrets.Forget(dataDirectory);
        File.Delete(Path.Combine(dataDirectory, "razorpay.jsonl"));
        foreach (var directory in new[] { MailDirectory(dataDirectory), SmsDirectory(dataDirectory), UploadsDirectory(dataDirectory) }.Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>What nobody configured. The sandbox of this process stands in for the gateway unless there are keys for the real one.</summary>
    private static Dictionary<string, string?> Missing(
        Settings configured, LocalArguments arguments, int port, string connectionString, IReadOnlyDictionary<string, string> secrets)
    {
        var settings = new Dictionary<string, string?>
        {
            ["POSTGRES_CONNECTION"] = connectionString,
            ["JWT_SECRET_KEY"] = secrets["JWT_SECRET_KEY"],
            ["TICKET_SIGNING_KEY"] = secrets["TICKET_SIGNING_KEY"],
            ["RAZORPAY_WEBHOOK_SECRET"] = secrets["RAZORPAY_WEBHOOK_SECRET"],
            ["AzureSignalRConnectionString"] = $"Endpoint=http://localhost;Port={port};AccessKey=local;Version=1.0;",
            ["ZONIQ_DATA_DIRECTORY"] = arguments.DataDirectory,
            ["ZONIQ_MAIL_DIRECTORY"] = MailDirectory(arguments.DataDirectory),
            ["ZONIQ_SMS_DIRECTORY"] = SmsDirectory(arguments.DataDirectory),
            ["ZONIQ_UPLOADS_DIRECTORY"] = UploadsDirectory(arguments.DataDirectory),
        };

        if (configured.Text("RAZORPAY_KEY_ID") is null)
        {
            settings["RAZORPAY_KEY_ID"] = secrets["RAZORPAY_KEY_ID"];
            settings["RAZORPAY_KEY_SECRET"] = secrets["RAZORPAY_KEY_SECRET"];
            settings["RAZORPAY_API_URL"] = $"http://localhost:{port}/razorpay/v1";
        }

        if (arguments.Demo && configured.Text("ADMIN_EMAIL") is null)
        {
            settings["ADMIN_EMAIL"] = DemoAccounts.AdministratorEmail;
            settings["ADMIN_USERNAME"] = DemoAccounts.AdministratorUsername;
            settings["ADMIN_PASSWORD"] = DemoAccounts.Password;
        }

        return settings.Where(setting => configured.Text(setting.Key) is null).ToDictionary();
    }

    private static string MailDirectory(string dataDirectory) => Path.Combine(dataDirectory, "mail");

    private static string SmsDirectory(string dataDirectory) => Path.Combine(dataDirectory, "sms");

    private static string UploadsDirectory(string dataDirectory) => Path.Combine(dataDirectory, "uploads");
}
