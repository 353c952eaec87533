using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>A success as JSON. The content is private, because the worker serialises the answer once more for the host.</summary>
internal sealed class JsonAnswer(object? value, JsonTypeInfo type, int status, string caching) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = caching;
        return AnswerWriter.WriteAsync(httpContext, (value, type), static (writer, answer) => JsonSerializer.Serialize(writer, answer.value, answer.type));
    }
}

/// <summary>A refusal as problem details (RFC 9457).</summary>
internal sealed class ProblemAnswer(Problem problem) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => Statuses.Of(problem.Kind);

    internal string Code => problem.Code;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Statuses.Of(problem.Kind);
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";

        if (problem.Kind == ProblemKind.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (problem.Allowance is { } allowance)
        {
            LimitMiddleware.Say(response, allowance);
        }

        if (problem.RetryAfter is { } pause)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(pause.TotalSeconds)).ToString();
        }

        return AnswerWriter.WriteAsync(httpContext, (problem, response.StatusCode, TraceMiddleware.Of(httpContext)), static (writer, refusal) => Write(writer, refusal));
    }

    private static void Write(Utf8JsonWriter writer, (Problem Problem, int Status, string TraceId) refusal)
    {
        var (problem, status, traceId) = refusal;
        writer.WriteStartObject();
        writer.WriteString("type", $"https://zoniq.app/problems/{problem.Code}");
        writer.WriteString("title", Statuses.Title(status));
        writer.WriteNumber("status", status);
        writer.WriteString("detail", problem.Detail);
        writer.WriteString("code", problem.Code);
        writer.WriteString("traceId", traceId);

        if (problem.Errors is { } errors)
        {
            writer.WriteStartObject("errors");
            foreach (var (path, messages) in errors)
            {
                writer.WriteStartArray(path);
                foreach (var message in messages)
                {
                    writer.WriteStringValue(message);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        foreach (var (name, value) in problem.Members)
        {
            writer.WritePropertyName(name);
            if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                JsonSerializer.Serialize(writer, value, ZoniqJson.Options.GetTypeInfo(value.GetType()));
            }
        }

        writer.WriteEndObject();
    }
}

/// <summary>A file to keep.</summary>
internal sealed class DocumentAnswer(Document document) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(document.FileName);

        response.StatusCode = Statuses.Ok;
        response.ContentType = document.ContentType;
        response.ContentLength = document.Content.Length;
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.CacheControl = "no-store";
        await response.BodyWriter.WriteAsync(document.Content, httpContext.RequestAborted);
    }
}

/// <summary>Something of the app's own that a browser shows or runs.</summary>
internal sealed class AssetAnswer(byte[] content, string contentType, string caching = "no-store", bool isCompressed = false) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Statuses.Ok;
        response.ContentType = contentType;
        response.Headers.CacheControl = caching;
        response.Headers.XContentTypeOptions = "nosniff";

        if (isCompressed && !Compression.IsTakenBy(httpContext.Request))
        {
            await using var plain = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
            await plain.CopyToAsync(response.Body, httpContext.RequestAborted);
            return;
        }

        if (isCompressed)
        {
            response.Headers.ContentEncoding = Compression.Name;
            response.Headers.Vary = "Accept-Encoding";
        }

        response.ContentLength = content.Length;
        await response.BodyWriter.WriteAsync(content, httpContext.RequestAborted);
    }
}

/// <summary>Nobody is left to answer. It still has to be there: without a result the host counts the invocation as failed.</summary>
internal sealed class NoAnswer : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => Task.CompletedTask;
}

internal static class AnswerWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = ZoniqJson.Options.Encoder, SkipValidation = true };

    /// <summary>Straight into the response's buffers; nothing has been sent when the length is known, so it can still be said.</summary>
    public static async Task WriteAsync<T>(HttpContext http, T content, Action<Utf8JsonWriter, T> write)
    {
        var response = http.Response;
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, Options))
        {
            write(writer, content);
            writer.Flush();
            response.ContentLength = writer.BytesCommitted;
        }

        await response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
