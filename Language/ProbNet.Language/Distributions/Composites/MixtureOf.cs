using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>A finite mixture of different families with one support: p(x) = sum_i weights[i] p_i(x).</summary>
/// <remarks>
/// weights [k], one for each family, sum to 1 and may be 0; the arguments of the families follow in order. Moments and gradients as for
/// <see cref="Mixture"/>. A draw draws from every component and keeps one. Source: McLachlan, Peel, Finite Mixture Models (2000), section 1.2.
/// </remarks>
/// <param name="families">The families of the components.</param>
public sealed class MixtureOf(EqArray<Distribution> families) : CompositeFamily
{
    /// <inheritdoc/>
    public override string Construction => "mixture";

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner => families;

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("weights", new Support.Simplex(), 1), .. Numbered(families)];

    /// <inheritdoc/>
    public override Support Support => Components.CommonSupport(families) is Support.Category labels
        ? labels with { Parameter = "0." + labels.Parameter }
        : Components.CommonSupport(families)!;

    /// <inheritdoc/>
    public override int EventRank => families[0].EventRank;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => families[0].EventShape(parameterEvents[1..(families[0].Parameters.Count + 1)]);

    /// <inheritdoc/>
    public override DType ValueType(DType precision) => families[0].ValueType(precision);

    /// <inheritdoc/>
    public override bool IsPathwise { get; } = families.All(Components.HasSmoothCdf);

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var each = Each(arguments, (family, own) => family.LogDensity(value, own))!;
        return LogSpace.Sum(LogSpace.Log(arguments[0]) + Stack(each, each[0].Rank), -1);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var label = Categorical.DrawLabel(random.Named("component"), LogSpace.Log(arguments[0]));
        var i = 0;
        var draws = Each(arguments, (family, own) => family.Sample(random.Named($"value.{i++}"), own))!;
        var draw = Components.Take(Stack(draws, label.Rank), label);
        if (!IsPathwise) return draw;
        var x = StopGradient(draw);
        var cdf = Cdf(x, arguments)!;
        return x - (cdf - StopGradient(cdf)) / StopGradient(Exp(LogDensityInside(x, arguments)));
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => Each(arguments, (f, own) => f.Mean(own)) is { } means ? Average(arguments[0], means) : null;

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        if (Each(arguments, (f, own) => f.Mean(own)) is not { } means || Each(arguments, (f, own) => f.Variance(own)) is not { } variances) return null;
        var mean = Average(arguments[0], means);
        return Average(arguments[0], [.. variances.Zip(means, (v, m) => v + Square(m - mean))]);
    }

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments) =>
        EventRank == 0 && Each(arguments, (f, own) => f.Cdf(value, own)) is { } each ? Average(arguments[0], each) : null;

    // The result for each family, or null if one has none.
    private Tensor[]? Each(EqArray<Tensor> arguments, Func<Distribution, EqArray<Tensor>, Tensor?> f)
    {
        var own = Components.Split(families, arguments[1..]);
        var results = families.Select((family, i) => f(family, own[i])).OfType<Tensor>().ToArray();
        return results.Length == families.Count ? results : null;
    }

    private Tensor Average(Tensor weights, Tensor[] xs)
    {
        var own = Reshape(weights, weights.Shape.Concat(Shape.Create([.. Enumerable.Repeat(1, EventRank)])));
        return Sum(own * Stack(xs, weights.Rank - 1), weights.Rank - 1);
    }
}
