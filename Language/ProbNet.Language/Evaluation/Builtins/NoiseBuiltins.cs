using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Auxiliary noise: draws that are no sites, since no data or guide concerns them.</summary>
internal static class NoiseBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("noise", ["distribution"], "dist -> prob<real[…]>", "auxiliary noise, drawn anew in every step, posterior draw and row; it is no site: it is never inferred", Noise),
        new("dropout", ["rate", "x"], "real -> real[…] -> prob<real[…]>", "sets a part of x to zero at random and scales the rest by 1 / (1 - rate); the mask is auxiliary noise", Dropout),
    ];

    private static Value Noise(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (arguments[0].Value is Value.Distribution { Type: var type }) return new Value.Random("auxiliary noise", path => evaluator.Trace.Noise(path, type, call));
        return evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, arguments[0].Span, $"noise comes from a distribution, but this is {arguments[0].Value.Describe()}", "write it as: let! e = noise (normal 0.0 0.1 |> iid (shape x))");
    }

    // Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout, JMLR 15 (2014), sec. 4, with the units kept scaled up instead of the weights scaled down.
    private static Value Dropout(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is not { } rate || Coerce.Real(evaluator, arguments[1].Value, arguments[1].Span) is not { } x) return Value.Unknown.It;
        if (rate.Literal is not { } share)
            return evaluator.Trace.Report.Fail(CheckerCodes.NotStatic, arguments[0].Span, $"the rate of dropout must be a number known before running, but this is {rate.Describe()}", "write a number, e.g. dropout 0.25 x");
        if (share is not (>= 0 and < 1))
        {
            return evaluator.Trace.Report.Fail(CheckerCodes.ParameterSupport, arguments[0].Span, $"the rate of dropout lies in [0, 1), but this is {share.ToString(CultureInfo.InvariantCulture)}",
                "it is the share of numbers set to zero");
        }
        var trace = evaluator.Trace;
        var mask = new DistributionType(Distributions.BernoulliProbs.Family, x.Axes, [], ElementType.Int, null,
            trace.BuildsGraph ? Distributions.BernoulliProbs.Of(Constant(trace.Precision, 1 - share)).Iid(Trace.ShapeOf(x.Axes)) : null, call);
        return new Value.Random("dropout noise", path => trace.Noise(path, mask, call) is not Value.TensorOf kept ? Value.Unknown.It
            : trace.Emit(ElementType.Real, x.Axes, call, () => Select(Equal(kept.Node!, Like(kept.Node!, 1)), x.Node! / (1 - share), Like(x.Node!, 0))));
    }
}
