using System.Text.RegularExpressions;
using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Tests;

/// <summary>
/// Bad programs, each <c>Corpus/bad/**/NAME.prob</c> with the diagnostics it gets in <c>NAME.expected</c> beside it. With the environment variable
/// PROBNET_ACCEPT=1 the expectations are rewritten instead of compared; read the difference before committing it.
/// </summary>
public partial class CorpusTests
{
    private const string Folder = "Tests/Language.Tests/Corpus/bad";

    // What nobody reads does not protect.
    private const int MaximumLines = 80;

    // Told only when data is bound: DataBinderTests has a case for each.
    private static readonly DiagnosticCode[] NeedsData =
    [
        CheckerCodes.DataShape, CheckerCodes.UnknownBinding, CheckerCodes.MissingData, CheckerCodes.DataSupport, CheckerCodes.NothingObserved, CheckerCodes.IntegerData,
        CheckerCodes.ConstantData,
    ];

    private static readonly bool Accepts = Environment.GetEnvironmentVariable("PROBNET_ACCEPT") == "1";

    public static TheoryData<string> Programs =>
        new(RepositoryFiles.Below(Folder, ".prob").Select(f => Path.GetRelativePath(Path.Combine(RepositoryFiles.Root, Folder), f).Replace('\\', '/')));

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_bad_program_gets_its_diagnostics(string name)
    {
        var file = Path.Combine(RepositoryFiles.Root, Folder, name);
        var diagnostics = SourceCheck.Run(new SourceText(Path.GetFileName(name), File.ReadAllText(file)), ModuleLoader.Of(Modules(file)));
        Assert.NotEmpty(diagnostics);
        var actual = DiagnosticRenderer.Render(diagnostics);
        var expectation = Path.ChangeExtension(file, ".expected");
        if (Accepts) File.WriteAllText(expectation, actual);
        Assert.True(File.Exists(expectation), $"{name} has no expectation; it gets\n{actual}");
        var expected = File.ReadAllText(expectation).ReplaceLineEndings("\n");
        Assert.True(expected == actual, $"{name} expects\n{expected}\nbut gets\n{actual}");
        Assert.InRange(actual.Split('\n').Length, 1, MaximumLines);
    }

    // What a program can open: the programs of its own folder and those of Corpus/modules.
    private static EqArray<SourceText> Modules(string file) =>
        Refers().IsMatch(File.ReadAllText(file))
            ? RepositoryFiles.Below("Tests/Language.Tests/Corpus/modules", ".prob").Concat(Directory.GetFiles(Path.GetDirectoryName(file)!, "*.prob").Order(StringComparer.Ordinal))
                .Where(f => f != file).Select(f => new SourceText(Path.GetFileName(f), File.ReadAllText(f))).ToEqArray()
            : [];

    [GeneratedRegex("open |[A-Z]\\w*\\.[a-z]")]
    private static partial Regex Refers();

    [Fact]
    public void No_expectation_is_left_without_its_program() =>
        Assert.All(RepositoryFiles.Below(Folder, ".expected"), f => Assert.True(File.Exists(Path.ChangeExtension(f, ".prob")), f));

    [Fact]
    public void Every_code_has_a_bad_program()
    {
        var expectations = RepositoryFiles.Below(Folder, ".expected").Select(File.ReadAllText).ToArray();
        Assert.All(SyntaxCodes.All.AddRange(CheckerCodes.All).Where(c => !NeedsData.Contains(c)), c => Assert.True(expectations.Any(e => e.Contains($"[{c.Id}]", StringComparison.Ordinal)), $"{c.Id}, {c.Title}"));
    }
}
