using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>A site met by the evaluation.</summary>
internal sealed record TracedSite(string Name, DistributionType Distribution, Tensor? Value, Elaboration.SiteKind Kind, SourceSpan Span)
{
    /// <summary>Whether it is drawn step by step in a loop with a state.</summary>
    public bool IsStepwise { get; init; }

    /// <summary>The random loop it is part of, when elaborating.</summary>
    public Elaboration.Recurrence? Recurrence { get; init; }
}

/// <summary>Auxiliary noise met by the evaluation.</summary>
internal sealed record TracedNoise(string Name, DistributionType Distribution, Tensor? Value, SourceSpan Span);

/// <summary>A reported value met by the evaluation.</summary>
internal sealed record TracedValue(string Name, Value.TensorOf Value, SourceSpan Span);

/// <summary>A learned parameter met by the evaluation.</summary>
internal sealed record TracedParameter(string Name, Value.TensorOf Value, Elaboration.ParameterStart? Start, SourceSpan Span);

/// <summary>A term of the log-density met by the evaluation.</summary>
internal sealed record TracedFactor(string Name, Value.TensorOf Value, SourceSpan Span);

/// <summary>
/// What one evaluation is for (symbolic sizes, or known sizes with graph nodes) and what it has met: sites, reported values, diagnostics.
/// The only mutable part of an evaluation; it belongs to one run.
/// </summary>
/// <param name="sizes">Sizes of named dimensions when elaborating; null when checking.</param>
/// <param name="precision">The floating-point type of nodes.</param>
internal sealed class Trace(IReadOnlyDictionary<string, int>? sizes, DType precision)
{
    private readonly Dictionary<string, SourceSpan> _names = [];
    private int _observed, _factors;

    /// <summary>Warnings are about programs for all sizes, so they are given while checking only.</summary>
    public Report Report { get; } = new(warns: sizes is null);

    /// <summary>What blocks bind without a use; null in guides, whose draws are used by being drawn.</summary>
    public UnusedLint? Unused { get; init; }

    public List<TracedSite> Sites { get; } = [];

    public List<TracedValue> Reported { get; } = [];

    public List<TracedNoise> Noises { get; } = [];

    public List<TracedParameter> Parameters { get; } = [];

    public List<TracedFactor> Factors { get; } = [];

    public List<Elaboration.StaticArgument> Statics { get; } = [];

    /// <summary>The loop whose step is being evaluated, where it may draw.</summary>
    public LoopFrame? Loop { get; set; }

    /// <summary>Whether graph nodes are built.</summary>
    public bool BuildsGraph => sizes is not null;

    public DType Precision => precision;

    /// <summary>The size of a named dimension: its value when elaborating, the name itself when checking.</summary>
    public Dim Dimension(string name) => sizes is not null && sizes.TryGetValue(name, out var size) ? Dim.Of(size) : Dim.Named(name);

    /// <summary>A real scalar constant.</summary>
    public Value.TensorOf Real(double value) => new(ElementType.Real, [], BuildsGraph ? Constant(precision, value) : null) { Literal = value };

    /// <summary>A tensor value whose node is built by <paramref name="build"/> when elaborating; the node is marked with its place.</summary>
    public Value.TensorOf Emit(ElementType element, EqArray<Axis> axes, SourceSpan span, Func<Tensor> build, Dim? bound = null) =>
        new(element, axes, BuildsGraph ? build().WithOrigin(OriginAt(span)) : null, bound);

    /// <summary>The node type of an element type.</summary>
    public DType TypeOf(ElementType element) => element switch
    {
        ElementType.Real => precision,
        ElementType.Int => DType.I64,
        ElementType.Bool => DType.Bool,
    };

    /// <summary>Known sizes of axes.</summary>
    public static Shape ShapeOf(EqArray<Axis> axes) => Shape.Create([.. axes.Select(a => checked((int)a.Size.Constant!.Value))]);

    public Origin OriginAt(SourceSpan span) => new(null, Report.UserPlace(span).Location);

