namespace Zoniq.Domain.Catalogue;

/// <summary>Refusals of uploads.</summary>
public static class UploadProblems
{
    public static readonly Problem TooLarge = new("upload.too_large", ProblemKind.TooLarge, "The file is larger than 5 MB.");

    public static readonly Problem UnsupportedType =
        new("upload.unsupported_type", ProblemKind.WrongContentType, "The file is not a whole PNG, JPEG or WebP picture.");

    public static readonly Problem StorageUnavailable =
        new("storage.unavailable", ProblemKind.Unavailable, "Pictures cannot be stored at the moment; please try again in a little while.") { RetryAfter = TimeSpan.FromSeconds(10) };

    internal static readonly Problem NoFile = Problem.Validation("file", "is required: a PNG, JPEG or WebP picture.");

    internal static readonly Problem TooManyPixels = Problem.Validation("file", "must not have more than 40 megapixels.");
}
