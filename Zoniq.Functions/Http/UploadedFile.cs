using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Net.Http.Headers;
using Zoniq.Domain.Catalogue;

namespace Zoniq.Functions.Http;

/// <summary>The field <c>file</c> of a form. A parameter of this type is bound from the request.</summary>
/// <param name="Bytes">Null when there is none.</param>
[InputConverter(typeof(UploadedFileConverter))]
public sealed record UploadedFile(byte[]? Bytes);

/// <summary>Reads a multipart form up to its file, and no more of that than a file may have.</summary>
public sealed class UploadedFileConverter : IInputConverter
{
    /// <summary>Bytes of boundaries, headers and other fields.</summary>
    private const int Around = 64 * 1024;

    private const int LongestBoundary = 70; // RFC 2046

    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        ConversionResult.Success(new UploadedFile(await ReadAsync(context.FunctionContext.GetHttpContext()!.Request)));

    private static async Task<byte[]?> ReadAsync(HttpRequest request)
    {
        if (request.ContentType is null && request.ContentLength is null or 0)
        {
            return null;
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new BindingRefusedException(RequestProblems.NotAForm);
        }

        if (request.ContentLength > UploadPolicy.LargestFile + Around)
        {
            throw new BindingRefusedException(UploadProblems.TooLarge);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > LongestBoundary)
        {
            return null;
        }

        try
        {
            return await FindAsync(new MultipartReader(boundary.ToString(), request.Body), request.HttpContext.RequestAborted);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException && !request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return null; // it breaks off before the file ends
        }
    }

    /// <summary>Other fields are passed over; none is kept.</summary>
    private static async Task<byte[]?> FindAsync(MultipartReader form, CancellationToken cancellationToken)
    {
        form.BodyLengthLimit = UploadPolicy.LargestFile + Around;
        while (await form.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var field)
                && field.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
                && HeaderUtilities.RemoveQuotes(field.Name).Equals("file", StringComparison.Ordinal))
            {
                return await ReadAsync(section.Body, cancellationToken);
            }
        }

        return null;
    }

    private static async Task<byte[]> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        var part = new byte[32 * 1024];
        while (await file.ReadAsync(part, cancellationToken) is var length and > 0)
        {
            if (read.Length + length > UploadPolicy.LargestFile)
            {
                throw new BindingRefusedException(UploadProblems.TooLarge);
            }

            read.Write(part, 0, length);
        }

        return read.ToArray();
    }
}
