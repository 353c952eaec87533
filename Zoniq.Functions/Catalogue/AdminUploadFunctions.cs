using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Catalogue;

public sealed class AdminUploadFunctions(PictureUploads pictures)
{
    /// <summary>Stores a picture for events, drawn anew in the sizes of a banner and of a list. One that no event shows within a day is thrown away.</summary>
    [Function("UploadPicture")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("upload.too_large", "upload.unsupported_type", "storage.unavailable")]
    public Task<Result<UploadedPicture>> Upload(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/uploads")] HttpRequest request,
        UploadedFile file, CurrentUser user, CancellationToken cancellationToken) =>
        pictures.Upload(user.Actor, file.Bytes, cancellationToken);
}
