using Microsoft.AspNetCore.Builder;

namespace Zoniq.LocalHost.Development;

/// <summary>The pages under <c>/dev</c>, which only the local host has.</summary>
public static class DevPages
{
    /// <summary>Adds the pages.</summary>
    public static void Map(WebApplication app) => _ = app;
}
