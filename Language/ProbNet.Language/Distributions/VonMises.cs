using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The von Mises distribution on the circle, as angles from -pi to pi: p(x) = exp(concentration cos(x - loc)) / (2 pi I0(concentration)).
/// </summary>
/// <remarks>
/// loc is the mean direction; a normal of variance 1 / concentration for large concentrations. Drawn by the rejection method of Best and Fisher, Efficient simulation of
/// the von Mises distribution, Applied Statistics 28 (1979), from 40 proposals at once, each accepted with probability 0.65 or more: that none is has a probability
/// below 2^-60, and then the first stands. Source: Mardia and Jupp, Directional Statistics (2000), section 3.5.4.
/// </remarks>
public sealed class VonMises : Distribution
{
    private VonMises() { }

    /// <summary>The family.</summary>
    public static VonMises Family { get; } = new();

    /// <summary>The distribution with this mean direction and concentration.</summary>
    public static Instance Of(Tensor loc, Tensor concentration) => Instance.Of(Family, loc, concentration);

    /// <inheritdoc/>
    public override string Name => "vonMises";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("loc", new Support.Real()), new("concentration", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.Interval(-Math.PI, Math.PI);

    /// <inheritdoc/>
    public override bool IsPathwise => false;

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments) =>
        arguments[1] * -2 * Square(Sin((value - arguments[0]) * 0.5)) - Math.Log(2 * Math.PI) - Bessel.LogScaledI0(arguments[1]);

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (loc, k) = (arguments[0], arguments[1]);
        var rounds = OneDraw(random, k).Concat([Rounds]);
        // A wrapped Cauchy with parameter rho is proposed; any rho in (0, 1) is exact, this one accepts most.
        var small = Less(k, Like(k, 0.01));
        var safe = Select(small, Like(k, 1), k);
        var root = Sqrt(Square(safe * 2) + 1);
        var gap = Select(small, 1 - k * 0.5, (Sqrt((root + 1) * 2) - 1 - 1 / (root + safe * 2)) / (safe * 2));
        var (rho, excess) = (1 - gap, Square(gap) / ((1 - gap) * 2));
        Tensor Each(Tensor x) => ExpandDims(x, -1);
        var quarter = random.Named("angle").Uniform(k.DType, rounds) * (Math.PI / 2);
        var half = Each(gap / (rho + 1)) * (Sin(quarter) / Cos(quarter));
        var c = Each(k) * (Each(excess) + 2 - 2 / (Square(half) + 1));
        var accepted = LessEqual(Log(random.Named("accept").Uniform(k.DType, rounds)), Log(c) + 1 - c);
        var first = ArgMax(Convert(accepted, k.DType));
        var angle = Composite.TakeLast(Atan(half) * 2, first) * random.Named("side").Sign(k.DType, OneDraw(random, k));
        var turned = angle + loc;
        var wrapped = turned - Floor((turned + Math.PI) * (0.5 / Math.PI)) * (2 * Math.PI);
        return Min(Max(wrapped, Like(wrapped, -Math.PI)), Like(wrapped, Math.PI));
    }

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Bessel.LogScaledI0(arguments[1]) + Math.Log(2 * Math.PI) + arguments[1] * Bessel.OneMinusRatio(arguments[1]);

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        Probe.Scalars([0.4, 1.7], [0.4, -2.9, 3.0]),
        Probe.Scalars([-9.0, 300.0], [-2.7, 0.2, 3.1]),
        Probe.Scalars([1.0, 1e-3], [-1.0, 0.0, 2.0]),
        Probe.Scalars([2.5, 60.0], [2.4, 3.1, -3.1]),
    ];

    private const int Rounds = 40;
}
