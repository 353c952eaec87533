using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Zoniq.Domain;

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

    /// <summary>What is counted as one: the address, or of IPv6 the /64, all of which one subscriber has.</summary>
    public static string NetworkOf(string? address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6
            ? $"{new IPAddress([.. parsed.GetAddressBytes().AsSpan(0, 8), .. new byte[8]])}/64"
            : address ?? "unknown";

    /// <summary>How many proxies of ours stand in front.</summary>
    public static int TrustedProxies(Settings settings) => settings.Number("TRUSTED_PROXY_HOPS", otherwise: 1, least: 0, most: 10);

    /// <summary>Some proxies add the port.</summary>
    private static IPAddress? Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? address : IPEndPoint.TryParse(text, out var endPoint) ? endPoint.Address : null;
}
