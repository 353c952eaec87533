using Microsoft.Azure.Functions.Worker.Converters;

namespace Zoniq.Functions.Http;

/// <summary>The parameter is the JSON body: read once, trimmed, checked against its annotations; what is wrong is 400 or 422 with field errors.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BodyAttribute() : InputConverterAttribute(typeof(BodyConverter));

/// <summary>The parameter's properties are query parameters in snake_case, checked against their annotations. <see cref="Domain.PageRequest"/> is bound from page and page_size.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class QueryAttribute() : InputConverterAttribute(typeof(QueryConverter));
