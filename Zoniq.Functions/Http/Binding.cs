using Microsoft.Azure.Functions.Worker.Converters;

namespace Zoniq.Functions.Http;

/// <summary>The parameter is the JSON body: read once, trimmed, checked against its annotations; what is wrong is 400 or 422 with field errors.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BodyAttribute() : InputConverterAttribute(typeof(BodyConverter));

/// <summary>The parameter's properties are query parameters in snake_case, checked against their annotations. <see cref="Domain.PageRequest"/> is bound from page and page_size.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class QueryAttribute() : InputConverterAttribute(typeof(QueryConverter));

/// <summary>The pages of this list are of other sizes than usual.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PagesAttribute(int size, int largest) : Attribute
{
    /// <summary>20 rows unless asked otherwise, and at most 100.</summary>
    internal static readonly PagesAttribute Usual = new(20, 100);

    /// <summary>Rows when nothing is asked for.</summary>
    public int Size { get; } = size;

    /// <summary>Rows at most.</summary>
    public int Largest { get; } = largest;
}
