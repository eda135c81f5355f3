using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A finite mixture of k members of one family: p(x) = sum_i weights[i] p_i(x). Each argument of the family has an axis of size k in front of
/// its event axes.
/// </summary>
/// <remarks>
/// weights [k] sum to 1 and may be 0. Mean sum_i w_i m_i, variance sum_i w_i (v_i + (m_i - mean)^2), distribution function sum_i w_i F_i. A draw
/// picks the component and draws from it once. Picking is not differentiable; for real scalars whose distribution function has a closed form the
/// gradient is attached by implicit differentiation, dx/da = -(dF/da) / p(x) for each parameter a (Figurnov, Mohamed, Mnih 2018, eq. 5), which is
/// unbiased for first derivatives. Source: McLachlan, Peel, Finite Mixture Models (2000), section 1.2.
/// </remarks>
/// <param name="family">The family of the components.</param>
public sealed class Mixture(Distribution family) : CompositeFamily
{
    /// <summary>
    /// The mixture with weights […, k] of the components along the last batch axis of <paramref name="components"/>, of size k.
    /// </summary>
    public static Instance Of(Tensor weights, Instance components) =>
        Instance.Of(new Mixture(components.Family), [weights, .. components.Arguments]);

    /// <inheritdoc/>
    public override string Construction => "mixture";

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner { get; } = [family];

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("weights", new Support.Simplex(), 1), .. Deepened(family, 1)];

    /// <inheritdoc/>
    public override Support Support => Components.CommonSupport(Inner)!;

    /// <inheritdoc/>
    public override int EventRank => family.EventRank;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => family.EventShape(parameterEvents[1..].Map(s => s[1..]));

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => family.ValueType(precision);

    /// <inheritdoc/>
    public override bool IsPathwise { get; } = Components.HasSmoothCdf(family);

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (own, x) = (arguments[1..], AlongComponents(value, arguments[0]));
        // Components whose support is smaller than the mixture's have places of density 0.
        var each = Support == family.Support ? family.LogDensityInside(x, own) : family.LogDensity(x, own);
        return LogSpace.Sum(LogSpace.Log(arguments[0]) + each, -1);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var label = Categorical.DrawLabel(random.Named("component"), LogSpace.Log(arguments[0]));
        var chosen = Enumerable.Range(1, family.Parameters.Count).Select(i => Components.Take(arguments[i], label)).ToEqArray();
        var draw = family.Sample(random.Named("value"), chosen);
        if (!IsPathwise) return draw;
        var x = StopGradient(draw);
        var cdf = Cdf(x, arguments)!;
        return x - (cdf - StopGradient(cdf)) / StopGradient(Exp(LogDensityInside(x, arguments)));
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) =>
        family.Mean(arguments[1..]) is { } means ? Average(arguments[0], means) : null;

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        if (family.Mean(arguments[1..]) is not { } means || family.Variance(arguments[1..]) is not { } variances) return null;
        var mean = ExpandDims(Average(arguments[0], means), means.Rank - 1 - EventRank);
        return Average(arguments[0], variances + Square(means - mean));
    }

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        EventRank == 0 && family.Cdf(AlongComponents(value, arguments[0]), arguments[1..]) is { } each ? Sum(arguments[0] * each, -1) : null;

    private Tensor AlongComponents(Tensor value, Tensor weights)
    {
        var (batch, events) = (value.Shape[..^EventRank], value.Shape[^EventRank..]);
        return BroadcastTo(Reshape(value, batch.Concat([1]).Concat(events)), batch.Concat([weights.Shape[^1]]).Concat(events));
    }

    // sum_i w_i x_i over the axis of components, which stands before the event axes.
    private Tensor Average(Tensor weights, Tensor x) =>
        Sum(Reshape(weights, weights.Shape.Concat(Shape.Create([.. Enumerable.Repeat(1, EventRank)]))) * x, x.Rank - 1 - EventRank);
}
