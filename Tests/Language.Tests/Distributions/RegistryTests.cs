using System.Runtime.CompilerServices;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Tests.Distributions;

public class RegistryTests
{
    [Fact]
    public void Every_family_in_the_assembly_is_listed_once()
    {
        var types = typeof(Distribution).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Distribution)) && !t.IsSubclassOf(typeof(CompositeFamily)) && !t.IsAbstract);
        var declared = types.Select(t => t.Name).Order();
        Assert.Equal(declared, Registry.All.Select(f => f.GetType().Name).Order());
        Assert.Equal(Registry.All.Count, Registry.All.Select(f => f.Name).Distinct().Count());
        Assert.All(Registry.All, f => Assert.Same(f, Registry.Find(f.Name)));
        Assert.Null(Registry.Find("Normal"));
    }

    /// <summary>The row states every parameter in order, and whether draws are pathwise.</summary>
    [Theory, MemberData(nameof(Laws.Listed), MemberType = typeof(Laws))]
    public void Every_family_has_a_row_in_the_specification(string name)
    {
        var family = Laws.Family(name);
        var line = Assert.Single(SpecLines(), l => l.StartsWith($"| `{name}` |"));
        var row = line.Replace(@"\|", "/").Split('|', StringSplitOptions.TrimEntries);
        var place = -1;
        foreach (var parameter in family.Parameters)
        {
            var next = row[2].IndexOf(parameter.Name, place + 1, StringComparison.Ordinal);
            Assert.True(next > place, $"{name}: '{row[2]}' does not name {parameter.Name} in its place");
            place = next;
        }
        Assert.Equal(family.IsPathwise, !row[5].StartsWith("not"));
        Assert.All(row[1..7], cell => Assert.NotEmpty(cell));
    }

    [Fact]
    public void Every_construction_has_a_representative_and_a_row_in_the_specification()
    {
        var types = typeof(Distribution).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CompositeFamily)) && !t.IsAbstract);
        Assert.Equal(types.Select(t => t.Name).Order(), Representatives.All.Select(f => f.GetType().Name).Distinct().Order());
        Assert.Equal(Representatives.All.Count, Representatives.All.Select(f => f.Name).Distinct().Count());
        Assert.All(Representatives.All, f => Assert.NotEmpty(f.Probes));
        Assert.All(Representatives.All, f => Assert.Contains(SpecLines(), l => l.StartsWith($"| `{f.Construction}`")));
    }

    [Fact]
    public void Exemptions_name_laws_that_exist_and_give_reasons()
    {
        var laws = typeof(Laws).Assembly.GetTypes().SelectMany(t => t.GetMethods()).Select(m => m.Name).ToHashSet();
        Assert.All(Registry.All.Concat(Representatives.All).SelectMany(f => f.Exemptions), e =>
        {
            Assert.Contains(e.Law, laws);
            Assert.True(e.Reason.Length > 10);
        });
    }

    private static string[] SpecLines([CallerFilePath] string path = "") =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "spec", "distributions.md"));
}
