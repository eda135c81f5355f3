using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A scalar known to lie at or above low, at or below high, or between both: p(x) = q(x) / (Q(high) - Q(low)), where q is the family's density and Q its
/// distribution function, 0 and 1 at an open side.
/// </summary>
/// <remarks>
/// The mass between the ends is a difference of distribution functions, or of upper tails where low lies above the median, so that it is as precise far out as
/// those of the family. Drawn by inverting the distribution function, pathwise, as precisely as the family's quantiles are near 1. No closed-form moments. Source: Johnson, Kotz, Balakrishnan, Continuous
/// Univariate Distributions 1, section 1.B.3; for truncated normals far in the tail see <see cref="TruncatedNormal"/>.
/// </remarks>
/// <param name="family">A family of real scalars whose distribution function and quantiles have closed forms, on the reals, the positive reals or (0, 1).</param>
/// <param name="below">Whether there is a lower end.</param>
/// <param name="above">Whether there is an upper end.</param>
public sealed class Truncated(Distribution family, bool below, bool above) : CompositeFamily
{
    /// <summary>The distribution truncated to [low, high]; null leaves a side open.</summary>
    public static Instance Of(Tensor? low, Tensor? high, Instance scalar) =>
        Instance.Of(new Truncated(scalar.Family, low is not null, high is not null), [.. new[] { low, high }.OfType<Tensor>(), .. scalar.Arguments]);

    /// <summary>Whether members of the family can be truncated.</summary>
    internal static bool Takes(Distribution family) =>
        family.Support is Support.Real or Support.Positive or Support.NonNegative or Support.UnitInterval && Components.HasCdfAndQuantile(family);

    /// <inheritdoc/>
    public override string Construction => "truncated";

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner { get; } = [family];

    /// <inheritdoc/>
    protected override string Variant { get; } = $"{below} {above}";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [.. Ends(family, below, above), .. family.Parameters];

    /// <inheritdoc/>
    public override Support Support { get; } = (below, above, family.Support) switch
    {
        (true, true, _) => new Support.Interval("low", "high"),
        (true, false, Support.UnitInterval) => new Support.Interval("low", 1.0),
        (true, false, _) => new Support.AtLeast("low"),
        (false, true, Support.Real) => new Support.AtMost("high"),
        (false, true, _) => new Support.Interval(0.0, "high"),
        _ => family.Support,
    };

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) => family.LogDensity(value, Own(arguments)) - Log(Between(arguments).Mass);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments) =>
        Quantile(random.Uniform(arguments[0].DType, OneDraw(random, arguments[0])), arguments)!;

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments)
    {
        var (start, mass) = Between(arguments);
        return Min(Max((DistributionFunction(value, arguments) - start) / mass, Like(value, 0)), Like(value, 1));
    }

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments)
    {
        var (start, mass) = Between(arguments);
        var x = family.Quantile(RoundIntoUnitInterval(start + probability * mass), Own(arguments))!;
        if (below) x = Max(x, arguments[0]);
        return above ? Min(x, arguments[below ? 1 : 0]) : x;
    }

    private EqArray<Tensor> Own(EqArray<Tensor> arguments) => arguments[(arguments.Count - family.Parameters.Count)..];

    // Q(low), and the mass between the ends.
    private (Tensor Start, Tensor Mass) Between(EqArray<Tensor> arguments)
    {
        var like = arguments[0];
        var start = below ? DistributionFunction(arguments[0], arguments) : ZerosLike(like);
        var end = above ? DistributionFunction(arguments[below ? 1 : 0], arguments) : OnesLike(like);
        if (!below) return (start, end);
        var (more, most) = (UpperTail(arguments[0], start, arguments), above ? UpperTail(arguments[1], end, arguments) : ZerosLike(like));
        return (start, Select(Less(Like(like, 0.5), start), more - most, end - start));
    }

    // An end of the family's support, where its formula may not hold.
    private Tensor DistributionFunction(Tensor x, EqArray<Tensor> arguments)
    {
        if (family.Support is Support.Real) return family.Cdf(x, Own(arguments))!;
        var first = LessEqual(x, Like(x, 0));
        var last = family.Support is Support.UnitInterval ? LessEqual(Like(x, 1), x) : Equal(x, Like(x, double.PositiveInfinity));
        var inside = family.Cdf(Select(Or(first, last), Like(x, 0.5), x), Own(arguments))!;
        return Select(first, Like(x, 0), Select(last, Like(x, 1), inside));
    }

    // 1 - Q(x), without the subtraction where a family has a formula.
    private Tensor UpperTail(Tensor x, Tensor q, EqArray<Tensor> arguments) => family switch
    {
        Normal => Normal.Family.Cdf(2 * Own(arguments)[0] - x, Own(arguments))!,
        Exponential => Exp(-Own(arguments)[0] * x),
        _ => 1 - q,
    };

    private static IEnumerable<Parameter> Ends(Distribution family, bool below, bool above)
    {
        Support ends = family.Support switch
        {
            Support.UnitInterval => new Support.Interval(0.0, 1.0),
            Support.Positive or Support.NonNegative => new Support.AtLeast(0.0),
            _ => new Support.Real(),
        };
        if (below) yield return new("low", ends);
        if (above)
        {
            yield return new("high", below ? ends is Support.Interval ? new Support.Interval("low", 1.0) : new Support.Above("low")
                : ends is Support.AtLeast ? new Support.Above(0.0) : ends);
        }
    }
}
