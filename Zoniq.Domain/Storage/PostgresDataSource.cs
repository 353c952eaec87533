using System.Data;
using Dapper;
using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>How connections to PostgreSQL are made.</summary>
public static class PostgresDataSource
{
    /// <summary>Waiting longer for a lock than this is refused as a busy service rather than left hanging.</summary>
    public static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    /// <summary>No statement of a request or timer may run longer.</summary>
    public static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Connections of one instance at most, unless the connection string says otherwise: times the instances it must fit (docs/operations.md, the arithmetic).</summary>
    public const int PoolSize = 40;

    /// <summary>From which likeness on a word may be a misspelt other one: zakri for Zakir is a third. Half, the server's own idea, is a longer word with one slip.</summary>
    private const string LeastLikeness = "0.33";

    /// <summary>
    /// What every session runs with. It is asked for when a connection is made; behind a pooler, which passes no such wishes on, it is what
    /// <see cref="Migrator.KeepSessionSettingsAsync"/> made the database's own default.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> SessionSettings = new Dictionary<string, string>
    {
        ["lock_timeout"] = $"{LockTimeout.TotalMilliseconds}",
        ["statement_timeout"] = $"{StatementTimeout.TotalMilliseconds}",
        ["idle_in_transaction_session_timeout"] = "60000",
        // Compiling takes longer than any statement of ours would gain by it; the list of all bookings as a file alone had 19 functions compiled.
        ["jit"] = "off",
        ["pg_trgm.strict_word_similarity_threshold"] = LeastLikeness,
    };

    static PostgresDataSource()
    {
        SqlMapper.AddTypeHandler(new MoneyHandler());
        SqlMapper.AddTypeHandler(new InstantHandler());
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>What POSTGRES_CONNECTION says, or else its parts; null when there is neither.</summary>
    public static string? ConnectionString(Settings settings)
    {
        if (settings.Text("POSTGRES_CONNECTION") is not null)
        {
            return settings.RequiredInProduction("POSTGRES_CONNECTION");
        }

        return settings.Text("POSTGRES_HOST") is not { } host
            ? null
            : new NpgsqlConnectionStringBuilder
            {
                Host = host,
                Port = settings.Number("POSTGRES_PORT", 5432, 1, 65535),
                Database = settings.Text("POSTGRES_DB") ?? "zoniq",
                Username = settings.Text("POSTGRES_USERNAME") ?? "postgres",
                Password = settings.RequiredInProduction("POSTGRES_PASSWORD"),
            }.ConnectionString;
    }

    /// <summary>A pool for the given connection string, with automatic preparation, time-outs and UTC.</summary>
    public static NpgsqlDataSource Create(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            Timezone = "UTC",
            IncludeErrorDetail = false,
            ApplicationName = "zoniq",
            // No session keeps a setting or a lock when it goes back, so nothing needs to be reset: six statements less each time.
            NoResetOnClose = true,
        };
        if (!settings.ShouldSerialize("Maximum Pool Size"))
        {
            settings.MaxPoolSize = PoolSize;
        }

        settings.Options = $"{settings.Options} {string.Join(' ', SessionSettings.Select(setting => $"-c {setting.Key}={setting.Value}"))}".Trim();
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    private sealed class MoneyHandler : SqlMapper.TypeHandler<Money>
    {
        public override Money Parse(object value) => new(Convert.ToInt64(value));

        public override void SetValue(IDbDataParameter parameter, Money value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.Paise;
        }
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTimeOffset instant ? instant : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.ToUniversalTime();
    }
}
