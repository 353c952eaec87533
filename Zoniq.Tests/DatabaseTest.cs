namespace Zoniq.Tests;

/// <summary>
/// Tests of one class share an app and a database, and run one after the other; classes run side by side. After every test the
/// invariants of stock and money are checked.
/// </summary>
public abstract class DatabaseTest(ZoniqApp app) : IClassFixture<ZoniqApp>, IAsyncLifetime
{
    /// <summary>The app under test.</summary>
    protected ZoniqApp App { get; } = app;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync() => Assert.Empty(await App.Invariants());
}
