using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A label in 0 … k-1 on an ordered scale: a logistic variable around eta, seen through k-1 ascending cutpoints c:
/// P(label ≤ j) = 1 / (1 + exp(eta - c[j])) for j below k-1.
/// </summary>
/// <remarks>
/// eta scalar, cutpoints [k-1]; values are I64 scalars: the number of cutpoints that lie below the variable. Between equal cutpoints there is
/// a label of probability 0. With b, a the cuts around the label less eta, log p = -log(1 + e^-b) - log(1 + e^a) + log(1 - e^(a - b)): no two
/// nearly equal probabilities are subtracted. Source: McCullagh, Regression Models for Ordinal Data, 1980, section 2.
/// </remarks>
public sealed class OrderedLogistic : Distribution
{
    private OrderedLogistic() { }

    /// <summary>The family.</summary>
    public static OrderedLogistic Family { get; } = new();

    /// <summary>The distribution with this location […] and these ascending cutpoints […, k-1].</summary>
    public static Instance Of(Tensor eta, Tensor cutpoints) => Instance.Of(Family, eta, cutpoints);

    /// <inheritdoc/>
    public override string Name => "orderedLogistic";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("eta", new Support.Real()), new("cutpoints", new Support.Ordered(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Category("cutpoints") { More = 1 };

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => DType.I64;

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (eta, cuts) = (arguments[0], arguments[1]);
        var last = Like(value, cuts.Shape[^1]);
        var (isFirst, isLast) = (Equal(value, Like(value, 0)), Equal(value, last));
        var above = Composite.TakeLast(cuts, Min(value, last - 1));
        var below = Composite.TakeLast(cuts, Max(value - 1, Like(value, 0)));
        var (upper, lower) = (above - eta, below - eta);
        var zero = Like(eta, 0);
        // At the ends of the scale there is no second cut, and no distance between the two.
        var gap = Select(Or(isFirst, isLast), Like(eta, 1), above - below);
        return Select(isLast, zero, -Softplus(-upper)) + Select(isFirst, zero, -Softplus(lower))
            + Select(Or(isFirst, isLast), zero, Log(-Expm1(-gap)));
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var uniform = random.Uniform(arguments[0].DType, OneDraw(random, arguments[0]));
        var variable = arguments[0] + Log(uniform) - Log1p(-uniform);
        return Sum(Convert(Less(arguments[1], ExpandDims(variable, -1)), DType.I64), -1);
    }

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } = [new("Is_zero_between_equals_and_positive_between_others", "no divergence is listed: a latent label is summed out, not approximated")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([HostTensor.Scalar(DType.F64, 0.4), Probe.Vector(-1.2, 0.1, 0.9, 2.6)], Labels(5)),
        new([HostTensor.Scalar(DType.F64, -30), Probe.Vector(-1, -0.999, 45)], Labels(4)),
        new([HostTensor.Scalar(DType.F64, 700), Probe.Vector(5)], Labels(2)),
    ];

    private static EqArray<HostTensor> Labels(int k) => Enumerable.Range(0, k).Select(i => HostTensor.Scalar((long)i)).ToEqArray();
}
