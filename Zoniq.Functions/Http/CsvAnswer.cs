using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Zoniq.Functions.Http;

/// <summary>Rows as a file that spreadsheets open (RFC 4180, UTF-8 with its mark), written while they are read: however many there are, memory holds a few.</summary>
internal sealed class CsvAnswer<TRow>(IAsyncEnumerator<TRow> rows, bool hasFirst, string fileName, string function, Failures failures) : IResult
    where TRow : notnull
{
    private const int SendAt = 32 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(fileName);

        response.StatusCode = Statuses.Ok;
        response.ContentType = $"{ListFormatConverter.MediaType}; charset=utf-8";
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.CacheControl = "no-store";

        try
        {
            await WriteAsync(httpContext);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read it.
        }
        catch (Exception failure)
        {
            var refusal = failures.RefusalOf(failure, function, httpContext);
            if (response.HasStarted)
            {
                httpContext.Abort(); // so that half a file does not look like a whole one
                return;
            }

            response.Headers.ContentDisposition = default;
            await new ProblemAnswer(refusal).ExecuteAsync(httpContext);
        }
    }

    private async Task WriteAsync(HttpContext http)
    {
        var output = http.Response.BodyWriter;
        var columns = CsvColumns.Of(ZoniqJson.Options.GetTypeInfo(typeof(TRow)));
        var text = new StringBuilder("\uFEFF");
        columns.WriteHeader(text);

        for (var hasRow = hasFirst; hasRow; hasRow = await rows.MoveNextAsync())
        {
            columns.WriteRow(text, rows.Current);
            if (text.Length >= SendAt)
            {
                Encoding.UTF8.GetBytes(text.ToString(), output);
                text.Clear();
                await output.FlushAsync(http.RequestAborted);
            }
        }

        Encoding.UTF8.GetBytes(text.ToString(), output);
        await output.FlushAsync(http.RequestAborted);
    }
}
