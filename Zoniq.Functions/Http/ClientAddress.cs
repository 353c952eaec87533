using System.Net;
using Microsoft.AspNetCore.Http;

namespace Zoniq.Functions.Http;

/// <summary>Where a request comes from, when proxies stand in front that each add the address they saw.</summary>
internal static class ClientAddress
{
    /// <param name="http">The request.</param>
    /// <param name="trustedProxies">How many of the last entries of <c>X-Forwarded-For</c> are written by proxies of ours; anything before them may be invented.</param>
    public static string? Of(HttpContext http, int trustedProxies)
    {
        var seen = http.Request.Headers.GetCommaSeparatedValues("X-Forwarded-For");
        var address = trustedProxies > 0 && seen.Length > 0 && Parse(seen[Math.Max(0, seen.Length - trustedProxies)]) is { } forwarded
            ? forwarded
            : http.Connection.RemoteIpAddress;

        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
    }

    /// <summary>Some proxies add the port.</summary>
    private static IPAddress? Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? address : IPEndPoint.TryParse(text, out var endPoint) ? endPoint.Address : null;
}
