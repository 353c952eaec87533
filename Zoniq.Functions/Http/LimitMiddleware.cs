using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Zoniq.Domain;
using Zoniq.Domain.Storage;

namespace Zoniq.Functions.Http;

/// <summary>Counts the calls of functions that are limited, and tells how many are left. Other functions pay nothing.</summary>
public sealed class LimitMiddleware(Database database, RateCounters counters, TimeProvider clock, Settings settings) : IFunctionsWorkerMiddleware
{
    private readonly int trustedProxies = ClientAddress.TrustedProxies(settings);
    private readonly LocalCounters localCounters = new();

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (counters.IsOn && context.GetHttpContext() is { } http && FunctionPlan.Of(context).Limited is { } limited && Applies(limited, http.Request))
        {
            var (left, isAllowed) = await Count(limited.Limit, context, http);
            if (!isAllowed)
            {
                context.GetInvocationResult().Value = RateCounters.Refusal(left);
                return;
            }

            Say(http.Response, left);
        }

        await next(context);
    }

    /// <summary>In headers, whatever the answer will be.</summary>
    internal static void Say(HttpResponse response, Allowance allowance)
    {
        response.Headers["RateLimit-Limit"] = allowance.Limit.ToString();
        response.Headers["RateLimit-Remaining"] = allowance.Remaining.ToString();
        response.Headers["RateLimit-Reset"] = Math.Max(1, (long)Math.Ceiling(allowance.Reset.TotalSeconds)).ToString();
    }

    private static bool Applies(LimitedAttribute limited, HttpRequest request) =>
        limited.OnlyWith is not { } parameter || !string.IsNullOrWhiteSpace(request.Query[parameter]);

    private async Task<(Allowance Left, bool IsAllowed)> Count(Limit limit, FunctionContext context, HttpContext http)
    {
        var policy = LimitPolicy.Of(limit);
        var now = clock.GetUtcNow();
        if (policy.By == LimitedBy.UserHere)
        {
            return localCounters.Count(limit, policy, UserId(context), now);
        }

        var who = policy.By == LimitedBy.Address ? ClientAddress.NetworkOf(ClientAddress.Of(http, trustedProxies)) : $"account {UserId(context)}";
        await using var db = await database.OpenAsync(http.RequestAborted);
        return await RateCounters.CountAsync(db, $"{limit}:{who}", policy.Most, policy.Window, now);
    }

    /// <summary>The access check has found them.</summary>
    private static long UserId(FunctionContext context) => ((CurrentUser)context.Items[typeof(CurrentUser)]).Id;
}
