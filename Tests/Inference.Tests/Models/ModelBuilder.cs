using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Language;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Tests.Models;

/// <summary>Builds model graphs by hand. Each argument, site and deterministic value stands on a line of its own of the file <c>model.prob</c>.</summary>
internal sealed class ModelBuilder(int rows, DType precision)
{
    private static readonly SourceText Source = new("model.prob", string.Join("\n", Enumerable.Repeat("site", 50)));
    private readonly List<ModelArgument> _arguments = [];
    private readonly List<Site> _sites = [];
    private readonly List<Factor> _factors = [];
    private readonly List<Deterministic> _deterministics = [];
    private int _line;

    public int Rows => rows;

    public DType Precision => precision;

    /// <summary>A per-row argument [n, rest…]; the same node if asked for again.</summary>
    public Tensor PerRow(string name, Shape rest, DType? type = null) =>
        _arguments.Find(a => a.Name == name)?.Value ?? Argument(name, rest.Prepend(rows), type ?? precision, true);

    /// <summary>An argument that does not count rows.</summary>
    public Tensor Fixed(string name, Shape shape, DType? type = null) => Argument(name, shape, type ?? precision, false);

    public Tensor Real(double value) => TensorMath.Constant(precision, value);

    public Tensor Draw(string name, Instance distribution, bool perRow = false)
    {
        var span = NextLine();
        var hole = TensorMath.Input(name, distribution.Family.ValueType(precision), distribution.Shape, new Origin(name, span.Location));
        _sites.Add(new(name, distribution, hole, SiteKind.Sample, perRow, span));
        return hole;
    }

    /// <summary>A site whose distribution depends on its own hole, at earlier steps.</summary>
    public void Draw(string name, Instance distribution, Tensor hole) => _sites.Add(new(name, distribution, hole, SiteKind.Sample, false, NextLine()));

    /// <summary>A term of the log-density.</summary>
    public void Factor(Tensor logDensity, bool perRow) => _factors.Add(new($"factor.{_factors.Count + 1}", logDensity, perRow, NextLine()));

    public void Observe(Tensor value, Instance distribution, bool perRow) =>
        _sites.Add(new($"observe.{_sites.Count(s => s.Kind == SiteKind.Observe) + 1}", distribution, value, SiteKind.Observe, perRow, NextLine()));

    public void Report(string name, Tensor value, bool perRow = false) => _deterministics.Add(new(name, value, perRow));

    public static BoundModel Bind(int rows, EqArray<string> observed, Action<ModelBuilder> body, DType precision = DType.F64) => new("model", count =>
    {
        var builder = new ModelBuilder(count, precision);
        body(builder);
        return new ModelGraph
        {
            Name = "model",
            Precision = precision,
            Arguments = builder._arguments.ToEqArray(),
            Sites = builder._sites.ToEqArray(),
            Factors = builder._factors.ToEqArray(),
            Deterministics = builder._deterministics.ToEqArray(),
            Rows = new("n", count),
            Dimensions = [new("n", count)],
        };
    }, observed, rows);

    private Tensor Argument(string name, Shape shape, DType type, bool perRow)
    {
        var span = NextLine();
        var hole = TensorMath.Input(name, type, shape, new Origin(null, span.Location));
        _arguments.Add(new(name, hole, perRow, span));
        return hole;
    }

    // Lines are five characters long with their terminators.
    private SourceSpan NextLine() => new(Source, 5 * _line++, 4);
}
