using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;

namespace Zoniq.Functions.Http;

/// <summary>Lets through whom the function is for. A function that says nothing is for people who are signed in.</summary>
public sealed class AccessMiddleware(Authenticator authenticator, Settings settings) : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    private readonly int trustedProxies = ClientAddress.TrustedProxies(settings);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && FunctionPlan.Of(context).Access is var access and (Access.User or Access.Admin))
        {
            var admitted = await Admit(http, access);
            if (admitted.Problem is { } problem)
            {
                context.GetInvocationResult().Value = problem;
                return;
            }

            context.Items[typeof(CurrentUser)] = admitted.Value;
        }

        await next(context);
    }

    private async Task<Result<CurrentUser>> Admit(HttpContext http, Access access)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        if (token.Length == 0)
        {
            return AccountProblems.TokenMissing;
        }

        var authenticated = await authenticator.AuthenticateAsync(token, http.RequestAborted);
        if (authenticated.Problem is { } problem)
        {
            return problem;
        }

        var caller = authenticated.Value;
        return access == Access.Admin && !caller.IsAdmin
            ? AccountProblems.AdminRequired
            : new CurrentUser(caller.Id, caller.Username, caller.IsAdmin, caller.TokenId, caller.TokenExpiresAt, ClientAddress.Of(http, trustedProxies));
    }
}
