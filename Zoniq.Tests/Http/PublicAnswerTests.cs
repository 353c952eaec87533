using System.IO.Compression;
using System.Net.Http.Headers;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

public sealed class PublicAnswerTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Who_has_the_answer_already_is_not_sent_it_again()
    {
        var seated = await App.AnEvent();
        var path = $"/api/events/{seated.Slug}";

        var first = (await App.Nobody.Get(path)).Succeeded();
        var tag = first.Headers.ETag!;
        var again = await Ask(path, request => request.Headers.IfNoneMatch.Add(tag));
        var any = await Ask(path, request => request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any));
        var other = await Ask(path, request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"something-else\"")));

        Assert.True(tag.IsWeak);
        Assert.Equal("public, max-age=5", first.Headers.CacheControl?.ToString());
        Assert.All([again, any], answer => Assert.Equal((304, ""), (answer.Status, answer.Text)));
        Assert.Equal(tag, again.Headers.ETag);
        Assert.Equal("public, max-age=5", again.Headers.CacheControl?.ToString());
        Assert.Equal(first.Text, other.Succeeded().Text);
    }

    [Fact]
    public async Task A_change_has_another_tag()
    {
        var seated = await App.AnEvent(rows: 1, seatsPerRow: 2);
        var path = $"/api/events/{seated.Id}/seats";
        var before = (await App.Nobody.Get(path)).Headers.ETag!;
        (await (await App.NewBuyer()).Adds(seated.Numbered, seated.Numbered.Seats[0])).Succeeded();
        await App.Advance(TimeSpan.FromSeconds(2));

        var after = (await Ask(path, request => request.Headers.IfNoneMatch.Add(before))).Succeeded();

        Assert.NotEqual(before, after.Headers.ETag);
    }

    [Fact]
    public async Task A_large_answer_is_compressed_for_those_who_take_it()
    {
        var path = $"/api/events/{(await App.AnEvent(rows: 20, seatsPerRow: 50)).Id}/seats";

        var plain = (await App.Nobody.Get(path)).Succeeded();
        var compressed = await Ask(path, request => request.Headers.AcceptEncoding.ParseAdd("br;q=1, gzip;q=0.8"));
        var refused = await Ask(path, request => request.Headers.AcceptEncoding.ParseAdd("gzip;q=0"));

        using var content = new MemoryStream();
        await using (var gzip = new GZipStream(new MemoryStream(compressed.Bytes), CompressionMode.Decompress))
        {
            await gzip.CopyToAsync(content);
        }

        Assert.Equal(1000, plain["seats"].GetArrayLength());
        Assert.Equal(plain.Bytes, content.ToArray());
        Assert.Equal(plain.Headers.ETag, compressed.Headers.ETag);
        Assert.Contains("Accept-Encoding", plain.Headers.Vary);
        Assert.InRange(compressed.Bytes.Length, 1, plain.Bytes.Length / 10);
        Assert.Equal(plain.Bytes, refused.Bytes);
    }

    private Task<Answer> Ask(string path, Action<HttpRequestMessage> with)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        with(request);
        return App.Nobody.Send(request);
    }
}
