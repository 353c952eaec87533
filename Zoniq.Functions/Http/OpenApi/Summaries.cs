using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>The sentences that stand above types and members in the source, from the files the compiler leaves beside the assemblies.</summary>
internal sealed partial class Summaries
{
    private readonly Dictionary<string, string> sentences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> examples = new(StringComparer.Ordinal);

    public Summaries(params Assembly[] assemblies)
    {
        foreach (var assembly in assemblies)
        {
            var file = Path.ChangeExtension(assembly.Location, ".xml");
            if (File.Exists(file))
            {
                Read(XDocument.Load(file));
            }
        }
    }

    public string? Of(Type type) => sentences.GetValueOrDefault($"T:{Name(type)}");

    public string? Of(PropertyInfo property) =>
        sentences.GetValueOrDefault($"P:{Name(property.DeclaringType!)}.{property.Name}");

    public string? Of(MethodInfo method) =>
        sentences.GetValueOrDefault($"M:{Name(method.DeclaringType!)}.{method.Name}");

    /// <summary>What stands there as an example of a property: JSON, or text as it is.</summary>
    public string? ExampleOf(PropertyInfo property) =>
        examples.GetValueOrDefault($"P:{Name(property.DeclaringType!)}.{property.Name}");

    /// <summary>Functions are not overloaded, so a method is known without its parameters.</summary>
    private void Read(XDocument document)
    {
        foreach (var member in document.Descendants("member"))
        {
            if (member.Attribute("name")?.Value.Split('(')[0] is not { } name)
            {
                continue;
            }

            if (member.Element("summary") is { } summary)
            {
                sentences[name] = Text(summary);
            }

            if (member.Element("example") is { } example)
            {
                examples[name] = example.Value.Trim();
            }
        }
    }

    private static string Text(XElement summary) =>
        Blanks().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { HasAttributes: true, IsEmpty: true } reference => reference.FirstAttribute!.Value.Split('.', ':')[^1],
        XElement element => element.Value,
        _ => "",
    };

    private static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
