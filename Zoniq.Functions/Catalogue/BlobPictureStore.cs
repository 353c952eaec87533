using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Domain.Catalogue;

namespace Zoniq.Functions.Catalogue;

/// <summary>Pictures in Azure's blob storage, or in its emulator.</summary>
/// <param name="container">Each blob of it can be read by everybody who has its address.</param>
/// <param name="publicUrl">Where browsers find the account: its own address, or a CDN's.</param>
internal sealed class BlobPictureStore(BlobContainerClient container, Uri publicUrl) : IPictureStore
{
    /// <summary>A name is never used twice, so that what it stands for never changes. Blobs are served with these headers; the type leaves nothing to guess.</summary>
    private static readonly BlobHttpHeaders Headers = new()
    {
        ContentType = "image/webp",
        ContentDisposition = "inline",
        CacheControl = "public, max-age=31536000, immutable",
    };

    public bool IsInUse => true;

    public string AddressOf(string file) => $"{publicUrl.AbsoluteUri.TrimEnd('/')}/{container.Name}/{file}";

    public Task KeepAsync(string file, byte[] picture, CancellationToken cancellationToken) =>
        Try(async () =>
        {
            try
            {
                await UploadAsync(file, picture, cancellationToken);
            }
            catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await container.CreateIfNotExistsAsync(PublicAccessType.Blob, cancellationToken: cancellationToken);
                await UploadAsync(file, picture, cancellationToken);
            }
        });

    public Task RemoveAsync(string file, CancellationToken cancellationToken) =>
        Try(() => container.GetBlobClient(file).DeleteIfExistsAsync(cancellationToken: cancellationToken));

    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Try(() => container.ExistsAsync(cancellationToken));
            return true;
        }
        catch (Exception away) when (away is PictureStoreException or OperationCanceledException)
        {
            return false;
        }
    }

    private Task<Response<BlobContentInfo>> UploadAsync(string file, byte[] picture, CancellationToken cancellationToken) =>
        container.GetBlobClient(file).UploadAsync(new BinaryData(picture), new BlobUploadOptions { HttpHeaders = Headers }, cancellationToken);

    private static async Task Try(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or AuthenticationFailedException)
        {
            throw new PictureStoreException(failure);
        }
    }
}

/// <summary>Which storage the settings mean.</summary>
internal static class PictureStoreSetup
{
    /// <summary>The app's identity, as the platform itself is told which one that is.</summary>
    private const string IdentityOfTheApp = "AzureWebJobsStorage:clientId";

    public static void AddPictureStore(this IServiceCollection services, Settings settings)
    {
        var connection = settings.Text("BLOB_CONNECTION") ?? settings.Text("AzureWebJobsStorage");
        var container = settings.Text("BLOB_CONTAINER") ?? "uploads";
        if (connection is null)
        {
            services.AddSingleton<IPictureStore, NoPictureStore>();
            return;
        }

        var client = Client(connection, settings.Text(IdentityOfTheApp));
        var address = settings.Text("BLOB_PUBLIC_URL") is not { } text ? client.Uri
            : Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri
            : throw new SettingsException("BLOB_PUBLIC_URL must be an address that starts with http:// or https://.");
        services.AddSingleton<IPictureStore>(new BlobPictureStore(client.GetBlobContainerClient(container), address));
    }

    private static BlobServiceClient Client(string connection, string? identity)
    {
        // Somebody waits for the answer: a storage that is down is told of within seconds.
        var options = new BlobClientOptions { Retry = { MaxRetries = 1, NetworkTimeout = TimeSpan.FromSeconds(5), Delay = TimeSpan.FromMilliseconds(200) } };
        if (Uri.TryCreate(connection, UriKind.Absolute, out var account) && (account.Scheme == Uri.UriSchemeHttps || account.Scheme == Uri.UriSchemeHttp))
        {
            TokenCredential credential = identity is null ? new DefaultAzureCredential() : new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(identity));
            return new BlobServiceClient(account, credential, options);
        }

        try
        {
            return new BlobServiceClient(connection, options);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            throw new SettingsException("BLOB_CONNECTION must be a connection string of a storage account or its https:// address.");
        }
    }
}
