using System.Globalization;
using System.Text.Json;
using ProbNet.Graph;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Data;
using ProbNet.Language;
using ProbNet.Language.Syntax;
using ProbNet.Tests.Support;
using Xunit.Abstractions;

namespace ProbNet.Inference.Tests.Data;

/// <summary>Binding a file to a model, and treating a new file alike.</summary>
public sealed class BoundDataTests(ITestOutputHelper output) : IDisposable
{
    private static readonly IReadOnlyList<BindingTarget> Targets =
    [
        new("x", false, false, false), new("species", true, true, true, 3), new("count", true, true, true), new("y", true, false, false),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSpec Spec(SplitSpec? split, params BindingSpec[] bindings) => new("d", "d.csv", new(",", true), [.. bindings], split ?? new(0, 0, 0, null));

    private static BindingSpec Columns(string name, Transformation t, params string[] columns) =>
        new(name, BindingKind.Columns, [.. columns.Select(c => new ColumnRef(c, 0))], t) { ColumnSpans = [.. columns.Select(_ => default(SourceSpan))] };

    private static BindingSpec One(string name, BindingKind kind, string column, Transformation t = Transformation.None) =>
        new(name, kind, [new(column, 0)], t) { ColumnSpans = [default] };

    private Checked<BoundData> Load(string text, DataSpec spec) => BoundData.Load(spec, Targets, _folder.Write("d.csv", text));

    private Diagnostic Refused(string text, DataSpec spec, string id)
    {
        var result = Load(text, spec);
        Assert.Null(result.Value);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(id, diagnostic.Code.Id);
        return diagnostic;
    }

    [Fact]
    public void ColumnsLabelsAndCountsGetTheirTypesAndShapes()
    {
        const string text = "a,kind,b,count\n1.5,v,-2,3\n2.5,u,1e3,4.0\n0.5,v,.25,0\n";
        var data = Load(text, Spec(null, Columns("x", Transformation.None, "b", "a"), One("species", BindingKind.Labels, "kind"),
            One("count", BindingKind.Column, "count"), One("y", BindingKind.Column, "a"))).Required;
        var values = data.Training.Data.Values;
        Assert.Equal(HostTensor.Of([3, 2], [-2, 1.5, 1000, 2.5, 0.25, 0.5]), values["x"]);
        Assert.Equal(HostTensor.Of([3], [1L, 0, 1]), values["species"]);
        Assert.Equal(HostTensor.Of([3], [3L, 4, 0]), values["count"]);
        Assert.Equal(HostTensor.Of([3], [1.5, 2.5, 0.5]), values["y"]);
        Assert.Equal(["u", "v"], data.Preprocessing["species"]!.Classes);
        Assert.Equal([2, 3, 4], data.Training.Lines);
        Assert.Equal((3, 0, 0), (data.Training.Data.Rows, data.Validation.Data.Rows, data.HeldOut.Data.Rows));
        Assert.Equal<Shape>([0, 2], data.HeldOut.Data.Values["x"].Shape);
    }

    [Fact]
    public void SeveralIntegerColumnsAreAMatrix()
    {
        var data = Load("a,b,c\n1,2,3\n4,5,6\n", Spec(null, Columns("count", Transformation.None, "c", "a", "b"))).Required;
        Assert.Equal(HostTensor.Of([2, 3], [3L, 1, 2, 6, 4, 5]), data.Training.Data.Values["count"]);
    }

    [Fact]
    public void TransformationsSeeTheTrainingRowsOnly()
    {
        // Whichever rows are held out, the file's extremes among them do not move the fit.
        var text = "a\n" + string.Join("\n", Enumerable.Range(0, 23).Select(i => (i * i - 40).ToString(CultureInfo.InvariantCulture)));
        var split = new SplitSpec(0.3, 0.2, 6, null);
        var data = Load(text, Spec(split, Columns("x", Transformation.MinMax, "a"), One("y", BindingKind.Column, "a", Transformation.Standardize))).Required;
        double Raw(int line) => (line - 2) * (line - 2) - 40;
        var training = data.Training.Lines.Map(Raw);
        var (min, max) = (training.Min(), training.Max());
        Assert.Equal(new Affine(min, max - min), data.Preprocessing["x"]!.Scales[0]);
        Assert.Equal(training.Average(), data.Preprocessing["y"]!.Scales[0].Offset, 1e-10);
        var outside = 0;
        foreach (var part in new[] { data.Training, data.Validation, data.HeldOut })
        {
            for (var i = 0; i < part.Lines.Count; i++)
            {
                var x = part.Data.Values["x"][i];
                Assert.Equal((Raw(part.Lines[i]) - min) / (max - min), x, 1e-14);
                outside += x is < 0 or > 1 ? 1 : 0;
            }
        }
        Assert.True(outside > 0, "the split must put an extreme outside the training rows");
    }

    [Fact]
    public void EveryRowGoesToOnePartWithItsLine()
    {
        var text = "a,s\n" + string.Concat(Enumerable.Range(0, 31).Select(i => $"{i}.5,c{i % 3}\n"));
        var data = Load(text, Spec(new(0.2, 0.1, 3, new("s", 0)), One("y", BindingKind.Column, "a"), One("species", BindingKind.Labels, "s"))).Required;
        DataRows[] parts = [data.Training, data.Validation, data.HeldOut];
        Assert.Equal([22, 3, 6], parts.Select(p => p.Data.Rows));
        Assert.Equal(Enumerable.Range(2, 31), parts.SelectMany(p => p.Lines).Order());
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Lines.Count; i++)
            {
                Assert.Equal(part.Lines[i] - 2 + 0.5, part.Data.Values["y"][i]);
                Assert.Equal((part.Lines[i] - 2) % 3, part.Data.Values["species"][i]);
            }
        }
    }

    [Fact]
    public void ClassesAreSortedByCodePointsOrAsIntegers()
    {
        Assert.Equal(["B", "a", "b"], FittedBinding.ClassesOf(["b", "B", "a", "b"]));
        Assert.Equal(["-1", "2", "10"], FittedBinding.ClassesOf(["10", "2", "-1"]));
        Assert.Equal(["10", "2", "x"], FittedBinding.ClassesOf(["x", "2", "10"]));
    }

    [Fact]
    public void BadCellsAreNamedWithLineAndColumn()
    {
        var spec = Spec(null, Columns("x", Transformation.None, "a", "b"));
        Assert.Equal("d.csv, line 3, column 'b': 'abc' is not a number", Refused("a,b\n1,2\n3,abc\n", spec, "PN0616").Message);
        Assert.Equal("d.csv, line 2, column 'a': the cell is empty", Refused("a,b\n,2\n", spec, "PN0616").Message);
        Assert.Equal("d.csv, line 3, column 'a': 'NaN' is not a finite number", Refused("a,b\n1,2\nNaN,2\n", spec, "PN0616").Message);
        Assert.Equal("d.csv, line 2, column 'b': '-inf' is not a number", Refused("a,b\n1,-inf\n", spec, "PN0616").Message);
        Assert.Equal("d.csv, line 2, column 'b': '1e999' is not a finite number", Refused("a,b\n1,1e999\n", spec, "PN0616").Message);
        Assert.Contains("missing values", Refused("a,b\n1,NA\n", spec, "PN0616").Hint);
        Assert.Contains("decimal point", Refused("a,b\n1,\"2,5\"\n", spec, "PN0616").Hint);
        Assert.Equal("d.csv, line 2, column 'b': '1,000' is not a number", Refused("a,b\n1,\"1,000\"\n", spec, "PN0616").Message);
        Assert.Equal("d.csv, line 2, column 'b': '2.5' is not an integer", Refused("b\n2.5\n", Spec(null, One("count", BindingKind.Column, "b")), "PN0616").Message);
        Assert.Equal("d.csv, line 3, column 'b': the cell is empty", Refused("a,b\n1,u\n1,\n", Spec(null, One("species", BindingKind.Labels, "b")), "PN0616").Message);
        Assert.Contains("is the separator \";\"?", Refused("a\n1;2\n", Spec(null, One("y", BindingKind.Column, "a")), "PN0616").Hint);
        // Columns that nothing is bound to may hold anything.
        Assert.NotNull(Load("a,b,note\n1,2,\n", spec).Value);
    }

    [Fact]
    public void ManyBadCellsGiveAFewMessagesAndACount()
    {
        var text = "a\n" + string.Concat(Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "1\n" : "x\n"));
        // The column is bound twice and transformed: each cell is still reported once.
        var found = Load(text, Spec(null, Columns("x", Transformation.MinMax, "a"), One("y", BindingKind.Column, "a"))).Diagnostics;
        Assert.Equal(5, found.Count);
        Assert.Contains("line 3,", found[0].Message);
        Assert.Equal("15 more such cells", found[^1].Hint);
    }

    [Fact]
    public void ClassesBeyondTheTypeAndIndicesOutOfRangeAreNamed()
    {
        Assert.Contains("4 classes, but 'species' takes 3", Refused("s\na\nb\nc\nd\n", Spec(null, One("species", BindingKind.Labels, "s")), "PN0618").Message);
        Assert.Equal("d.csv, line 3, column 's': 3 is not from 0 to 2", Refused("s\n2\n3\n", Spec(null, One("species", BindingKind.Column, "s")), "PN0618").Message);
        Assert.Equal("d.csv, line 2, column 's': -1 is not from 0 to 2", Refused("s\n-1\n", Spec(null, One("species", BindingKind.Column, "s")), "PN0618").Message);
    }

    [Fact]
    public void AllMissingColumnsAreNamedAtOnce()
    {
        var found = Load("sepal,petal\n1,2\n", Spec(new(0.1, 0, 0, new("specis", 0)), Columns("x", Transformation.None, "sepals", "petal", "leaf"))).Diagnostics;
        Assert.Equal(["sepals", "leaf", "specis"], found.Select(d => d.Message.Split('\'')[1]));
        Assert.All(found, d => Assert.Equal("PN0613", d.Code.Id));
    }

    [Fact]
    public void TooFewRowsToSplitIsAnError() =>
        Assert.Contains("has 2 rows", Refused("a\n1\n2\n", Spec(new(0.1, 0.1, 0, null), One("y", BindingKind.Column, "a")), "PN0619").Message);

    [Fact]
    public void AConstantColumnIsAWarning()
    {
        var result = Load("a,b\n1,5\n2,5\n", Spec(null, Columns("x", Transformation.Standardize, "a", "b")));
        Assert.Equal((Severity.Warning, "PN0620"), (Assert.Single(result.Diagnostics).Code.Severity, result.Diagnostics[0].Code.Id));
        Assert.Equal(HostTensor.Of([2, 2], [-1.0, 0, 1, 0]), result.Required.Training.Data.Values["x"]);
        Assert.Empty(Load("a\n5\n5\n", Spec(null, One("y", BindingKind.Column, "a"))).Diagnostics); // not transformed, nothing to say
    }

    [Fact]
    public void ANewFileIsTreatedAsTheTrainingFileWas()
    {
        var data = Load("a,s\n2,u\n6,v\n4,u\n", Spec(null, Columns("x", Transformation.MinMax, "a"), One("species", BindingKind.Labels, "s"))).Required;
        // Reordered columns, classes in another order of appearance, values out of range.
        var back = JsonSerializer.Deserialize(JsonSerializer.Serialize(data.Preprocessing, RunJson.Json.Preprocessing), RunJson.Json.Preprocessing)!;
        Assert.Equal(data.Preprocessing, back);
        var rows = back.Apply(_folder.Write("new.csv", "s,note,a\nv,,10\nu,,3\n")).Required;
        Assert.Equal(HostTensor.Of([2, 1], [2, 0.25]), rows.Data.Values["x"]);
        Assert.Equal(HostTensor.Of([2], [1L, 0]), rows.Data.Values["species"]);
        Assert.Equal([2, 3], rows.Lines);
    }

    [Fact]
    public void PredictionGoesWithoutObservedColumnsButNotWithoutArguments()
    {
        var fitted = Load("a,s\n2,u\n6,v\n", Spec(null, Columns("x", Transformation.MinMax, "a"), One("species", BindingKind.Labels, "s"))).Required.Preprocessing;
        Assert.Equal(["x"], fitted.Apply(_folder.Write("new.csv", "a\n1\n")).Required.Data.Values.Keys);
        Assert.Equal("PN0613", Assert.Single(fitted.Apply(_folder.Write("new.csv", "s\nu\n")).Diagnostics).Code.Id);
        var unknown = Assert.Single(fitted.Apply(_folder.Write("new.csv", "a,s\n1,u\n2,w\n")).Diagnostics);
        Assert.Equal(("PN0617", "new.csv, line 3, column 's': 'w' is no class of 'species'", "the classes are 'u', 'v'"), (unknown.Code.Id, unknown.Message, unknown.Hint));
        Assert.Equal("PN0610", Assert.Single(fitted.Apply(_folder.File("none.csv")).Diagnostics).Code.Id);
    }

    [Fact]
    public void FilesWithoutAHeaderGoByPosition()
    {
        var spec = new DataSpec("d", "d.txt", new(" ", false),
            [new("x", BindingKind.Columns, [new(null, 2), new(null, 0)], Transformation.None) { ColumnSpans = [default, default] }], new(0, 0, 0, null));
        var data = BoundData.Load(spec, Targets, _folder.Write("d.txt", "1 2 3\n4  5\t6\n")).Required;
        Assert.Equal(HostTensor.Of([2, 2], [3.0, 1, 6, 4]), data.Training.Data.Values["x"]);
        Assert.Equal([1, 2], data.Training.Lines);
    }

    [Fact]
    public void NumbersDoNotDependOnTheCulture()
    {
        using var comma = new CommaCulture();
        Assert.Equal(HostTensor.Of([1], [-1.5]), Load("a\n-1.5\n", Spec(null, One("y", BindingKind.Column, "a"))).Required.Training.Data.Values["y"]);
        Assert.Equal(HostTensor.Of([1], [-3L]), Load("a\n-3\n", Spec(null, One("count", BindingKind.Column, "a"))).Required.Training.Data.Values["count"]);
    }

    [Fact]
    public void OverridesReplaceTheFile()
    {
        var spec = Spec(null);
        Assert.Equal(Path.Combine("examples", "d.csv"), spec.Resolve("examples", new Dictionary<string, string>()));
        Assert.Equal("other.csv", spec.Resolve("examples", new Dictionary<string, string> { ["d"] = "other.csv", ["e"] = "x" }));
    }

    [Fact]
    public void DataDeclarationsOfTheSamplesParse()
    {
        foreach (var name in (string[])["iris", "eight_schools"])
        {
            if (SharedData.Find($"samples/{name}.prob") is not { } path)
            {
                output.WriteLine("skipped: no shared samples");
                return;
            }
            var program = Parser.Parse(new SourceText(path, File.ReadAllText(path))).Program;
            Assert.Equal(2, DataSpecParser.Parse(program.Declarations.OfType<Declaration.Data>().Single()).Required.Bindings.Count);
        }
    }

    [Fact]
    public void RealIrisSplitsAsDeclared()
    {
        if (SharedData.Find("data/iris/iris.csv") is not { } path)
        {
            output.WriteLine("skipped: no shared data");
            return;
        }
        var spec = Spec(new(0.2, 0.1, 7, null), Columns("x", Transformation.MinMax, "sepal_length", "sepal_width", "petal_length", "petal_width"), One("species", BindingKind.Labels, "species"));
        var data = BoundData.Load(spec, Targets, path).Required;
        Assert.Equal((105, 15, 30), (data.Training.Data.Rows, data.Validation.Data.Rows, data.HeldOut.Data.Rows));
        Assert.Equal(["setosa", "versicolor", "virginica"], data.Preprocessing["species"]!.Classes);
        var x = data.Training.Data.Values["x"].ToDoubles();
        for (var c = 0; c < 4; c++)
        {
            var column = Enumerable.Range(0, 105).Select(r => x[r * 4 + c]).ToArray();
            Assert.Equal((0.0, 1.0), (column.Min(), column.Max()));
        }
    }
}
