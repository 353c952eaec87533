using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>What somebody asks for again and again: who has it already, by its tag, is not sent it again, and everybody is told when to come back. Nobody else may keep it.</summary>
internal sealed class PolledAnswer(IAwaited value, JsonTypeInfo type) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var tag = EntityTag.Of(json);
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.CacheControl = "no-store";
        response.Headers.ETag = tag;

        if (value.AskAgainIn is { } pause)
        {
            response.Headers.RetryAfter = $"{Math.Ceiling(pause.TotalSeconds)}";
        }

        if (PublicAnswer.IsKnown(request, tag))
        {
            response.StatusCode = Statuses.NotModified;
            return;
        }

        response.StatusCode = Statuses.Ok;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        await response.BodyWriter.WriteAsync(json, httpContext.RequestAborted);
    }
}
