using System.Buffers.Text;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Zoniq.Functions.Http;

/// <summary>
/// What anybody may see, as JSON. It is written, and compressed, once for as long as the same value is answered: readings
/// that many people share cost one of them. Who has it already, by its tag, is told so in place of being sent it again.
/// </summary>
internal sealed class PublicAnswer(object value, JsonTypeInfo type, string caching) : IResult
{
    private static readonly ConditionalWeakTable<object, Written> Renderings = [];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var rendering = Renderings.GetValue(value, answered => new Written(JsonSerializer.SerializeToUtf8Bytes(answered, type)));
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.CacheControl = caching;
        response.Headers.ETag = rendering.Tag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;

        if (IsKnown(request, rendering.Tag))
        {
            response.StatusCode = Statuses.NotModified;
            return;
        }

        var content = rendering.Json;
        if (rendering.IsWorthCompressing && Compression.IsTakenBy(request))
        {
            content = rendering.Compressed;
            response.Headers.ContentEncoding = Compression.Name;
        }

        response.StatusCode = Statuses.Ok;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = content.Length;
        await response.BodyWriter.WriteAsync(content, httpContext.RequestAborted);
    }

    /// <summary>Whether the caller has what is tagged so.</summary>
    internal static bool IsKnown(HttpRequest request, string tag)
    {
        if (request.Headers.IfNoneMatch.Count == 0)
        {
            return false;
        }

        var own = EntityTagHeaderValue.Parse(tag);
        return request.GetTypedHeaders().IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || known.Compare(own, useStrongComparison: false));
    }

    private sealed class Written(byte[] json)
    {
        /// <summary>Below this a packet is a packet.</summary>
        private const int SmallestCompressed = 1024;

        private readonly Lazy<byte[]> compressed = new(() => Compression.Of(json));

        public byte[] Json => json;

        public byte[] Compressed => compressed.Value;

        public bool IsWorthCompressing => json.Length >= SmallestCompressed;

        /// <summary>Weak: the compressed answer has the same tag.</summary>
        public string Tag { get; } = $"W/{EntityTag.Of(json)}";
    }
}

/// <summary>Tags that say what was answered.</summary>
internal static class EntityTag
{
    /// <summary>The same for the same content, on every instance.</summary>
    public static string Of(byte[] content) => $"\"{Base64Url.EncodeToString(SHA256.HashData(content).AsSpan(0, 16))}\"";
}

/// <summary>The one compression that every client has.</summary>
internal static class Compression
{
    public const string Name = "gzip";

    public static bool IsTakenBy(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value.Equals(Name, StringComparison.OrdinalIgnoreCase) && encoding.Quality is not 0);

    public static byte[] Of(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