    /// <summary>Records a draw and gives its value.</summary>
    public Value Draw(string name, DistributionType distribution, SourceSpan span)
    {
        if (!Claim(name, span)) return Value.Unknown.It;
        var source = ValueSource.Of(name, distribution, Report.UserPlace(span));
        if (Loop is { } loop) return loop.Draw(name, distribution, span) is Value.TensorOf drawn ? drawn with { Source = source } : Value.Unknown.It;
        var node = distribution.Instance is { } instance
            ? Input(name, instance.Family.ValueType(precision), instance.Shape, new Origin(name, Report.UserPlace(span).Location))
            : null;
        Sites.Add(new TracedSite(name, distribution, node, Elaboration.SiteKind.Sample, Report.UserPlace(span)));
        return new Value.TensorOf(distribution.Element, distribution.Axes, node, distribution.Bound) { Source = source };
    }

    /// <summary>Records auxiliary noise and gives its value.</summary>
    public Value Noise(string path, DistributionType distribution, SourceSpan span)
    {
        var name = path == "" ? "noise" : path;
        if (!Claim(name, span)) return Value.Unknown.It;
        if (distribution.Instance is { } known && known.Arguments.Any(a => Topology.Sort([a]).Any(n => n.Op == OpCode.Input)))
            return Report.Fail(CheckerCodes.NotStatic, span, "the parameters of noise must be known before running, but these depend on data or draws", "draw standard noise and compute with it: scale * e");
        if (Loop is { } loop) return loop.Noise(name, distribution, span);
        var node = distribution.Instance is { } instance ? Input(name, instance.Family.ValueType(precision), instance.Shape, new Origin(name, Report.UserPlace(span).Location)) : null;
        Noises.Add(new TracedNoise(name, distribution, node, Report.UserPlace(span)));
        return new Value.TensorOf(distribution.Element, distribution.Axes, node, distribution.Bound);
    }

    /// <summary>Records a likelihood term.</summary>
    public void Observe(string prefix, Value.TensorOf value, DistributionType distribution, SourceSpan span)
    {
        var name = $"{(prefix == "" ? "" : prefix + ".")}observe.{++_observed}";
        if (Loop is { } loop) loop.Observe(name, value, distribution, span);
        else Sites.Add(new TracedSite(name, distribution, value.Node, Elaboration.SiteKind.Observe, Report.UserPlace(span)));
    }

    /// <summary>Records a term of the log-density.</summary>
    public void Factor(string prefix, Value.TensorOf value, SourceSpan span)
    {
        var name = $"{(prefix == "" ? "" : prefix + ".")}factor.{++_factors}";
        if (Loop is { } loop) loop.Factor(name, value, span);
        else Factors.Add(new TracedFactor(name, value, Report.UserPlace(span)));
    }

    /// <summary>Records a learned parameter of known axes and gives its value.</summary>
    public Value Parameter(string name, EqArray<Axis> axes, Elaboration.ParameterStart? start, SourceSpan span)
    {
        if (!Claim(name, span)) return Value.Unknown.It;
        var node = BuildsGraph ? Input(name, precision, ShapeOf(axes), new Origin(name, Report.UserPlace(span).Location)) : null;
        var value = new Value.TensorOf(ElementType.Real, axes, node);
        Parameters.Add(new TracedParameter(name, value, start, Report.UserPlace(span)));
        return value;
    }

    /// <summary>Records a reported value under a name.</summary>
    public void ReportValue(string name, Value.TensorOf value, SourceSpan span)
    {
        if (!Claim(name, span)) return;
        if (Loop is { } loop) loop.ReportValue(name, value, span);
        else Reported.Add(new TracedValue(name, value, span));
    }

    /// <summary>Takes a name that data and results are known by; false, with a report, if it is taken.</summary>
    public bool Claim(string name, SourceSpan span)
    {
        if (_names.TryAdd(name, span)) return true;
        Report.Fail(CheckerCodes.DuplicateSite, span, $"the name '{name}' is used twice", "give one of the two another name: arguments, draws and reported values are known by the names they are bound to",
            new DiagnosticNote("first used here", _names[name]));
        return false;
    }
}
