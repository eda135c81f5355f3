using System.Xml.Linq;

namespace ProbNet.House.Tests;

/// <summary>Arrows between projects run one way: Cli → Inference → Language → Graph ← backends.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["ProbNet.Graph"] = [],
        ["ProbNet.Backends.Cpu"] = ["ProbNet.Graph"],
        ["ProbNet.Backends.Torch"] = ["ProbNet.Graph"],
        ["ProbNet.Backends.TorchSharp"] = ["ProbNet.Backends.Torch", "ProbNet.Graph"],
        ["ProbNet.Language"] = ["ProbNet.Graph"],
        ["ProbNet.Inference"] = ["ProbNet.Language", "ProbNet.Graph"],
        ["ProbNet.Cli"] = ["ProbNet.Inference", "ProbNet.Backends.Cpu", "ProbNet.Backends.Torch", "ProbNet.Backends.TorchSharp", "ProbNet.Language", "ProbNet.Graph"],
    };

    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["ProbNet.Graph"] = [],
        ["ProbNet.Backends.Cpu"] = ["System.Numerics.Tensors"],
        ["ProbNet.Backends.Torch"] = [],
        ["ProbNet.Backends.TorchSharp"] = ["$(TorchSharpPackage)"],
        ["ProbNet.Language"] = ["Sprache"],
        ["ProbNet.Inference"] = ["CsvHelper"],
        ["ProbNet.Cli"] = ["Spectre.Console", "System.CommandLine"],
    };

    [Fact]
    public void Libraries_reference_only_what_lies_below_them()
    {
        var projects = new[] { "Backends", "Language", "Inference" }.SelectMany(f => Repository.Files(f, "*.csproj")).ToList();
        Assert.Equal(Allowed.Keys.Order(), projects.Select(Name).Order());
        foreach (var project in projects)
        {
            var document = XDocument.Parse(Repository.Read(project));
            Assert.Subset(Allowed[Name(project)].ToHashSet(), References(document, "ProjectReference").Select(Name).ToHashSet());
            Assert.Subset(Packages[Name(project)].ToHashSet(), References(document, "PackageReference").ToHashSet());
        }
    }

    [Fact]
    public void Libraries_and_the_command_are_held_clean_for_ahead_of_time_compilation()
    {
        foreach (var project in new[] { "Backends", "Language", "Inference" }.SelectMany(f => Repository.Files(f, "*.csproj")))
            Assert.Equal("true", XDocument.Parse(Repository.Read(project)).Descendants("IsAotCompatible").SingleOrDefault()?.Value);
    }

    [Fact]
    public void The_root_holds_the_agreed_entries_only()
    {
        string[] agreed = ["ProbNet.sln", "Language", "Inference", "Backends", "Examples", "Tests", "spec", "README.md", "LICENSE", "Directory.Build.props", "Directory.Packages.props"];
        var entries = Directory.GetFileSystemEntries(Repository.Root).Select(e => Path.GetFileName(e)!).Where(e => !e.StartsWith('.') && e is not ("runs" or "bin" or "obj" or "TestResults"));
        Assert.Subset(agreed.ToHashSet(), entries.ToHashSet());
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("ProbNet.sln");
        Assert.All(Repository.Files(".", "*.csproj"), p => Assert.Contains(p[(p.StartsWith("./", StringComparison.Ordinal) ? 2 : 0)..].Replace('/', '\\'), solution));
    }

    private static string Name(string project) => Path.GetFileNameWithoutExtension(project.Replace('\\', '/'));

    private static IEnumerable<string> References(XDocument document, string kind) => document.Descendants(kind).Select(r => r.Attribute("Include")!.Value);
}
