using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Mixtures: of the members of a batch, or of the distributions of a list.</summary>
internal static class MixtureBuiltins
{
    private const string Example = "mixture weights (normal centres scales), with one centre and scale for each weight";

    public static readonly EqArray<Builtin> All =
    [
        new("mixture", ["weights", "components"], "real[k] -> dist[k] | list of dist -> dist",
            "a mixture whose component is not drawn but summed out: of the last batch axis of a distribution, or of a list of distributions", Mix),
    ];

    private static Value Mix(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (CompositeParts.Real(evaluator, arguments[0], new("weights", new Support.Simplex(), 1), "mixture") is not { } weights) return Value.Unknown.It;
        if (arguments[1].Value is Value.List list) return OfList(evaluator, weights, list, arguments, call);
        if (CompositeParts.Distribution(evaluator, arguments[1].Value, arguments[1].Span, "mixture", Example) is not { } type) return Value.Unknown.It;
        if (type.Batch.IsEmpty)
        {
            return evaluator.Trace.Report.Fail(CheckerCodes.Rank, arguments[1].Span, $"the components of a mixture are the last batch axis of a distribution, but this is {new Value.Distribution(type).Describe()}, which has no batch axis",
                "give its parameters one entry for each weight, or write the components as a list: mixture weights [normal 0.0 1.0; laplace 0.0 1.0]");
        }
        var (k, own) = (weights.Axes[^1], type.Batch[^1]);
        if (!k.Equals(own))
        {
            return evaluator.Trace.Report.Fail(CheckerCodes.CompositeParts, call, $"the mixture has {k} weights, but its distribution has {own} components along its last batch axis", null,
                [new DiagnosticNote($"the weights are {weights.Describe()}", arguments[0].Span), new DiagnosticNote($"the components are {new Value.Distribution(type).Describe()}", arguments[1].Span), .. Shapes.Provenance(k), .. Shapes.Provenance(own)]);
        }
        if (!Mixes(evaluator, [type.Family], arguments[1].Span)) return Value.Unknown.It;
        if (CompositeParts.Batch(evaluator, call, "mixture", (weights.Axes[..^1], arguments[0].Span), (type.Batch[..^1], arguments[1].Span)) is not { } batch) return Value.Unknown.It;
        return CompositeParts.Made(type, new Mixture(type.Family), batch, type.Event, type.Instance is { } instance ? Mixture.Of(weights.Node!, instance) : null, call);
    }

    private static Value OfList(Evaluator evaluator, Value.TensorOf weights, Value.List list, EqArray<Argument> arguments, SourceSpan call)
    {
        var report = evaluator.Trace.Report;
        var span = arguments[1].Span;
        var types = new List<DistributionType>();
        foreach (var item in list.Items)
        {
            if (CompositeParts.Distribution(evaluator, item, span, "each component of a mixture", Example) is not { } type) return Value.Unknown.It;
            types.Add(type);
        }
        if (!weights.Axes[^1].Size.Equals(Dim.Of(types.Count)))
        {
            return report.Fail(CheckerCodes.CompositeParts, call, $"the mixture has {weights.Axes[^1]} weights, but {types.Count} components", null,
                [new DiagnosticNote($"the weights are {weights.Describe()}", arguments[0].Span), .. Shapes.Provenance(weights.Axes[^1])]);
        }
        var first = types[0];
        if (types.Find(t => t.Element != first.Element || t.Event != first.Event || !Equals(t.Bound, first.Bound)) is { } other)
        {
            return report.Fail(CheckerCodes.CompositeParts, span, "the components of a mixture must be distributions over the same kind of value", null,
                [new DiagnosticNote($"this is {new Value.Distribution(first).Describe()}", first.Span), new DiagnosticNote($"this is {new Value.Distribution(other).Describe()}", other.Span)]);
        }
        if (!Mixes(evaluator, types.Select(t => t.Family).ToEqArray(), span)) return Value.Unknown.It;
        if (CompositeParts.Batch(evaluator, call, "mixture", [(weights.Axes[..^1], arguments[0].Span), .. types.Select(t => (t.Batch, t.Span))]) is not { } batch) return Value.Unknown.It;
        // Members of one family with arguments of one shape are stacked, so that all are computed together.
        var stacks = types.All(t => t.Family.Equals(first.Family));
        Distribution family = stacks ? new Mixture(first.Family) : new MixtureOf(types.Select(t => t.Family).ToEqArray());
        if (!evaluator.Trace.BuildsGraph) return CompositeParts.Made(first, family, batch, first.Event, null, call);
        var shape = Trace.ShapeOf(batch);
        var parts = types.Select(t => CompositeParts.Align(t.Instance!, shape)).ToArray();
        var own = stacks
            ? parts[0].Arguments.Select((_, i) => Stack(parts.Select(p => p.Arguments[i]), shape.Rank))
            : parts.SelectMany(p => p.Arguments);
        return CompositeParts.Made(first, family, batch, first.Event, Instance.Of(family, [weights.Node!, .. own]), call);
    }

    private static bool Mixes(Evaluator evaluator, EqArray<Distribution> families, SourceSpan span)
    {
        if (Components.CommonSupport(families) is not null) return true;
        evaluator.Trace.Report.Fail(CheckerCodes.CompositeParts, span, families.Count == 1
            ? $"the values that {families[0].Name} can take depend on its parameters, so its components may have no common support"
            : $"the components of a mixture must share one support, but {string.Join(" and ", families.Select(f => f.Name).Distinct())} do not",
            "mix distributions over the same set of values: all reals, all positive numbers, all counts");
        return false;
    }
}
