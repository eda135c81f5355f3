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
        new("truncated", ["low", "high", "distribution"], "real -> real -> dist -> dist", "a scalar known to lie between low and high; an open side is -infinity or infinity", Truncate),
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

    private static Value Truncate(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        var (report, span) = (evaluator.Trace.Report, arguments[2].Span);
        if (Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is not { } low || Coerce.Real(evaluator, arguments[1].Value, arguments[1].Span) is not { } high
            || CompositeParts.Distribution(evaluator, arguments[2].Value, span, "truncated", "truncated 0.0 infinity (normal 1.0 2.0)") is not { } type) return Value.Unknown.It;
        if (!Truncated.Takes(type.Family))
        {
            return report.Fail(CheckerCodes.CompositeParts, span, $"truncated needs a distribution over real scalars whose distribution function and quantiles have closed forms, but this is {new Value.Distribution(type).Describe()}",
                "normal, logNormal, exponential, weibull and logistic have them");
        }
        var (below, above) = (low.Literal is not double.NegativeInfinity, high.Literal is not double.PositiveInfinity);
        if (low.Literal >= high.Literal)
        {
            return report.Fail(CheckerCodes.ParameterSupport, call, $"there is nothing between low, {Text(low)}, and high, {Text(high)}", "give the smaller number first",
                [new DiagnosticNote("low is given here", arguments[0].Span), new DiagnosticNote("high is given here", arguments[1].Span)]);
        }
        if (!below && !above)
            return report.Fail(CheckerCodes.CompositeParts, call, "both sides are open, so nothing is truncated", "leave truncated out, or give low or high");
        var family = new Truncated(type.Family, below, above);
        foreach (var (end, at) in new[] { (low, 0), (high, 1) })
        {
            var parameter = family.Parameters.AsEnumerable().FirstOrDefault(p => p.Name == (at == 0 ? "low" : "high"));
            if (parameter is null || end.Literal is not { } literal || Outside(type.Family.Support, at, literal) is not { } needs) continue;
            return report.Fail(CheckerCodes.ParameterSupport, arguments[at].Span, $"'{parameter.Name}' of truncated must be {needs}, where the values of {type.Family.Name} lie, but it is {Text(end)}",
                $"leave the side open: {(at == 0 ? "-infinity" : "infinity")}");
        }
        if (CompositeParts.Batch(evaluator, call, "truncated", (low.Axes, arguments[0].Span), (high.Axes, arguments[1].Span), (type.Batch, span)) is not { } batch) return Value.Unknown.It;
        // The normal between two ends has a family of its own, exact far out in the tails.
        if (below && above && type.Family is Normal)
        {
            var own = type.Instance is { } normal ? TruncatedNormal.Of(normal.Arguments[0], normal.Arguments[1], low.Node!, high.Node!) : null;
            return CompositeParts.Made(type, TruncatedNormal.Family, batch, [], own, call);
        }
        return CompositeParts.Made(type, family, batch, [], type.Instance is { } instance ? Truncated.Of(below ? low.Node : null, above ? high.Node : null, instance) : null, call);
    }

    // What an end should have been for it to cut something off, or null.
    private static string? Outside(Support support, int end, double value) => support switch
    {
        Support.Positive or Support.NonNegative when value < 0 || (end == 1 && value == 0) => end == 0 ? "at least 0" : "above 0",
        Support.UnitInterval when value < 0 || value > 1 => "from 0 to 1",
        _ => null,
    };

    private static string Text(Value.TensorOf number) => number.Literal is { } literal
        ? double.IsInfinity(literal) ? literal < 0 ? "-infinity" : "infinity" : literal.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)
        : number.Describe();

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
