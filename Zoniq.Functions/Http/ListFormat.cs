using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>How a list is wanted: a page of it as JSON, or every row of it as CSV. A parameter of this type is bound from <c>?format=</c>, else from Accept.</summary>
[InputConverter(typeof(ListFormatConverter))]
public sealed class ListFormat
{
    private readonly FunctionContext context;
    private readonly HttpContext http;
    private readonly bool isCsv;

    internal ListFormat(FunctionContext context, bool isCsv) => (this.context, http, this.isCsv) = (context, context.GetHttpContext()!, isCsv);

    /// <summary>The page, or the rows as a file of that name.</summary>
    public Task<Listing<TPage, TRow>> Of<TPage, TRow>(string name, Func<Task<TPage>> page, Func<CancellationToken, IAsyncEnumerable<TRow>> rows)
        where TRow : notnull =>
        Of(name, async () => Result.Of(await page()), aborted => Task.FromResult(Result.Of(rows(aborted))));

    /// <summary>The same for a list that may be refused: a refusal is no file.</summary>
    public async Task<Listing<TPage, TRow>> Of<TPage, TRow>(
        string name, Func<Task<Result<TPage>>> page, Func<CancellationToken, Task<Result<IAsyncEnumerable<TRow>>>> rows)
        where TRow : notnull
    {
        if (!isCsv)
        {
            var read = await page();
            return read.Problem is { } refused ? new(refused, null) : new(null, read.Value);
        }

        var all = await rows(http.RequestAborted);
        if (all.Problem is { } problem)
        {
            return new(problem, null);
        }

        var row = all.Value.GetAsyncEnumerator(http.RequestAborted);
        http.Response.RegisterForDisposeAsync(row);
        // The first row is read here, where a database that cannot be reached is still a refusal and not half a file.
        return new(null, new CsvAnswer<TRow>(
            row, await row.MoveNextAsync(), $"{name}.csv", context.FunctionDefinition.Name, context.InstanceServices.GetRequiredService<Failures>()));
    }
}

/// <summary>A page of a list, or all of it.</summary>
/// <typeparam name="TPage">Answered as JSON.</typeparam>
/// <typeparam name="TRow">A line of the CSV file.</typeparam>
public sealed class Listing<TPage, TRow> : IOutcome
{
    private readonly object? value;

    internal Listing(Problem? problem, object? value) => (Problem, this.value) = (problem, value);

    public Problem? Problem { get; }

    object? IOutcome.Value => value;
}

/// <summary>Reads what the caller wants; a format there is not is refused.</summary>
public sealed class ListFormatConverter : IInputConverter
{
    internal const string Parameter = "format";

    internal const string MediaType = "text/csv";

    internal static readonly string[] Choices = ["json", "csv"];

    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        ValueTask.FromResult(ConversionResult.Success(new ListFormat(context.FunctionContext, IsCsv(context.FunctionContext.GetHttpContext()!.Request))));

    /// <summary>Whether this list is wanted as a file.</summary>
    internal static bool IsCsv(HttpRequest request)
    {
        if (request.Query[Parameter].ToString().Trim() is not { Length: > 0 } format)
        {
            return Prefers(request.GetTypedHeaders().Accept);
        }

        return Choices.Contains(format, StringComparer.OrdinalIgnoreCase)
            ? format.Equals("csv", StringComparison.OrdinalIgnoreCase)
            : throw new BindingRefusedException(Problem.Validation(Parameter, $"must be {string.Join(" or ", Choices)}."));
    }

    /// <summary>CSV has to be asked for by name, and not less than JSON.</summary>
    private static bool Prefers(IList<MediaTypeHeaderValue> accepted)
    {
        double Quality(string type) => accepted.Where(range => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(range => range.Quality ?? 1).DefaultIfEmpty().Max();

        return Quality(MediaType) is > 0 and var csv && csv >= Quality("application/json");
    }
}
