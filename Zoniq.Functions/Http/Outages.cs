using System.Net.Sockets;
using Npgsql;

namespace Zoniq.Functions.Http;

/// <summary>Tells a database that is busy or away from a defect of ours.</summary>
internal static class Outages
{
    /// <summary>True when the same request may succeed a moment later.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException refused => IsPassing(refused.SqlState),
        NpgsqlException broken => broken.IsTransient || broken.InnerException is IOException or SocketException or TimeoutException,
        _ => false,
    };

    private static bool IsPassing(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.LockNotAvailable => true,
        PostgresErrorCodes.QueryCanceled => true,               // statement_timeout
        PostgresErrorCodes.SerializationFailure => true,
        PostgresErrorCodes.DeadlockDetected => true,
        "25P03" => true,                                        // idle_in_transaction_session_timeout
        PostgresErrorCodes.AdminShutdown => true,
        PostgresErrorCodes.CrashShutdown => true,
        PostgresErrorCodes.CannotConnectNow => true,
        PostgresErrorCodes.ReadOnlySqlTransaction => true,      // a fail-over is under way
        _ => sqlState.StartsWith("08", StringComparison.Ordinal) || sqlState.StartsWith("53", StringComparison.Ordinal),
    };
}
