using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Zoniq.LocalHost.Realtime;

/// <summary>
/// Who may connect: whoever shows a token that was made for them within the hour, for the very address at which they show it. The key is
/// this process's own, so no other token is taken, the app's included; a client whose connection is lost asks for a new one anyway.
/// </summary>
internal sealed class ClientAccess(TimeProvider clock, LiveOutage outage)
{
    /// <summary>Where clients connect, as at the real service.</summary>
    public const string Path = "/client";

    private const string UserClaim = "nameid";
    private const string HubParameter = "hub";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SymmetricSecurityKey key = new(RandomNumberGenerator.GetBytes(32));

    /// <summary>What a client is to connect with; without a user it hears what everybody and its groups hear.</summary>
    public SignalRConnectionInfo Issue(HttpRequest request, string hub, string? userId)
    {
        var now = clock.GetUtcNow();
        var url = UrlOf(request, hub);

        return new SignalRConnectionInfo
        {
            Url = url,
            AccessToken = handler.CreateToken(new SecurityTokenDescriptor
            {
                Audience = url,
                Claims = userId is null ? [] : new Dictionary<string, object> { [UserClaim] = userId },
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = (now + Lifetime).UtcDateTime,
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
            }),
        };
    }

    /// <summary>Turns away who has no token for the hub, and everybody during an outage; lets all others through to wherever they go.</summary>
    public async Task AdmitAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.StartsWithSegments(Path))
        {
            if (outage.IsOn)
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            if (await PrincipalOf(http.Request) is not { } client)
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                http.Response.Headers.WWWAuthenticate = "Bearer";
                return;
            }

            http.User = client;
        }

        await next(http);
    }

    private async Task<ClaimsPrincipal?> PrincipalOf(HttpRequest request)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var token = await handler.ValidateTokenAsync(TokenOf(request), new TokenValidationParameters
        {
            ValidateIssuer = false,
            ValidAudience = UrlOf(request, request.Query[HubParameter].ToString()),
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = key,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) => from <= now && now < until,
        });

        return !token.IsValid ? null
            : token.ClaimsIdentity.FindFirst(UserClaim) is { } user ? new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user.Value)], "hub"))
            : new ClaimsPrincipal(new ClaimsIdentity("hub"));
    }

    /// <summary>Browsers cannot send a header with a WebSocket or an event stream.</summary>
    private static string? TokenOf(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..] : request.Query["access_token"];
    }

    /// <summary>As the client reached us, so that it reaches us again.</summary>
    private static string UrlOf(HttpRequest request, string hub) =>
        string.Create(CultureInfo.InvariantCulture, $"{request.Scheme}://{request.Host}{Path}/?{HubParameter}={Uri.EscapeDataString(hub)}");
}
