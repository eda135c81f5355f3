using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ProbNet.House.Tests;

/// <summary>Libraries keep no state of their own and read no clock, culture or global randomness.</summary>
public sealed partial class AmbientStateTests
{
    private static readonly string[] Libraries = ["ProbNet.Graph", "ProbNet.Backends.Cpu", "ProbNet.Language", "ProbNet.Inference"];

    [Fact]
    public void No_library_has_a_static_field_that_can_change()
    {
        var changeable =
            from library in Libraries
            from type in Assembly.Load(library).GetTypes()
            where !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.Contains('<')
            from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            where !field.IsInitOnly && !field.IsLiteral && !field.IsDefined(typeof(CompilerGeneratedAttribute))
            select $"{type.FullName}.{field.Name}";
        Assert.Empty(changeable);
    }

    [Fact]
    public void No_library_reads_a_clock_global_randomness_or_the_current_culture()
    {
        var faults =
            from folder in new[] { "Backends", "Language", "Inference/ProbNet.Inference" }
            from file in Repository.Files(folder, "*.cs")
            from Match match in Forbidden().Matches(Repository.Read(file))
            select $"{file}: {match.Value}";
        Assert.Empty(faults);
    }

    [Fact]
    public void Nothing_is_left_to_do()
    {
        var marks =
            from folder in new[] { "Backends", "Language", "Inference", "Tests", "Examples", "spec" }
            from pattern in new[] { "*.cs", "*.prob", "*.md" }
            from file in Repository.Files(folder, pattern)
            where !file.EndsWith("AmbientStateTests.cs", StringComparison.Ordinal)
            from Match match in Unfinished().Matches(Repository.Read(file))
            select $"{file}: {match.Value}";
        Assert.Empty(marks);
    }

    [GeneratedRegex(@"\bThreadStatic\b|new Random\(|Random\.Shared|DateTime(Offset)?\.(Utc)?Now|CultureInfo\.CurrentCulture|\bConsole\.")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();
}
