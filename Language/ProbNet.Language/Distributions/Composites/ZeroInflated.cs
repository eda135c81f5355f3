using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Counts with more zeros than their family has: with probability p the count is 0, else it is drawn from the family. p(0) = p + (1 - p) q(0),
/// p(x) = (1 - p) q(x) for x > 0, where q is the family's.
/// </summary>
/// <remarks>
/// Values are I64. With the family's mean m and variance v: mean (1 - p) m, variance (1 - p) (v + p m^2). Source: Lambert, Zero-Inflated Poisson
/// Regression, Technometrics 34 (1992).
/// </remarks>
/// <param name="family">A family of counts.</param>
public sealed class ZeroInflated(Distribution family) : CompositeFamily
{
    /// <summary>The distribution with zeros of probability <paramref name="p"/> beside those of <paramref name="counts"/>.</summary>
    public static Instance Of(Tensor p, Instance counts) => Instance.Of(new ZeroInflated(counts.Family), [p, .. counts.Arguments]);

    /// <inheritdoc/>
    public override string Construction => "zeroInflated";

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner { get; } = [family];

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("p", new Support.UnitInterval()), .. family.Parameters];

    /// <inheritdoc/>
    public override Support Support => family.Support;

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => family.ValueType(precision);

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (p, own) = (arguments[0], family.LogDensityInside(value, arguments[1..]));
        var drawn = Log1p(-p) + own;
        return Select(Equal(value, Like(value, 0)), LogAddExp(Log(p), drawn), drawn);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var p = arguments[0];
        var zero = Less(random.Named("zero").Uniform(p.DType, OneDraw(random, p)), p);
        var count = family.Sample(random.Named("value"), arguments[1..]);
        return Select(zero, Like(count, 0), count);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => family.Mean(arguments[1..]) is { } mean ? (1 - arguments[0]) * mean : null;

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) =>
        family.Mean(arguments[1..]) is { } mean && family.Variance(arguments[1..]) is { } variance
            ? (1 - arguments[0]) * (variance + arguments[0] * Square(mean))
            : null;
}
