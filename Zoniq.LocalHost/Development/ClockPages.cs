using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.LocalHost.Development;

/// <summary>The app's time, read and moved.</summary>
internal static class ClockPages
{
    private static readonly TimeSpan FurthestAtOnce = TimeSpan.FromDays(366);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dev/clock", async context => await AnswerAsync(context, await Clock(context).ReadAsync(context.RequestAborted)));
        routes.MapPost("/dev/clock", MoveAsync);
    }

    private static async Task MoveAsync(HttpContext context)
    {
        switch (await ReadAsync(context.Request))
        {
            case { Reset: true, Advance: null }:
                await AnswerAsync(context, await Clock(context).ResetAsync(context.RequestAborted));
                break;
            case { Reset: false, Advance: { } text }
                when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var by) && by > TimeSpan.Zero && by <= FurthestAtOnce:
                await AnswerAsync(context, await Clock(context).AdvanceAsync(by, context.RequestAborted));
                break;
            default:
                await DevAnswer.RefuseAsync(
                    context, StatusCodes.Status422UnprocessableEntity, "clock.unreadable",
                    "Send {\"advance\":\"00:08:00\"}, forward and at most 366 days, or {\"reset\":true}.");
                break;
        }
    }

    private static async Task<Move?> ReadAsync(HttpRequest request)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<Move>(request.Body, JsonSerializerOptions.Web, request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task AnswerAsync(HttpContext context, MovableClock.Reading reading) =>
        DevAnswer.JsonAsync(context, new { now = reading.Now.UtcDateTime, ahead = reading.Ahead.ToString("c") });

    private static MovableClock Clock(HttpContext context) => context.RequestServices.GetRequiredService<MovableClock>();

    private sealed record Move(string? Advance, bool Reset);
}
