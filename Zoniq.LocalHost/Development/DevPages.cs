using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Administration;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.LocalHost.Development;

/// <summary>The pages under <c>/dev</c>, which only the local host has.</summary>
public static class DevPages
{
    /// <summary>Adds the pages.</summary>
    public static void Map(WebApplication app)
    {
        app.MapGet("/dev", IndexPage.ShowAsync);
        app.MapGet("/dev/style.css", DevAnswer.StyleAsync);
        app.MapGet("/dev/signalr.js", DevAnswer.SignalRAsync);
        ClockPages.Map(app);
        MailPages.Map(app);
        SmsPages.Map(app);
        LivePages.Map(app);
        GatePages.Map(app);
        FolderPictureStore.Map(app);
        app.MapPost("/dev/timers/{name}", RunTimerAsync);
        app.MapGet("/dev/invariants", CheckAsync);
    }

    private static async Task RunTimerAsync(HttpContext context)
    {
        var name = (string)context.GetRouteValue("name")!;
        if (await context.RequestServices.GetRequiredService<TimerRunner>().RunAsync(name, context.RequestAborted))
        {
            await DevAnswer.JsonAsync(context, new { timer = name, ran = true });
        }
        else
        {
            await DevAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "timer.not_found", $"There is no timer {name}.");
        }
    }

    private static async Task CheckAsync(HttpContext context)
    {
        var findings = await context.RequestServices.GetRequiredService<InvariantChecker>().CheckAsync(context.RequestAborted);
        if (DevAnswer.WantsJson(context.Request))
        {
            await DevAnswer.JsonAsync(context, findings);
            return;
        }

        var rows = Html.All(findings.Select(finding => Html.Of($"""<div class="row"><span>{finding.Invariant}</span><code>{finding.Detail}</code></div>""")));
        await DevAnswer.PageAsync(context, "Invariants", findings.Length == 0
            ? Html.Of($"""<p class="good">Everything that must hold does hold.</p>""")
            : Html.Of($"""<p class="bad">What must hold and does not: {findings.Length}</p><div class="rows">{rows}</div>"""));
    }
}
