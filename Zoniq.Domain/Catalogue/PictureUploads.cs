using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>Where an uploaded picture can be loaded from.</summary>
/// <param name="Url">In the size of a banner: at most 1600 × 900.</param>
/// <param name="ThumbnailUrl">In the size of a list: at most 480 × 270.</param>
public sealed record UploadedPicture(string Url, string ThumbnailUrl);

/// <summary>Pictures for events. They are drawn anew in two sizes and stored under a name nobody can guess; those that no event shows go after a day.</summary>
public sealed class PictureUploads(Database database, IPictureStore store, TimeProvider clock) : IDisposable
{
    /// <summary>Uploads removed at a time.</summary>
    private const int Batch = 100;

    /// <summary>So many that cannot be removed, and the storage is taken to be down.</summary>
    private const int MostFailures = 10;

    private readonly SemaphoreSlim drawing = new(UploadPolicy.MostAtOnce);

    /// <param name="actor">Who uploads.</param>
    /// <param name="file">Null or empty when there was none. Refuses what is no picture, has too many pixels, or cannot be stored.</param>
    /// <param name="cancellationToken">Gives up; what has been stored by then is thrown away as unused.</param>
    public async Task<Result<UploadedPicture>> Upload(Actor actor, byte[]? file, CancellationToken cancellationToken)
    {
        if (file is null or [])
        {
            return UploadProblems.NoFile;
        }

        var drawn = await Draw(file, cancellationToken);
        return drawn.Problem is { } refusal ? refusal : await Keep(actor, drawn.Value, cancellationToken);
    }

    /// <summary>Throws away what no event shows a day after it came. What cannot be thrown away does not hold up the others, unless there are many such, and is tried again the next time.</summary>
    /// <exception cref="PictureStoreException">Something could not.</exception>
    public async Task RemoveUnused(CancellationToken cancellationToken)
    {
        var failures = new List<PictureStoreException>();
        for (var last = 0L; await Unused(last, Batch, cancellationToken) is { Length: > 0 } unused; last = unused[^1].Id)
        {
            foreach (var upload in unused)
            {
                try
                {
                    await Remove(upload, cancellationToken);
                }
                catch (PictureStoreException failure) when (failures.Count + 1 < MostFailures)
                {
                    failures.Add(failure);
                }
            }
        }

        if (failures is [{ } first, ..])
        {
            throw first;
        }
    }

    /// <summary>Unless an event has come to show it since it was found. The row goes last: should this break off, the next run does it again.</summary>
    private async Task Remove(StoredUpload upload, CancellationToken cancellationToken)
    {
        if (await Unused(upload.Id - 1, atMost: 1, cancellationToken) is not [{ } still] || still.Id != upload.Id)
        {
            return;
        }

        await store.RemoveAsync(BannerOf(upload.Name), cancellationToken);
        await store.RemoveAsync(ThumbnailOf(upload.Name), cancellationToken);
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync("delete from upload where id = @Id", new { upload.Id });
    }

    public void Dispose() => drawing.Dispose();

    private async Task<Result<Picture>> Draw(byte[] file, CancellationToken cancellationToken)
    {
        await drawing.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Picture.Of(file), cancellationToken);
        }
        finally
        {
            drawing.Release();
        }
    }

    /// <summary>It is written down first: whatever happens then, nothing is stored that nobody would throw away.</summary>
    private async Task<Result<UploadedPicture>> Keep(Actor actor, Picture picture, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var uploaded = new UploadedPicture(store.AddressOf(BannerOf(name)), store.AddressOf(ThumbnailOf(name)));
        if (!store.IsInUse)
        {
            return UploadProblems.StorageUnavailable;
        }

        var id = await Announce(actor, name, uploaded, cancellationToken);
        try
        {
            await store.KeepAsync(BannerOf(name), picture.Banner, cancellationToken);
            await store.KeepAsync(ThumbnailOf(name), picture.Thumbnail, cancellationToken);
        }
        catch (PictureStoreException)
        {
            return UploadProblems.StorageUnavailable;
        }

        await using var db = await database.BeginAsync(cancellationToken);
        await AuditLog.WriteAsync(db, actor, "upload_file", "upload", id, new JsonObject { ["url"] = uploaded.Url }, clock.GetUtcNow());
        await db.CommitAsync();
        return uploaded;
    }

    private async Task<long> Announce(Actor actor, string name, UploadedPicture uploaded, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<long>(
            """
            insert into upload (name, url, thumbnail_url, uploaded_by, created_at)
            values (@name, @Url, @ThumbnailUrl, @AccountId, @now)
            returning id
            """,
            new { name, uploaded.Url, uploaded.ThumbnailUrl, actor.AccountId, now = clock.GetUtcNow() });
    }

    private async Task<StoredUpload[]> Unused(long after, int atMost, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<StoredUpload>(
            """
            select   id, name
            from     upload
            where    id > @after
            and      created_at <= @before
            and      not exists (
                select from event
                where  banner_image_url is not null
                and    substring(banner_image_url from '/([0-9a-f]{32})(?:-thumb)?[.]webp') = upload.name)
            and      not exists (
                select from event
                where  thumbnail_image_url is not null
                and    substring(thumbnail_image_url from '/([0-9a-f]{32})(?:-thumb)?[.]webp') = upload.name)
            order by id
            limit    @atMost
            """,
            new { after, before = clock.GetUtcNow() - UploadPolicy.UnusedLife, atMost });
    }

    private static string BannerOf(string name) => $"{name}.webp";

    private static string ThumbnailOf(string name) => $"{name}-thumb.webp";

    private sealed record StoredUpload
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";
    }
}
