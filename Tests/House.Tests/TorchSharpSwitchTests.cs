using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ProbNet.House.Tests;

/// <summary>TorchSharp is taken in only by a switch, which nothing in the tree turns on.</summary>
public sealed class TorchSharpSwitchTests
{
    private const string On = "'$(TorchSharp)' == 'true'";

    [Fact]
    public void Whatever_names_TorchSharp_stands_behind_the_switch()
    {
        var named = 0;
        foreach (var file in Repository.Files(".", "*.csproj").Concat(Repository.Files(".", "*.props")).Concat(Repository.Files(".", "*.targets")))
        {
            var document = XDocument.Parse(Repository.Read(file));
            Assert.Empty(document.Descendants("TorchSharp"));
            foreach (var element in document.Descendants().Where(e => e.Attributes("Include").Any(a => a.Value.Contains("TorchSharp") && !a.Value.EndsWith(".Tests"))))
            {
                named++;
                Assert.True(element.AncestorsAndSelf().Any(e => e.Attribute("Condition")?.Value == On), $"{file}: {element}");
            }
        }
        Assert.True(named >= 4, $"only {named} elements name it");
    }

    [Theory]
    [InlineData("Inference/ProbNet.Cli/ProbNet.Cli.csproj")]
    [InlineData("Backends/ProbNet.Backends.TorchSharp/ProbNet.Backends.TorchSharp.csproj")]
    public void A_build_has_it_only_where_it_is_asked_for(string project)
    {
        Assert.DoesNotContain(Taken(project), name => name.Contains("TorchSharp"));
        var taken = Taken(project, "-p:TorchSharp=true", "-p:TorchSharpPackage=TorchSharp-cuda-linux", "-p:TorchSharpVersion=0.99.5").ToList();
        if (project.Contains("Cli")) Assert.Contains(taken, name => name.EndsWith("ProbNet.Backends.TorchSharp.csproj"));
        else Assert.Contains("TorchSharp-cuda-linux", taken);
        Assert.Contains("TORCHSHARP", taken);
    }

    [Fact]
    public void Without_the_switch_the_binding_is_an_empty_library()
    {
        const string project = "Backends/ProbNet.Backends.TorchSharp/ProbNet.Backends.TorchSharp.csproj";
        Assert.Empty(Evaluated(project)["Items"]!["Compile"]!.AsArray());
        Assert.NotEmpty(Evaluated(project, "-p:TorchSharp=true")["Items"]!["Compile"]!.AsArray());
    }

    // Packages, projects and compile constants.
    private static IEnumerable<string> Taken(string project, params string[] properties)
    {
        var evaluated = Evaluated(project, properties);
        return evaluated["Items"]!["PackageReference"]!.AsArray().Concat(evaluated["Items"]!["ProjectReference"]!.AsArray()).Select(item => (string)item!["Identity"]!)
            .Concat(((string)evaluated["Properties"]!["DefineConstants"]!).Split(';'));
    }

    private static JsonNode Evaluated(string project, params string[] properties)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", Path.Combine(Repository.Root, project), "-getItem:PackageReference,ProjectReference,Compile", "-getProperty:DefineConstants,TorchSharp", .. properties])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return JsonNode.Parse(output)!;
    }
}
