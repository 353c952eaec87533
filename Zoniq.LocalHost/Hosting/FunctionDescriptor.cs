using System.Reflection;

namespace Zoniq.LocalHost.Hosting;

/// <summary>What starts a function.</summary>
public enum FunctionKind
{
    Http,
    Timer,
}

/// <summary>A function of the app, as it was discovered.</summary>
public sealed record FunctionDescriptor
{
    /// <summary>Unique in the app.</summary>
    public required string Name { get; init; }

    public required FunctionKind Kind { get; init; }

    /// <summary>The method that is the function.</summary>
    public required MethodInfo Method { get; init; }

    /// <summary>The whole route, without a leading slash; null for timers.</summary>
    public string? Route { get; init; }

    /// <summary>Upper-case methods; empty means any. Always empty for timers.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Six NCRONTAB fields in UTC; null for HTTP functions.</summary>
    public string? Schedule { get; init; }
}
