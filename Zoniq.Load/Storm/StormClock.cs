namespace Zoniq.Load.Storm;

/// <summary>The calendar of everybody outside the app, moved together with the app's clock.</summary>
internal sealed class StormClock : TimeProvider
{
    private long ahead;

    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref ahead));

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public void Advance(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);
}
