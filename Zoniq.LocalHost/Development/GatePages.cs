using System.Reflection;
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
    private static readonly Lazy<string> Gate = new(() => Read("gate.html"));

    /// <summary>jsQR 1.4.0 (Apache-2.0, its licence beside it), for browsers that cannot read codes themselves.</summary>
    private static readonly Lazy<string> Reader = new(() => Read("jsQR.js"));

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dev/gate", ShowAsync);
        routes.MapGet("/dev/gate/jsqr.js", context =>
        {
            context.Response.ContentType = "text/javascript; charset=utf-8";
            return context.Response.WriteAsync(Reader.Value, context.RequestAborted);
        });
    }

    private static Task ShowAsync(HttpContext context)
    {
        var hasDemo = context.RequestServices.GetRequiredService<IConfiguration>()["ADMIN_EMAIL"] == DemoAccounts.AdministratorEmail;
        var staff = Html.Of(
            $"""
             <form id="staff">
             <input name="email" type="email" autocomplete="username" placeholder="Administrator's e-mail" value="{(hasDemo ? DemoAccounts.AdministratorEmail : "")}" required>
             <input name="password" type="password" autocomplete="current-password" placeholder="Password" value="{(hasDemo ? DemoAccounts.Password : "")}" required>
             <button>Sign in</button>
             </form>
             """);
        return DevAnswer.PageAsync(context, "Gate", Html.All([staff, new Html(Gate.Value)]));
    }

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
