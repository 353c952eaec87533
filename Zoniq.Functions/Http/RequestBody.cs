using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;

namespace Zoniq.Functions.Http;

/// <summary>The body exactly as it was sent, for a signature over its bytes. A parameter of this type is bound from the request.</summary>
/// <param name="Bytes">At most 1 MB.</param>
/// <param name="Headers">The headers, by name in any case.</param>
[InputConverter(typeof(RawBodyConverter))]
public sealed record RawBody(byte[] Bytes, IHeaderDictionary Headers);

/// <summary>Reads the body as bytes, whatever they are.</summary>
public sealed class RawBodyConverter : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        var request = context.FunctionContext.GetHttpContext()!.Request;
        return ConversionResult.Success(new RawBody(await RequestBody.ReadAsync(request), request.Headers));
    }
}

internal static class RequestBody
{
    private const int Most = 1024 * 1024;

    /// <summary>All of the body, unless it is larger than a body may be.</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > Most)
        {
            throw new BindingRefusedException(RequestProblems.TooLarge);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? 4096) + 1);
        try
        {
            var length = 0;
            while (await request.Body.ReadAsync(buffer.AsMemory(length), request.HttpContext.RequestAborted) is var read and > 0)
            {
                length += read;
                if (length > Most)
                {
                    throw new BindingRefusedException(RequestProblems.TooLarge);
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
