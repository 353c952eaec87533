using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>
/// The one clock of all instances on a database: the local clock, corrected by what the database says.
/// The database is asked through its function <c>zoniq_now()</c>.
/// </summary>
public sealed class DatabaseClock(NpgsqlDataSource source) : TimeProvider
{
    private long correctionTicks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddTicks(Volatile.Read(ref correctionTicks));

    /// <summary>Reads the database's time once and follows it from now on.</summary>
    public async Task CalibrateAsync(CancellationToken cancellationToken)
    {
        // Opened before the measurement: making a connection takes longer than asking for the time.
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select zoniq_now()", connection);
        await command.PrepareAsync(cancellationToken);

        var before = DateTimeOffset.UtcNow;
        var read = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
        var after = DateTimeOffset.UtcNow;

        var middle = before + ((after - before) / 2);
        Volatile.Write(ref correctionTicks, (new DateTimeOffset(read, TimeSpan.Zero) - middle).Ticks);
    }
}
