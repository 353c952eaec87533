using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Zoniq.LocalHost.Development;

/// <summary>What the pages under <c>/dev</c> answer with.</summary>
internal static class DevAnswer
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // sent as application/json, never inside a page
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    private static readonly ConcurrentDictionary<string, Html> Resources = new();

    /// <summary>Programs say so in the address or by what they accept; browsers accept HTML.</summary>
    public static bool WantsJson(HttpRequest request) =>
        request.Query["format"] == "json"
        || (request.Headers.Accept.ToString() is var accept && accept.Contains("json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("html", StringComparison.OrdinalIgnoreCase));

    public static Task JsonAsync<T>(HttpContext context, T value)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(value, Readable, "application/json; charset=utf-8", context.RequestAborted);
    }

    public static Task RefuseAsync(HttpContext context, int status, string code, string detail)
    {
        context.Response.StatusCode = status;
        var problem = new { type = $"https://zoniq.app/problems/{code}", title = "Not done", status, detail, code };
        return context.Response.WriteAsJsonAsync(problem, Readable, "application/problem+json", context.RequestAborted);
    }

    public static Task PageAsync(HttpContext context, string title, Html body)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        var page = Html.Of(
            $"""
             <!doctype html>
             <html lang="en">
             <meta charset="utf-8">
             <meta name="viewport" content="width=device-width, initial-scale=1">
             <title>{title} · Zoniq</title>
             <link rel="icon" href="data:,">
             <link rel="stylesheet" href="/dev/style.css">
             <header><a href="/dev"><b>Zoniq</b> on this machine</a></header>
             <main>
             <h1>{title}</h1>
             {body}
             </main>
             </html>
             """);
        return context.Response.WriteAsync(page.Text, context.RequestAborted);
    }

    public static Task StyleAsync(HttpContext context)
    {
        context.Response.ContentType = "text/css; charset=utf-8";
        return context.Response.WriteAsync(Resource("dev.css").Text, context.RequestAborted);
    }

    /// <summary>The browser's SignalR client, with its licence.</summary>
    public static Task SignalRAsync(HttpContext context)
    {
        context.Response.ContentType = "text/javascript; charset=utf-8";
        return context.Response.WriteAsync($"/*!\n{Resource("signalr-licence.txt").Text}*/\n{Resource("signalr-10.0.11.min.js").Text}", context.RequestAborted);
    }

    /// <summary>A file that is built into the host.</summary>
    public static Html Resource(string name) => Resources.GetOrAdd(name, static name =>
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return new Html(reader.ReadToEnd());
    });
}
