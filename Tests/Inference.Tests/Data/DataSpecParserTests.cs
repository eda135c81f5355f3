using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Tests.Data;

/// <summary>Data declarations from source text: what they mean, and every way to get one wrong.</summary>
public sealed class DataSpecParserTests
{
    private const string Model = """
        module M
        model m (x : real[n, d]) = prob {
            let! w = normal 0.0 1.0 |> iid [d; 3]
            let! species = categorical (x @ w)
            let! y = normal (x @ w).[*, 0] 1.0
            return y
        }

        """;

    private static Checked<DataSpec> Parse(string data)
    {
        var program = Checker.Check(new SourceText("m.prob", Model + data));
        Assert.Empty(program.Diagnostics);
        return DataSpecParser.Parse(program.Declarations<Declaration.Data>().Single(), ModelTargets.Of(program.Models.Single()));
    }

    [Fact]
    public void TheTargetsAreTheArgumentsAndSampleSites()
    {
        var program = Checker.Check(new SourceText("m.prob", Model));
        Assert.Equal(
            [new("x", false, false, false), new("w", true, false, false), new("species", true, true, true), new BindingTarget("y", true, false, false)],
            ModelTargets.Of(program.Models.Single()).Select(t => t with { UpperBound = null }));
    }

    [Fact]
    public void LabelsFitIntegersTruthValuesAndOneHotVectors()
    {
        var program = Checker.Check(new SourceText("m.prob", """
            model m (g : int<7>[n]) (x : real[n, 3]) = prob {
                let! b = bernoulli x.[*, 0]
                let! h = oneHotCategorical x
                let! c = poisson 2.0 |> iid [n]
                return h
            }
            """));
        Assert.True(program.IsValid);
        Assert.Equal(["g:7", "b:2", "h:", "c:"], ModelTargets.Of(program.Models.Single()).Where(t => t.TakesLabels).Select(t => $"{t.Name}:{t.UpperBound}"));
    }

    [Fact]
    public void TheSampleDeclarationMeansWhatItSays()
    {
        var spec = Parse("""
            data flowers = csv "iris.csv" {
                x = columns ["a"; "b"] |> minmax
                species = labels "s"
                y = standardize (column "c")
                heldOut = 0.2; validation = 0.1; seed = 7; stratify = "s"
                separator = ";"
            }
            """).Required;
        Assert.Equal(("flowers", "iris.csv", new CsvFormat(";", true)), (spec.Name, spec.File, spec.Format));
        Assert.Equal((0.2, 0.1, 7L, new ColumnRef("s", 0)), (spec.Split.HeldOut, spec.Split.Validation, spec.Split.Seed, spec.Split.Stratify));
        Assert.Equal(
            [("x", BindingKind.Columns, "[a, b]", Transformation.MinMax), ("species", BindingKind.Labels, "[s]", Transformation.None), ("y", BindingKind.Column, "[c]", Transformation.Standardize)],
            spec.Bindings.Select(b => (b.Name, b.Kind, b.Columns.ToString(), b.Transformation)));
        Assert.Equal("\"b\"", Text(spec.Bindings[0].ColumnSpans[1]));
        Assert.Equal("\"iris.csv\"", Text(spec.FileSpan));
    }

    [Fact]
    public void DefaultsAreACommaAHeaderAndNoSplit()
    {
        var spec = Parse("""data d = csv "f.csv" { x = columns ["a"] }""").Required;
        Assert.Equal((new CsvFormat(",", true), new SplitSpec(0, 0, 0, null)), (spec.Format, spec.Split with { Span = default }));
    }

    [Fact]
    public void ColumnsMayFillInnerAxes()
    {
        var spec = Parse("""data d = csv "f.csv" { x = columns [0 .. 5] |> standardize |> shape [3; 2] }""").Required;
        Assert.Equal([3, 2], spec.Bindings[0].Inner);
        Assert.Equal(Transformation.Standardize, spec.Bindings[0].Transformation);
    }

    [Fact]
    public void ColumnsMayBePositions()
    {
        var spec = Parse("""data d = csv "f.txt" { header = false; separator = " "; x = columns [0; 12]; y = column 13 }""").Required;
        Assert.Equal([new(null, 0), new ColumnRef(null, 12)], spec.Bindings[0].Columns);
        Assert.Equal(new CsvFormat(" ", false), spec.Format);
    }

