using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Template;

namespace Zoniq.LocalHost.Hosting;

/// <summary>
/// Which function answers a request: the first in the order of names whose template, constraints and method fit.
/// The templates are kept as a tree of segments, so that few of them need a closer look.
/// </summary>
internal sealed class RouteTable
{
    private readonly Entry[] entries;
    private readonly Node root = new();

    /// <param name="functions">HTTP functions in the order in which they are tried.</param>
    /// <param name="constraints">Makes constraints of their names.</param>
    public RouteTable(IEnumerable<HostedFunction> functions, IInlineConstraintResolver constraints)
    {
        entries = [.. functions.Select(function => new Entry(function, constraints))];
        for (var at = 0; at < entries.Length; at++)
        {
            root.Add(entries[at].Template.Segments, at);
        }
    }

    /// <summary>The function and its route values, or null.</summary>
    public HostedFunction? Match(HttpContext http, out RouteValueDictionary? values)
    {
        var search = new Search(entries, http);
        search.Walk(root, Segments(http));
        values = search.Values;
        return search.Best < entries.Length ? entries[search.Best].Function : null;
    }

    /// <summary>The methods that would fit where the request's does not; empty when no function has such a path.</summary>
    public IReadOnlyCollection<string> Methods(HttpContext http)
    {
        var search = new Search(entries, http) { Methods = new(StringComparer.Ordinal) };
        search.Walk(root, Segments(http));
        if (search.Methods.Contains(HttpMethods.Get))
        {
            search.Methods.Add(HttpMethods.Head);
        }

        return search.Methods;
    }

    /// <summary>The path without its first and last slash.</summary>
    private static ReadOnlySpan<char> Segments(HttpContext http)
    {
        var path = http.Request.Path.Value.AsSpan();
        path = path.StartsWith('/') ? path[1..] : path;
        return path.EndsWith('/') ? path[..^1] : path;
    }

    private ref struct Search(Entry[] entries, HttpContext http)
    {
        private readonly string method = http.Request.Method;

        public int Best { get; private set; } = entries.Length;

        public RouteValueDictionary? Values { get; private set; }

        /// <summary>When set, the methods of all that fit are gathered instead.</summary>
        public SortedSet<string>? Methods { get; init; }

        public void Walk(Node node, ReadOnlySpan<char> rest)
        {
            Consider(node.Rests);
            if (rest.IsEmpty)
            {
                Consider(node.Ends);
                return;
            }

            var slash = rest.IndexOf('/');
            var segment = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? [] : rest[(slash + 1)..];

            if (node.Literal(segment) is { } literal)
            {
                Walk(literal, rest);
            }

            if (node.Parameter is { } parameter)
            {
                Walk(parameter, rest);
            }
        }

        private void Consider(List<int> candidates)
        {
            foreach (var at in candidates)
            {
                if (Methods is not null)
                {
                    Gather(entries[at]);
                }
                else if (at < Best && entries[at].Takes(method) && entries[at].Fits(http) is { } values)
                {
                    (Best, Values) = (at, values);
                }
            }
        }

        private readonly void Gather(Entry entry)
        {
            if (entry.Fits(http) is not null)
            {
                Methods!.UnionWith(entry.Function.Descriptor.Methods);
            }
        }
    }

    private sealed class Node
    {
        private Dictionary<string, Node>? literals;
        private Dictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> lookup;

        public Node? Parameter { get; private set; }

        /// <summary>Templates that end here.</summary>
        public List<int> Ends { get; } = [];

        /// <summary>Templates that take whatever follows.</summary>
        public List<int> Rests { get; } = [];

        public Node? Literal(ReadOnlySpan<char> segment) => literals is not null && lookup.TryGetValue(segment, out var node) ? node : null;

        public void Add(IList<TemplateSegment> segments, int at, int depth = 0)
        {
            if (depth == segments.Count)
            {
                Ends.Add(at);
                return;
            }

            var first = segments[depth].Parts[0];
            if (first.IsCatchAll)
            {
                Rests.Add(at);
                return;
            }

            if (segments[depth].IsSimple && first.IsLiteral)
            {
                Child(first.Text!).Add(segments, at, depth + 1);
                return;
            }

            if (first.IsOptional || first.DefaultValue is not null)
            {
                Ends.Add(at);
            }

            (Parameter ??= new Node()).Add(segments, at, depth + 1);
        }

        private Node Child(string literal)
        {
            if (literals is null)
            {
                literals = new(StringComparer.OrdinalIgnoreCase);
                lookup = literals.GetAlternateLookup<ReadOnlySpan<char>>();
            }

            return literals.TryGetValue(literal, out var child) ? child : literals[literal] = new Node();
        }
    }

    private sealed class Entry
    {
        private readonly TemplateMatcher matcher;
        private readonly Lazy<(string Key, IRouteConstraint Constraint)[]> constraints;

        public Entry(HostedFunction function, IInlineConstraintResolver resolver)
        {
            Function = function;
            Template = TemplateParser.Parse(function.Descriptor.Route!);
            matcher = new TemplateMatcher(Template, new RouteValueDictionary(Template.Parameters.Where(part => part.DefaultValue is not null).ToDictionary(part => part.Name!, part => part.DefaultValue)));
            constraints = new(() => [.. Template.Parameters.SelectMany(part => part.InlineConstraints.Select(inline => (part.Name!, Resolve(resolver, part, inline.Constraint))))]);
        }

        public HostedFunction Function { get; }

        public RouteTemplate Template { get; }

        /// <summary>A HEAD is a GET whose body the server leaves out.</summary>
        public bool Takes(string method)
        {
            var methods = Function.Descriptor.Methods;
            return methods.Count == 0
                || methods.Contains(method)
                || (HttpMethods.IsHead(method) && methods.Contains(HttpMethods.Get));
        }

        /// <summary>The route values when path and constraints fit.</summary>
        public RouteValueDictionary? Fits(HttpContext http)
        {
            var values = new RouteValueDictionary();
            return matcher.TryMatch(http.Request.Path, values)
                && Array.TrueForAll(constraints.Value, constraint => constraint.Constraint.Match(http, null, constraint.Key, values, RouteDirection.IncomingRequest))
                ? values
                : null;
        }

        private IRouteConstraint Resolve(IInlineConstraintResolver resolver, TemplatePart part, string text)
        {
            var constraint = resolver.ResolveConstraint(text)
                ?? throw new InvalidOperationException($"The route of function {Function.Descriptor.Name} has an unknown constraint: {text}.");
            return part.IsOptional ? new OptionalRouteConstraint(constraint) : constraint;
        }
    }
}
