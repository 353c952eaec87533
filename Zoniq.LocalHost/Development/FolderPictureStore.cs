using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Catalogue;

namespace Zoniq.LocalHost.Development;

/// <summary>Pictures as files, served by this host.</summary>
internal sealed class FolderPictureStore(IConfiguration configuration) : IPictureStore
{
    private readonly string directory = configuration["ZONIQ_UPLOADS_DIRECTORY"]!;

    public bool IsInUse => true;

    public string AddressOf(string file) => $"{WebAddressAttribute.UploadPath}{file}";

    public async Task KeepAsync(string file, byte[] picture, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(directory);
            await File.WriteAllBytesAsync(Path.Combine(directory, file), picture, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PictureStoreException(failure);
        }
    }

    public Task RemoveAsync(string file, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory))
        {
            File.Delete(Path.Combine(directory, file));
        }

        return Task.CompletedTask;
    }

    public Task<bool> AnswersAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(WebAddressAttribute.UploadPath + "{name:regex(^[0-9a-f]{{32}}(-thumb)?[.]webp$)}", ServeAsync);

    private static async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        if (context.RequestServices.GetService<IPictureStore>() is not FolderPictureStore { directory: var folder }
            || new FileInfo(Path.Combine(folder, (string)context.GetRouteValue("name")!)) is not { Exists: true } file)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.ContentType = "image/webp";
        response.ContentLength = file.Length;
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        response.Headers.ContentDisposition = "inline";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.SendFileAsync(file.FullName, context.RequestAborted);
    }
}
