using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Zoniq.Functions.Http;
using Zoniq.LocalHost;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

/// <summary>What compiles here must compile for Azure: the app uses the part of the worker's API that is listed, and the local host declares no more of it than there is.</summary>
public sealed class WorkerApiTests
{
    private static readonly Assembly LocalHost = typeof(LocalApp).Assembly;
    private static readonly (HashSet<string> MayBeUsed, HashSet<string> Exists) Listed = Read();

    [Fact]
    public void The_app_uses_nothing_of_the_worker_that_is_not_listed()
    {
        var used = Used(typeof(AllowAttribute).Assembly).ToArray();

        Assert.Contains("IFunctionsWorkerMiddleware", used);
        Assert.Contains("FunctionContextExtensions.GetHttpContext", used);
        Assert.Empty(used.Except(Listed.MayBeUsed));
    }

    [Fact]
    public void The_local_host_declares_nothing_in_the_workers_namespaces_that_the_worker_does_not_have()
    {
        var declared = LocalHost.GetExportedTypes().Where(type => IsWorkers(type.Namespace)).SelectMany(Surface).ToArray();

        Assert.Contains("FunctionContext.Items", declared);
        Assert.Empty(declared.Except(Listed.Exists));
    }

    [Fact]
    public void Everything_that_is_listed_is_declared() =>
        Assert.Empty(Listed.Exists.Except(LocalHost.GetExportedTypes().Where(type => IsWorkers(type.Namespace)).SelectMany(Surface)));

    /// <summary>Types by their name, members by their type's and their own; of the local host's other namespaces in full.</summary>
    private static IEnumerable<string> Used(Assembly app)
    {
        using var file = new PEReader(File.OpenRead(app.Location));
        var metadata = file.GetMetadataReader();

        foreach (var handle in metadata.TypeReferences)
        {
            if (IsLocalHosts(metadata, handle))
            {
                yield return NameOf(metadata, handle);
            }
        }

        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (Declaring(metadata, member.Parent) is { IsNil: false } type && IsLocalHosts(metadata, type) && metadata.GetString(member.Name) is var name && name != ".ctor")
            {
                yield return $"{NameOf(metadata, type)}.{WithoutAccessor(name)}";
            }
        }
    }

    private static TypeReferenceHandle Declaring(MetadataReader metadata, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => (TypeReferenceHandle)parent,
        HandleKind.TypeSpecification => Generic(metadata, (TypeSpecificationHandle)parent),
        _ => default,
    };

    /// <summary>The type whose arguments are given: a specification of one begins with two bytes and its handle.</summary>
    private static TypeReferenceHandle Generic(MetadataReader metadata, TypeSpecificationHandle handle)
    {
        var blob = metadata.GetBlobReader(metadata.GetTypeSpecification(handle).Signature);
        return blob.ReadSignatureTypeCode() == SignatureTypeCode.GenericTypeInstance && blob.ReadByte() is 0x11 or 0x12 && blob.ReadTypeHandle() is { Kind: HandleKind.TypeReference } type
            ? (TypeReferenceHandle)type
            : default;
    }

    private static bool IsLocalHosts(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var scope = metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.AssemblyReference => metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) == LocalHost.GetName().Name,
            HandleKind.TypeReference => IsLocalHosts(metadata, (TypeReferenceHandle)scope),
            _ => false,
        };
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var (space, name) = (metadata.GetString(type.Namespace), metadata.GetString(type.Name));
        return IsWorkers(space) ? name : $"{space}.{name}";
    }

    private static bool IsWorkers(string? space) => space?.StartsWith("Microsoft.", StringComparison.Ordinal) ?? false;

    private static IEnumerable<string> Surface(Type type) =>
    [
        type.Name,
        .. type.IsSubclassOf(typeof(Delegate))
            ? [$"{type.Name}.Invoke"]
            : type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is PropertyInfo or FieldInfo { IsSpecialName: false } or MethodInfo { IsSpecialName: false } && !member.IsDefined(typeof(CompilerGeneratedAttribute)))
                .Select(member => $"{type.Name}.{member.Name}")
                .Distinct(),
    ];

    private static string WithoutAccessor(string name) => name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) ? name[4..] : name;

    private static (HashSet<string> MayBeUsed, HashSet<string> Exists) Read()
    {
        var (mayBeUsed, exists) = (new HashSet<string>(), new HashSet<string>());
        var headings = 0;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "Zoniq.Tests", "Architecture", "worker-api.txt")).Where(line => line.Length > 0))
        {
            if (line[0] == '#')
            {
                headings++;
                continue;
            }

            var (type, members) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            string[] names = [type, .. members.Select(member => $"{type}.{member}")];
            exists.UnionWith(names);
            if (headings == 1)
            {
                mayBeUsed.UnionWith(names);
            }
        }

        return (mayBeUsed, exists);
    }
}
