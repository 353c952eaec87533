using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.LocalHost.Demo;

namespace Zoniq.LocalHost.Development;

/// <summary>A gate to try tickets at: it scans with the camera, or takes what is pasted, and asks the app like any other gate.</summary>
internal static class GatePages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dev/gate", ShowAsync);
        routes.MapGet("/dev/gate/jsqr.js", context =>
        {
            // jsQR 1.4.0 (Apache-2.0, its licence beside it), for browsers that cannot read codes themselves.
            context.Response.ContentType = "text/javascript; charset=utf-8";
            return context.Response.WriteAsync(DevAnswer.Resource("jsQR.js").Text, context.RequestAborted);
        });
    }

    private static Task ShowAsync(HttpContext context)
    {
        var hasDemo = DemoAccounts.AreHere(context.RequestServices.GetRequiredService<IConfiguration>());
        var staff = Html.Of(
            $"""
             <form id="staff">
             <input name="email" type="email" autocomplete="username" placeholder="Administrator's e-mail" value="{(hasDemo ? DemoAccounts.AdministratorEmail : "")}" required>
             <input name="password" type="password" autocomplete="current-password" placeholder="Password" value="{(hasDemo ? DemoAccounts.Password : "")}" required>
             <button>Sign in</button>
             </form>
             """);
        return DevAnswer.PageAsync(context, "Gate", Html.All([staff, DevAnswer.Resource("gate.html")]));
    }
}