    [Theory]
    [InlineData("csw \"f\" { x = columns [\"a\"] }", "PN0601", "csw", "csv")]
    [InlineData("csv { x = columns [\"a\"] }", "PN0601", "csv { x = columns [\"a\"] }", "csv \"file.csv\"")]
    [InlineData("csv \"f\" { x = columns [0 .. 5] |> shape [4; 2] }", "PN0604", "[4; 2]", "row-major", "PN0507")]
    [InlineData("csv \"f\" { x = column 0 |> shape [1] }", "PN0604", "[1]", "row-major", "PN0507")]
    [InlineData("csv \"f\" { x = columns [\"a\"]; heldout = 0.1 }", "PN0602", "heldout", "did you mean 'heldOut'?")]
    [InlineData("csv \"f\" { x = columns [\"a\"]; shuffle = true }", "PN0602", "shuffle", "'heldOut'")]
    [InlineData("csv \"f\" { x = columns [\"a\"]; heldOut = 1.0 }", "PN0603", "1.0", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; heldOut = \"0.1\" }", "PN0603", "\"0.1\"", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; heldOut = 0.6; validation = 0.4 }", "PN0603", "heldOut", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; seed = 0.5 }", "PN0603", "0.5", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; separator = \";;\" }", "PN0603", "\";;\"", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; header = 1 }", "PN0603", "1", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; stratify = true }", "PN0603", "true", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; spicies = labels \"s\" }", "PN0506", "spicies", "did you mean 'species'?")]
    [InlineData("csv \"f\" { x = columns [\"a\"]; heldOuts = labels \"s\" }", "PN0506", "heldOuts", "option 'heldOut'")]
    [InlineData("csv \"f\" { y = column \"a\" }", "PN0507", "d", "x = column")]
    [InlineData("csv \"f\"", "PN0507", "d", "x = column")]
    [InlineData("csv \"f\" { x = colums [\"a\"] }", "PN0604", "colums [\"a\"]", "did you mean 'columns'?", "PN0507")]
    [InlineData("csv \"f\" { x = [\"a\"] }", "PN0604", "[\"a\"]", "columns [\"a\"; \"b\"]", "PN0507")]
    [InlineData("csv \"f\" { x = columns \"a\" }", "PN0604", "columns \"a\"", null, "PN0507")]
    [InlineData("csv \"f\" { x = columns [] }", "PN0604", "columns []", null, "PN0507")]
    [InlineData("csv \"f\" { x = columns [\"a\"; 0.5] }", "PN0604", "columns [\"a\"; 0.5]", null, "PN0507")]
    [InlineData("csv \"f\" { x = columns [\"a\"] |> minmaks }", "PN0604", "minmaks", "did you mean 'minmax'?", "PN0507")]
    [InlineData("csv \"f\" { x = columns [\"a\"] |> minmax |> standardize }", "PN0604", "minmax", null, "PN0507")]
    [InlineData("csv \"f\" { x = columns [\"a\"]; species = labels \"s\" |> minmax }", "PN0604", "labels \"s\" |> minmax", "use column")]
    [InlineData("csv \"f\" { x = columns [\"a\"]; species = column \"s\" |> minmax }", "PN0604", "species", null)]
    [InlineData("csv \"f\" { x = columns [\"a\"]; y = labels \"s\" }", "PN0604", "y", "use column")]
    [InlineData("csv \"f\" { header = false; x = columns [\"a\"] }", "PN0604", "\"a\"", "by position")]
    public void MistakesAreNamedAndUnderlined(string source, string code, string underlined, string? hint, params string[] also)
    {
        var result = Parse("data d = " + source);
        Assert.Null(result.Value);
        Assert.Equal([code, .. also], result.Diagnostics.Select(d => d.Code.Id));
        Assert.Equal(underlined, Text(result.Diagnostics[0].Span));
        Assert.Contains(hint ?? "", result.Diagnostics[0].Hint ?? "");
    }

    [Fact]
    public void SeveralMistakesAreFoundInOneRun()
    {
        var found = Parse("""data d = csv "f" { z = column "a"; heldOut = 2; sed = 3; x = minmax }""").Diagnostics;
        Assert.Equal(["PN0506", "PN0507", "PN0602", "PN0603", "PN0604"], found.Select(d => d.Code.Id).Order());
    }

    [Fact]
    public void CodesAreDistinctAndInOrder() => Assert.Equal(DataCodes.All.Select(c => c.Id).Distinct().Order(StringComparer.Ordinal), DataCodes.All.Select(c => c.Id));

    private static string Text(SourceSpan span) => span.Source!.Text.Substring(span.Start, span.Length);
}
