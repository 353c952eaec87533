using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Tests.Support;

/// <summary>A moment that does not pass: what counts to the very instant cannot be met with a clock that goes.</summary>
internal sealed class StoppedClock(DateTimeOffset moment) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => moment;
}

internal static class StoppedClocks
{
    /// <summary>A service of the app, for which it is this moment.</summary>
    public static T AtThat<T>(this ZoniqApp app, DateTimeOffset moment) => ActivatorUtilities.CreateInstance<T>(app.Services, new StoppedClock(moment));
}
