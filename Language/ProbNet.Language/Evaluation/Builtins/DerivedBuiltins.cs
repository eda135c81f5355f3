using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Distributions derived from one other: more zeros, ascending order.</summary>
internal static class DerivedBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("zeroInflated", ["p", "counts"], "real -> dist -> dist", "counts that are 0 with probability p and drawn from a distribution otherwise", ZeroInflate),
        new("ordered", ["distribution"], "dist -> dist", "independent draws (iid) in ascending order", Order),
    ];

    private static Value ZeroInflate(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (CompositeParts.Real(evaluator, arguments[0], new("p", new Support.UnitInterval()), "zeroInflated") is not { } p) return Value.Unknown.It;
        if (CompositeParts.Distribution(evaluator, arguments[1].Value, arguments[1].Span, "zeroInflated", "zeroInflated 0.3 (poisson rate)") is not { } type) return Value.Unknown.It;
        if (type.Family.Support is not (Support.Count or Support.CountUpTo))
        {
            return evaluator.Trace.Report.Fail(CheckerCodes.CompositeParts, arguments[1].Span, $"zeroInflated adds zeros to a distribution of counts, but this is {new Value.Distribution(type).Describe()}",
                "write it as: zeroInflated 0.3 (poisson rate)");
        }
        if (CompositeParts.Batch(evaluator, call, "zeroInflated", (p.Axes, arguments[0].Span), (type.Batch, arguments[1].Span)) is not { } batch) return Value.Unknown.It;
        return CompositeParts.Made(type, new ZeroInflated(type.Family), batch, [], type.Instance is { } instance ? ZeroInflated.Of(p.Node!, instance) : null, call);
    }

    private static Value Order(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        var (report, span) = (evaluator.Trace.Report, arguments[0].Span);
        if (CompositeParts.Distribution(evaluator, arguments[0].Value, span, "ordered", "normal 0.0 1.0 |> iid [3] |> ordered") is not { } type) return Value.Unknown.It;
        if (type.Family.Support is not Support.Real || type.Element != ElementType.Real)
        {
            return report.Fail(CheckerCodes.CompositeParts, span, $"ordered sorts draws from all the reals, but this is {new Value.Distribution(type).Describe()}",
                "order the logarithms of positive values: let! logs = normal 0.0 1.0 |> iid [3] |> ordered, then exp logs");
        }
        // The density of sorted draws is n! times the product only where the draws are identically distributed, which iid knows and shapes do not show.
        if (type.Batch.IsEmpty || type.Repeated < type.Batch.Count)
        {
            return report.Fail(CheckerCodes.CompositeParts, span, type.Repeated == 0
                ? $"ordered sorts draws repeated by iid, and this is {new Value.Distribution(type).Describe()}, which is not: draws with parameters of their own have no simple density once sorted"
                : $"ordered sorts along the last axis, but the last axis of this distribution, of size {type.Batch[^1]}, comes from its parameters and not from iid",
                "give one distribution with scalar parameters and repeat it: normal 0.0 10.0 |> iid [3] |> ordered");
        }
        var known = type.Batch[^1].Size.Constant is { } size ? (int)size : 1;
        var instance = type.Instance is { } draws ? OrderedIid.Of(draws) : null;
        return CompositeParts.Made(type, instance?.Family ?? new OrderedIid(type.Family, known), type.Batch[..^1], [type.Batch[^1]], instance, call) is Value.Distribution made
            ? made with { Type = made.Type with { Repeated = type.Repeated - 1 } }
            : Value.Unknown.It;
    }
}
