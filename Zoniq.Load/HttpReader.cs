using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Zoniq.Load;

/// <summary>Reads what the app's instances answer, compressed where they do that, and looks no further into it.</summary>
internal sealed class HttpReader(IEnumerable<Uri> instances) : IDisposable
{
    /// <summary>What has not begun to answer by then counts as an error.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = Client();
    private readonly Uri[] instances = [.. instances];
    private readonly ConcurrentDictionary<string, string> tags = new();
    private int next;

    /// <summary>Connections that stay open, and an end to waiting.</summary>
    public static HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience };

    /// <summary>Anything but 200 and 304 is thrown.</summary>
    public async Task<Received> GetAsync(string path, Reading reading, CancellationToken cancellationToken)
    {
        using var request = Request(path, reading.Reader);
        if (reading.Encoding is { } encoding)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        }

        if (reading.HasItAlready && tags.TryGetValue(path, out var known))
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        }

        using var response = await SendAsync(request, cancellationToken);
        if (reading.HasItAlready && response.Headers.ETag is { } tag)
        {
            tags[path] = tag.ToString();
        }

        var (bytes, _) = await CountAsync(response, cancellationToken);
        return new Received(bytes, response.StatusCode == HttpStatusCode.NotModified);
    }

    /// <summary>Reads it to its end, however long it is, and counts its lines.</summary>
    public async Task<(long Bytes, long Lines)> DownloadAsync(string path, Buyer reader, CancellationToken cancellationToken)
    {
        using var request = Request(path, reader);
        using var response = await SendAsync(request, cancellationToken);
        return await CountAsync(response, cancellationToken);
    }

    /// <summary>The whole answer, not compressed, for those who look into it.</summary>
    public async Task<JsonDocument> LookAsync(string path, CancellationToken cancellationToken) => (await ReadAsync(path, cancellationToken)).Answer;

    /// <summary>The same, and how long it was.</summary>
    public async Task<(JsonDocument Answer, long Bytes)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Request(path, null);
        using var response = await SendAsync(request, cancellationToken);
        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return (JsonDocument.Parse(content), content.Length);
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Request(string path, Buyer? reader)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(instances[(uint)Interlocked.Increment(ref next) % (uint)instances.Length], path));
        if (reader is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {reader.Token}");
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified)
        {
            return response;
        }

        using (response)
        {
            var problem = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new ShopRefusal($"{(int)response.StatusCode} {request.RequestUri!.AbsolutePath} {(problem.Length < 300 ? problem : "")}");
        }
    }

    private static async Task<(long Bytes, long Lines)> CountAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var (bytes, lines) = (0L, 0L);
            while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                bytes += read;
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
            }

            return (bytes, lines);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public readonly record struct Received(long Bytes, bool IsUnchanged);
}
