using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using SkiaSharp;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Catalogue;

public sealed class UploadTests(ZoniqApp app) : DatabaseTest(app)
{
    private Person administrator = null!;
    private int before;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        administrator = await App.Administrator();
        before = await Stored();
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public async Task A_picture_is_stored_in_two_sizes_and_can_be_seen_by_everybody(SKEncodedImageFormat format)
    {
        var uploaded = (await Upload(Pictures.Halves(3200, 1600, format))).Succeeded(201);

        var banner = await Load(uploaded["url"].GetString()!);
        var thumbnail = await Load(uploaded["thumbnailUrl"].GetString()!);
        using var large = Pictures.Seen(banner.Bytes);
        using var small = Pictures.Seen(thumbnail.Bytes);

        Assert.Equal((1600, 800), (large.Width, large.Height));
        Assert.Equal((480, 240), (small.Width, small.Height));
        Assert.All([large, small], seen => AssertHalves(seen));
        Assert.Equal("image/webp", banner.ContentHeaders.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(banner.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", banner.Headers.GetValues("Cache-Control").SelectMany(value => value.Split(", ")).Order(StringComparer.Ordinal).Reverse()));
        var entry = (await administrator.Get("/api/admin/logs?entity_type=upload&action=upload_file")).Succeeded()["logs"][0];
        Assert.Equal(uploaded["url"].GetString(), entry.GetProperty("details").GetProperty("url").GetString());
    }

    [Fact]
    public async Task An_event_shows_what_was_uploaded()
    {
        var uploaded = (await Upload(Pictures.Halves(20, 10, SKEncodedImageFormat.Png))).Succeeded(201);
        var staged = await App.AnEvent(rows: 0);

        var changed = await administrator.Patch($"/api/admin/events/{staged.Id}", new { bannerImageUrl = uploaded["url"].GetString(), thumbnailImageUrl = uploaded["thumbnailUrl"].GetString() });

        Assert.Equal(uploaded["url"].GetString(), changed.Succeeded()["bannerImageUrl"].GetString());
        using var banner = Pictures.Seen((await Load(uploaded["url"].GetString()!)).Bytes);
        Assert.Equal((20, 10), (banner.Width, banner.Height));    // nothing is made larger than it came
    }

    [Fact]
    public async Task What_is_hidden_behind_a_picture_does_not_come_along()
    {
        byte[] both = [.. Pictures.Halves(20, 10, SKEncodedImageFormat.Png), .. "<script>alert(1)</script>PK\u0003\u0004payload"u8];

        var uploaded = (await Upload(both, type: "text/html", name: "evil.html")).Succeeded(201);

        var banner = await Load(uploaded["url"].GetString()!);
        Assert.Equal("image/webp", banner.ContentHeaders.ContentType?.ToString());
        Assert.DoesNotContain("script", Encoding.Latin1.GetString(banner.Bytes), StringComparison.Ordinal);
        Assert.DoesNotContain("payload", Encoding.Latin1.GetString(banner.Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "red left")]
    [InlineData(2, "red right")]
    [InlineData(3, "red right")]
    [InlineData(4, "red left")]
    [InlineData(5, "red top")]
    [InlineData(6, "red top")]
    [InlineData(7, "red bottom")]
    [InlineData(8, "red bottom")]
    public async Task A_picture_stands_as_its_camera_was_held_and_does_not_tell_where_that_was(byte orientation, string expected)
    {
        var taken = Pictures.FromTelephone(400, 200, orientation, "19.0760N72.8777E");
        Assert.Contains("19.0760N", Encoding.Latin1.GetString(taken), StringComparison.Ordinal);

        var banner = await Load((await Upload(taken)).Succeeded(201)["url"].GetString()!);

        using var seen = Pictures.Seen(banner.Bytes);
        Assert.Equal(orientation >= 5 ? (200, 400) : (400, 200), (seen.Width, seen.Height));
        Assert.Equal(expected, RedSide(seen));
        Assert.DoesNotContain("19.0760N", Encoding.Latin1.GetString(banner.Bytes), StringComparison.Ordinal);
        Assert.DoesNotContain("Exif", Encoding.Latin1.GetString(banner.Bytes), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_can_be_seen_through_stays_so()
    {
        var uploaded = (await Upload(Pictures.Halves(20, 10, SKEncodedImageFormat.Png, left: SKColors.Transparent))).Succeeded(201);

        using var seen = Pictures.Seen((await Load(uploaded["url"].GetString()!)).Bytes);
        Assert.Equal((0, 255), (seen.GetPixel(3, 5).Alpha, seen.GetPixel(16, 5).Alpha));
    }

    [Fact]
    public async Task One_bit_for_each_pixel_is_a_picture_too()
    {
        var uploaded = (await Upload(Pictures.Black(64, 32, rows: 32))).Succeeded(201);

        using var seen = Pictures.Seen((await Load(uploaded["url"].GetString()!)).Bytes);
        Assert.Equal((64, 32, SKColors.Black), (seen.Width, seen.Height, seen.GetPixel(30, 15)));
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>")]
    [InlineData("GIF89a and so on")]
    [InlineData("%PDF-1.7")]
    [InlineData("no picture at all")]
    [InlineData("\u0089PNG\r\n\u001a\n")]
    [InlineData("RIFF\u0010\0\0\0WEBPVP8 ")]
    [InlineData("RIFF")]
    public async Task What_is_no_picture_by_its_bytes_is_refused_whatever_it_is_called(string content)
    {
        (await Upload(Encoding.Latin1.GetBytes(content), type: "image/png", name: "picture.png")).Refused(415, "upload.unsupported_type");
        await NothingIsStored();
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public async Task A_file_that_breaks_off_is_refused(SKEncodedImageFormat format)
    {
        var whole = Pictures.Halves(600, 400, format);

        (await Upload(whole[..(whole.Length / 2)])).Refused(415, "upload.unsupported_type");
        (await Upload(whole[..20])).Refused(415, "upload.unsupported_type");
        await NothingIsStored();
    }

    [Fact]
    public async Task More_pixels_than_memory_are_refused_before_they_are_drawn()
    {
        var real = Pictures.Black(50_000, 50_000, rows: 50_000);
        Assert.InRange(real.Length, 1, 5 * 1024 * 1024);
        var peak = Peak();

        (await Upload(Pictures.Black(50_000, 50_000, rows: 1))).RefusedField("file");
        (await Upload(Pictures.Black(8_000, 5_001, rows: 5_001))).RefusedField("file");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await Upload(real)).RefusedField("file")));

        Assert.InRange(Peak() - peak, 0, 250);    // in megabytes; drawn, one of them has ten thousand
        await NothingIsStored();
    }

    [Fact]
    public async Task A_byte_more_than_5_MB_is_refused()
    {
        byte[] most = [.. Pictures.Halves(20, 10, SKEncodedImageFormat.Png), .. new byte[5 * 1024 * 1024]];

        (await Upload(most[..((5 * 1024 * 1024) + 1)])).Refused(413, "upload.too_large");
        (await Upload([.. most, .. most])).Refused(413, "upload.too_large");
        (await Send(new Unmeasured(Form([.. most, .. most, .. most])))).Refused(413, "upload.too_large");
        await NothingIsStored();
        (await Upload(most[..(5 * 1024 * 1024)])).Succeeded(201);
    }

    [Fact]
    public async Task Without_a_file_there_is_nothing_to_store()
    {
        var picture = Pictures.Halves(20, 10, SKEncodedImageFormat.Png);

        (await Send(null)).RefusedField("file");
        (await Upload([])).RefusedField("file");
        (await Upload(picture, field: "picture")).RefusedField("file");
        (await administrator.SendText(HttpMethod.Post, "/api/admin/uploads", "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nbreaks off", "multipart/form-data; boundary=x")).RefusedField("file");
        (await administrator.SendText(HttpMethod.Post, "/api/admin/uploads", "nonsense", "multipart/form-data; boundary=x")).RefusedField("file");
        (await administrator.SendText(HttpMethod.Post, "/api/admin/uploads", "nonsense", "multipart/form-data")).RefusedField("file");
        (await administrator.Post("/api/admin/uploads", new { file = "x" })).Refused(415, "request.unsupported_media_type");
        (await administrator.SendText(HttpMethod.Post, "/api/admin/uploads", "picture", "image/png")).Refused(415, "request.unsupported_media_type");
        await NothingIsStored();
    }

    [Fact]
    public async Task Only_administrators_upload()
    {
        (await (await App.NewBuyer()).Send(new HttpRequestMessage(HttpMethod.Post, "/api/admin/uploads") { Content = Form(Pictures.Halves(20, 10, SKEncodedImageFormat.Png)) })).Refused(403, "auth.admin_required");
        await NothingIsStored();
    }

    [Fact]
    public async Task A_picture_that_no_event_shows_goes_after_a_day()
    {
        var picture = Pictures.Halves(20, 10, SKEncodedImageFormat.Png);
        var (unused, banner, thumbnail) = ((await Upload(picture)).Succeeded(201), (await Upload(picture)).Succeeded(201), (await Upload(picture)).Succeeded(201));
        await App.Advance(TimeSpan.FromHours(1));
        var young = (await Upload(picture)).Succeeded(201);
        (await administrator.Patch($"/api/admin/events/{(await App.AnEvent(rows: 0)).Id}", new { bannerImageUrl = banner["url"].GetString() })).Succeeded();
        (await administrator.Patch($"/api/admin/events/{(await App.AnEvent(rows: 0)).Id}", new { thumbnailImageUrl = $"https://cdn.example.in{thumbnail["thumbnailUrl"].GetString()}?v=2" })).Succeeded();
        await App.Advance(TimeSpan.FromHours(23.5));

        await App.RunTimer("Housekeeping");

        Assert.Equal(404, (await App.Nobody.Get(unused["url"].GetString()!)).Status);
        Assert.Equal(404, (await App.Nobody.Get(unused["thumbnailUrl"].GetString()!)).Status);
        foreach (var kept in new[] { banner, thumbnail, young })
        {
            await Load(kept["url"].GetString()!);
            await Load(kept["thumbnailUrl"].GetString()!);
        }
    }

    [Fact]
    public async Task A_picture_whose_name_is_only_part_of_somebody_elses_address_goes_as_well()
    {
        var unused = (await Upload(Pictures.Halves(20, 10, SKEncodedImageFormat.Png))).Succeeded(201);
        var name = Path.GetFileNameWithoutExtension(new Uri(unused["url"].GetString()!).AbsolutePath);
        var staged = await App.AnEvent();
        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { bannerImageUrl = $"https://cdn.example.in/picture?signature={name}" })).Succeeded();
        await App.Advance(TimeSpan.FromHours(25));

        await App.RunTimer("Housekeeping");

        Assert.Equal(404, (await App.Nobody.Get(unused["url"].GetString()!)).Status);
    }

    [Fact]
    public async Task A_picture_that_cannot_be_thrown_away_stays_for_the_next_time_and_the_others_go()
    {
        var uploads = new List<Answer>();
        for (var number = 0; number < 3; number++)
        {
            uploads.Add((await Upload(Pictures.Halves(20, 10, SKEncodedImageFormat.Png))).Succeeded(201));
        }

        await App.Advance(TimeSpan.FromHours(25));
        var store = new Mock<IPictureStore>();
        store.Setup(pictures => pictures.RemoveAsync(It.Is<string>(file => uploads[0]["url"].GetString()!.EndsWith(file)), It.IsAny<CancellationToken>())).ThrowsAsync(new PictureStoreException());
        using var office = new PictureUploads(App.Services.GetRequiredService<Database>(), store.Object, App.Services.GetRequiredService<TimeProvider>());

        await Assert.ThrowsAsync<PictureStoreException>(() => office.RemoveUnused(CancellationToken.None));

        Assert.Equal([uploads[0]["url"].GetString()!], await App.Rows<string>("select url from upload where url = any(@urls)", new { urls = uploads.Select(upload => upload["url"].GetString()!).ToArray() }));
        store.Verify(pictures => pictures.RemoveAsync(It.Is<string>(file => uploads[2]["thumbnailUrl"].GetString()!.EndsWith(file)), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task A_storage_that_is_down_is_said_to_be()
    {
        await using var cutOff = await App.StartAnother(("BLOB_CONNECTION", "DefaultEndpointsProtocol=http;AccountName=zoniq;AccountKey=em9uaXE=;BlobEndpoint=http://127.0.0.1:1/zoniq;"));

        var refused = await cutOff.AsSeenBy(administrator).Send(new HttpRequestMessage(HttpMethod.Post, "/api/admin/uploads") { Content = Form(Pictures.Halves(20, 10, SKEncodedImageFormat.Png)) });

        refused.Refused(503, "storage.unavailable");
        Assert.NotNull(refused.Headers.RetryAfter);
        var ready = (await cutOff.Nobody.Get("/api/health/ready")).Succeeded(200);    // tickets are sold all the same
        Assert.Equal("failed", ready["checks"].GetProperty("storage").GetString());
        Assert.Equal("ok", (await App.Nobody.Get("/api/health/ready")).Succeeded()["checks"].GetProperty("storage").GetString());
        Assert.Equal(0, await App.Value<long>("select count(*) from admin_log where action = 'upload_file' and details->>'url' like 'http://127.0.0.1:1/%'"));
    }

    private Task<Answer> Upload(byte[] file, string field = "file", string type = "application/octet-stream", string name = "picture") => Send(Form(file, field, type, name));

    private Task<Answer> Send(HttpContent? content) =>
        administrator.Send(new HttpRequestMessage(HttpMethod.Post, "/api/admin/uploads") { Content = content });

    private async Task<Answer> Load(string url) => (await App.Nobody.Get(url)).Succeeded(200);

    private async Task NothingIsStored() => Assert.Equal(before, await Stored());

    private Task<int> Stored() => App.Value<int>("select count(*) from upload");

    private static MultipartFormDataContent Form(byte[] file, string field = "file", string type = "application/octet-stream", string name = "picture") =>
        new() { { new StringContent("a title"), "title" }, { new ByteArrayContent(file) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } }, field, name } };

    private static void AssertHalves(SKBitmap seen) => Assert.Equal("red left", RedSide(seen));

    private static string RedSide(SKBitmap seen)
    {
        bool IsRed(double x, double y) => seen.GetPixel((int)(seen.Width * x), (int)(seen.Height * y)) is { Red: > 200, Blue: < 60 };
        return (IsRed(0.1, 0.1), IsRed(0.9, 0.1), IsRed(0.1, 0.9), IsRed(0.9, 0.9)) switch
        {
            (true, false, true, false) => "red left",
            (false, true, false, true) => "red right",
            (true, true, false, false) => "red top",
            (false, false, true, true) => "red bottom",
            _ => "mixed",
        };
    }

    /// <summary>The most memory this process has ever had, in megabytes.</summary>
    private static long Peak() =>
        long.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))["VmHWM:".Length..^"kB".Length], CultureInfo.InvariantCulture) / 1024;

    /// <summary>A body that does not say how long it is.</summary>
    private sealed class Unmeasured : HttpContent
    {
        private readonly HttpContent content;

        public Unmeasured(HttpContent content)
        {
            this.content = content;
            Headers.ContentType = content.Headers.ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => content.CopyToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
