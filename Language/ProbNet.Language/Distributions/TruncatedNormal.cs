using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A normal variable known to lie between low and high: p(x) = N(x; loc, scale^2) / (P(high) - P(low)) for low ≤ x ≤ high, P the normal distribution
/// function. loc and scale are those of the normal before truncation.
/// </summary>
/// <remarks>
/// Exact far from loc, too: the interval is mirrored to the lower tail, and ratios of its masses are taken in log space (<see cref="NormalTail"/>). Drawn by
/// inverting the distribution function there; gradients of draws are implicit. Variance and entropy lose digits when the interval is hundreds of deviations
/// away. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 13, section 10.1.
/// </remarks>
public sealed class TruncatedNormal : Distribution
{
    private TruncatedNormal() { }

    /// <summary>The family.</summary>
    public static TruncatedNormal Family { get; } = new();

    /// <summary>The normal with this mean and standard deviation, truncated to [low, high].</summary>
    public static Instance Of(Tensor loc, Tensor scale, Tensor low, Tensor high) => Instance.Of(Family, loc, scale, low, high);

    /// <inheritdoc/>
    public override string Name => "truncatedNormal";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("scale", new Support.Positive()), new("low", new Support.Real()), new("high", new Support.Above("low"))];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Interval("low", "high");

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (loc, scale, low, high) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var tail = NormalTail.Of((low - loc) / scale, (high - loc) / scale, (high - low) / scale);
        // The exponent less that of the end nearer to the mode, which the mass has too.
        var z = (value - loc) / scale;
        var toEnd = Select(tail.Mirrored, low - value, value - high) / scale;
        var mirrored = Select(tail.Mirrored, -z, z);
        var inTail = LessEqual(tail.Upper, Like(z, 0));
        var exponent = Select(inTail, toEnd * (mirrored + tail.Upper), Square(z)) * -0.5;
        return exponent - Log(scale) - HalfLogTwoPi - tail.LogScaledMass;
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (loc, scale, low, high) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var tail = NormalTail.Of((low - loc) / scale, (high - loc) / scale, (high - low) / scale);
        var z = tail.Quantile(random.Uniform(loc.DType, OneDraw(random, loc)));
        return Min(Max(loc + scale * z, low), high);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments)
    {
        var (ratios, _, _) = Ends(arguments);
        return Min(Max(arguments[0] + arguments[1] * ratios, arguments[2]), arguments[3]);
    }

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var (ratios, weighted, _) = Ends(arguments);
        return Square(arguments[1]) * Max(weighted + 1 - Square(ratios), Like(weighted, 0));
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments)
    {
        var (_, weighted, logMass) = Ends(arguments);
        return Log(arguments[1]) + StandardNormalEntropy + logMass + weighted * 0.5;
    }

    /// <inheritdoc/>
    public override Tensor? Cdf(Tensor value, EqArray<Tensor> arguments)
    {
        var (loc, scale, low, high) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var x = Min(Max(value, low), high);
        Tensor LogMass(Tensor to) => NormalTail.Of((low - loc) / scale, (to - loc) / scale, (to - low) / scale).LogMass;
        return Exp(LogMass(x) - LogMass(high));
    }

    /// <inheritdoc/>
    public override Tensor? Quantile(Tensor probability, EqArray<Tensor> arguments)
    {
        var (loc, scale, low, high) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var tail = NormalTail.Of((low - loc) / scale, (high - loc) / scale, (high - low) / scale);
        var z = tail.Quantile(Select(tail.Mirrored, 1 - probability, probability));
        return Min(Max(loc + scale * z, low), high);
    }

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } =
        [new("Is_zero_between_equals_and_positive_between_others", "its divergences are not among the closed forms of Kl")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.7, 1.3, -0.9, 2.6], [-0.9, 0.3, 2.1, 2.6]),
        Probe.Scalars([0.0, 1.0, 30.0, 31.5], [30.0, 30.02, 31.0]),
        Probe.Scalars([2.0, 0.5, -11.0, 1.2], [1.1, -0.5, -6.0]),
        Probe.Scalars([-1.0, 2.0, -80.0, 75.0], [-1.5, -40.0, 60.0]),
    ];

    // (f(a) - f(b)) / mass, (a f(a) - b f(b)) / mass and log mass, with f the standard normal density at the standardised ends a and b.
    private static (Tensor Ratios, Tensor Weighted, Tensor LogMass) Ends(EqArray<Tensor> arguments)
    {
        var (loc, scale, low, high) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var (a, b) = ((low - loc) / scale, (high - loc) / scale);
        var mass = NormalTail.Of(a, b, (high - low) / scale).LogMass;
        var (atLow, atHigh) = (Exp(Square(a) * -0.5 - HalfLogTwoPi - mass), Exp(Square(b) * -0.5 - HalfLogTwoPi - mass));
        return (atLow - atHigh, a * atLow - b * atHigh, mass);
    }
}
