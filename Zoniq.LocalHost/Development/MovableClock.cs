using Npgsql;
using Zoniq.Domain.Storage;

namespace Zoniq.LocalHost.Development;

/// <summary>The database's clock, in one's hand: every instance on that database follows.</summary>
internal sealed class MovableClock(NpgsqlDataSource source, DatabaseClock clock)
{
    /// <summary>On which instances are told that the clock was moved.</summary>
    public const string Channel = "zoniq_clock";

    /// <summary>What the app takes the time to be, and how far that is ahead of the database's own clock.</summary>
    public sealed record Reading(DateTimeOffset Now, TimeSpan Ahead);

    public async Task<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select zoniq_now() - clock_timestamp()");
        var ahead = (TimeSpan)(await command.ExecuteScalarAsync(cancellationToken))!;
        return new Reading(clock.GetUtcNow(), TimeSpan.FromSeconds(Math.Round(ahead.TotalSeconds)));
    }

    /// <summary>Forward by so much; returns when this instance's own clock follows.</summary>
    public Task<Reading> AdvanceAsync(TimeSpan by, CancellationToken cancellationToken) => SetAsync(true, by, cancellationToken);

    /// <summary>Back to the database's own clock.</summary>
    public Task<Reading> ResetAsync(CancellationToken cancellationToken) => SetAsync(false, TimeSpan.Zero, cancellationToken);

    private async Task<Reading> SetAsync(bool fromWhereItIs, TimeSpan by, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            $$"""
            do $move$
            declare
                ahead interval := '0';
            begin
                perform pg_advisory_xact_lock(hashtext('{{Channel}}'));
                if {{(fromWhereItIs ? "true" : "false")}} then
                    ahead := date_trunc('milliseconds', zoniq_now() - clock_timestamp() + interval '0.0005 seconds');
                end if;
                execute format(
                    'create or replace function zoniq_now() returns timestamptz language sql volatile return clock_timestamp() + interval %L',
                    ahead + interval '{{by.TotalMilliseconds:0}} milliseconds');
                perform pg_notify('{{Channel}}', '');
            end
            $move$
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await clock.CalibrateAsync(cancellationToken);
        return await ReadAsync(cancellationToken);
    }
}
