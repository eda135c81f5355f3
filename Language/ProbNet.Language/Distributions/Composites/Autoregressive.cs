using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// An autoregressive process of order 1 over t steps: x_i ~ N(coefficient x_(i-1), scale_i^2) with x_0 = 0; scale_i is a standard deviation.
/// </summary>
/// <remarks>
/// coefficient is any real scalar, scale [t], values [t]. Mean 0, variance v_i = coefficient^2 v_(i-1) + scale_i^2. With scale_1 = s / sqrt(1 -
/// coefficient^2) and the others s it starts from its stationary distribution. Drawn by solving the recurrence. Source: Shumway, Stoffer, Time Series
/// Analysis and Its Applications, section 3.1.
/// </remarks>
public sealed class Autoregressive : CompositeFamily
{
    private Autoregressive() { }

    /// <summary>The family.</summary>
    public static Autoregressive Family { get; } = new()
    {
        Cases =
        [
            new([HostTensor.Scalar(DType.F64, 0.7), Probe.Vector(0.8, 1.3, 0.9)], [Probe.Vector(0.2, 1.9, 0.4), Probe.Vector(-3, 8, 2)]),
            new([HostTensor.Scalar(DType.F64, -1.2), Probe.Vector(0.1, 0.3)], [Probe.Vector(0.2, -1.9)]),
        ],
    };

    /// <summary>The process with this coefficient […] and standard deviations <paramref name="scale"/> […, t].</summary>
    public static Instance Of(Tensor coefficient, Tensor scale) => Instance.Of(Family, coefficient, scale);

    /// <inheritdoc/>
    public override string Construction => "autoregressive";

    /// <inheritdoc/>
    public override string Name => Construction;

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner => [];

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("coefficient", new Support.Real()), new("scale", new Support.Positive(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.RealVector();

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[1];

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (coefficient, scale) = (arguments[0], arguments[1]);
        return LogDensityOfSteps(value - ExpandDims(coefficient, -1) * LinearRecurrence.Later(value, 1), scale);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (coefficient, scale) = (arguments[0], arguments[1]);
        return LinearRecurrence.Solve(scale * random.Normal(scale.DType, OneDraw(random, scale)), coefficient);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => ZerosLike(arguments[1]);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => LinearRecurrence.Solve(Square(arguments[1]), Square(arguments[0]));

    // The innovations are a linear bijection of determinant 1, and their entropies add up.
    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Sum(Log(arguments[1]) + StandardNormalEntropy, -1);

    /// <summary>sum_i log N(step_i; 0, scale_i^2): […, t] → […].</summary>
    internal static Tensor LogDensityOfSteps(Tensor steps, Tensor scale) =>
        Sum(Square(steps / scale) * -0.5 - Log(scale) - HalfLogTwoPi, -1);

    /// <summary>The value before each: <paramref name="start"/> […] before the first.</summary>
    internal static Tensor Before(Tensor value, Tensor start)
    {
        var first = ExpandDims(start, -1);
        return value.Shape[^1] == 1 ? first : Concat([first, SliceAxis(value, -1, 0, value.Shape[^1] - 1)], -1);
    }
}
