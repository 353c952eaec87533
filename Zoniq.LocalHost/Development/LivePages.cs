using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

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
    }
}
