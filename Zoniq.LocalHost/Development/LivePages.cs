using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.LocalHost.Realtime;

namespace Zoniq.LocalHost.Development;

/// <summary>Seats and queues as they change: what somebody who builds a website copies from.</summary>
internal static class LivePages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dev/live", context => DevAnswer.PageAsync(context, "Live", DevAnswer.Resource("live.html")));
        routes.MapGet("/dev/queue/{eventId:long:min(1)}", context => DevAnswer.PageAsync(context, "Queue", DevAnswer.Resource("live-queue.html")));
        routes.MapGet("/dev/seats/{eventId:long:min(1)}", context => DevAnswer.PageAsync(context, "Seats", DevAnswer.Resource("live-seats.html")));
        routes.MapGet("/dev/live.js", context =>
        {
            context.Response.ContentType = "text/javascript; charset=utf-8";
            return context.Response.WriteAsync(DevAnswer.Resource("live.js").Text, context.RequestAborted);
        });
        routes.MapPost("/dev/live/outage", SwitchAsync);
    }

    /// <summary>Of this instance only, like the hub itself.</summary>
    private static async Task SwitchAsync(HttpContext context)
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync<Outage>(context.Request.Body, JsonSerializerOptions.Web, context.RequestAborted) is { IsOn: { } isOn })
            {
                context.RequestServices.GetRequiredService<LiveOutage>().IsOn = isOn;
                await DevAnswer.JsonAsync(context, new { isOn });
                return;
            }
        }
        catch (JsonException)
        {
            // like anything else that is not understood
        }

        await DevAnswer.RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, "outage.unreadable", "Send {\"isOn\":true} or {\"isOn\":false}.");
    }

    private sealed record Outage(bool? IsOn);
}
