using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.LocalHost.Demo;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.LocalHost.Development;

/// <summary>The page that leads to everything a developer has.</summary>
internal static class IndexPage
{
    private const string Sandbox = "/dev/razorpay";
    private const string Faults = $"{Sandbox}#faults";

    private static readonly (string Address, string Name, string What)[] Links =
    [
        ("/api/docs", "API browser", "Every endpoint, to read and to try"),
        ("/api/openapi.json", "OpenAPI document", "The same for programs"),
        ("/api/events", "Events", "What the public sees"),
        ("/api/health/ready", "Health", "Whether the database is there and up to date"),
        ("/dev/live", "Live", "Seats and queues that change by themselves"),
        ("/dev/mail", "Mail", "What the app has sent"),
        ("/dev/sms", "SMS", "Codes sent to phones"),
        ("/dev/gate", "Gate", "Scan tickets with the camera, or paste their codes"),
        (Sandbox, "Payment sandbox", "Orders, payments and webhooks; no money moves"),
        (Faults, "Payment faults", "What goes wrong at the gateway, switched by hand"),
        ("/dev/invariants", "Invariants", "Whether what must hold does hold"),
        ("/dev/clock", "Clock", "What time the app takes it to be"),
    ];

    public static async Task ShowAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var links = Html.All(Links.Where(link => link.Address is not (Sandbox or Faults) || HasSandbox(services)).Select(link => Html.Of(
            $"""<a class="card" href="{link.Address}"><b>{link.Name}</b><span class="soft">{link.What}</span></a>""")));
        var timers = Html.All(services.GetRequiredService<IReadOnlyList<FunctionDescriptor>>()
            .Where(function => function.Kind == FunctionKind.Timer)
            .OrderBy(function => function.Name, StringComparer.Ordinal)
            .Select(timer => Html.Of(
                $"""<div class="row"><span>{timer.Name}</span><code>{timer.Schedule}</code><button data-post="/dev/timers/{timer.Name}">Run now</button></div>""")));
        var clock = await services.GetRequiredService<MovableClock>().ReadAsync(context.RequestAborted);
        var hasDemo = DemoAccounts.AreHere(services.GetRequiredService<IConfiguration>());

        await DevAnswer.PageAsync(context, "Everything on this machine", Html.Of(
            $$"""
              <div class="grid">{{links}}</div>
              {{(hasDemo ? People() : default)}}
              <h2>Clock</h2>
              <div class="card">
                <b>{{clock.Now:dddd d MMMM yyyy, HH:mm:ss}} UTC</b>
                <span class="soft">{{(clock.Ahead == TimeSpan.Zero ? "the real time" : $"{clock.Ahead} ahead of the real time")}}</span>
                <div class="buttons">
                  <button data-post="/dev/clock" data-body='{"advance":"00:01:00"}'>+1 minute</button>
                  <button data-post="/dev/clock" data-body='{"advance":"00:08:00"}'>+8 minutes</button>
                  <button data-post="/dev/clock" data-body='{"advance":"00:16:00"}'>+16 minutes</button>
                  <button data-post="/dev/clock" data-body='{"advance":"1.00:00:00"}'>+1 day</button>
                  <button data-post="/dev/clock" data-body='{"reset":true}'>Back to now</button>
                </div>
              </div>
              <h2>Timers</h2>
              <div class="rows">{{timers}}</div>
              <script>
              for (const button of document.querySelectorAll('[data-post]')) {
                button.onclick = async () => {
                  button.disabled = true;
                  const answer = await fetch(button.dataset.post, { method: 'POST', headers: { 'content-type': 'application/json' }, body: button.dataset.body });
                  if (!answer.ok) { alert((await answer.json().catch(() => ({}))).detail ?? 'That did not work: the log says why.'); }
                  if (button.dataset.body) { location.reload(); }
                  button.disabled = false;
                };
              }
              </script>
              """));
    }

    /// <summary>It is not there when payments go to another gateway.</summary>
    private static bool HasSandbox(IServiceProvider services) =>
        services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Any(endpoint => endpoint.RoutePattern.RawText == Sandbox);

    private static Html People() => Html.Of(
        $"""
         <h2>People of the demo</h2>
         <div class="rows">
         <div class="row"><span>Administrator</span><code>{DemoAccounts.AdministratorEmail}</code><code>{DemoAccounts.Password}</code></div>
         <div class="row"><span>Buyer</span><code>{DemoAccounts.BuyerEmail}</code><code>{DemoAccounts.Password}</code></div>
         </div>
         """);
}
