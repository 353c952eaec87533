using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zoniq.Tests.Support;

/// <summary>The sources this build was made from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file of a project, parsed; the path is relative to the project.</summary>
    public static IReadOnlyList<SourceFile> Sources(string project)
    {
        var directory = Path.Combine(Root, project);
        return
        [
            .. Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories)
                .Select(file => (Full: file, Path: Path.GetRelativePath(directory, file).Replace('\\', '/')))
                .Where(file => !file.Path.StartsWith("bin/", StringComparison.Ordinal) && !file.Path.StartsWith("obj/", StringComparison.Ordinal))
                .Select(file => new SourceFile(file.Path, CSharpSyntaxTree.ParseText(File.ReadAllText(file.Full), new CSharpParseOptions(LanguageVersion.Preview)).GetRoot())),
        ];
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Zoniq.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests run outside their repository.");
        }

        return directory;
    }
}

/// <param name="Path">Relative to the project, with slashes.</param>
/// <param name="Syntax">The whole file.</param>
public sealed record SourceFile(string Path, SyntaxNode Syntax)
{
    /// <summary>The first folder; empty for a file beside the project.</summary>
    public string Area => Path.Contains('/') ? Path[..Path.IndexOf('/')] : "";
}
