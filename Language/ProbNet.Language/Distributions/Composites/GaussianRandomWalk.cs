using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// A walk of t steps: x_1 ~ N(start, scale_1^2), x_i ~ N(x_(i-1), scale_i^2). scale_i is the standard deviation of step i, the first being the one
/// from <c>start</c> to x_1.
/// </summary>
/// <remarks>
/// start is a scalar, scale [t], values [t]. Mean start, variance of x_i the sum of scale_1^2 … scale_i^2. The density is that of the differences,
/// whose Jacobian is 1. Drawn as the running sum of the steps. Source: Shumway, Stoffer, Time Series Analysis and Its Applications, example 1.11.
/// </remarks>
public sealed class GaussianRandomWalk : CompositeFamily
{
    private GaussianRandomWalk() { }

    /// <summary>The family.</summary>
    public static GaussianRandomWalk Family { get; } = new()
    {
        Cases =
        [
            new([HostTensor.Scalar(DType.F64, 0.7), Probe.Vector(0.8, 1.3)], [Probe.Vector(0.2, 1.9), Probe.Vector(-3, 8)]),
            new([HostTensor.Scalar(DType.F64, -200), Probe.Vector(40, 0.1, 3)], [Probe.Vector(-250, -250.2, -247)]),
        ],
    };

    /// <summary>The walk from <paramref name="start"/> […] whose steps have standard deviations <paramref name="scale"/> […, t].</summary>
    public static Instance Of(Tensor start, Tensor scale) => Instance.Of(Family, start, scale);

    /// <inheritdoc/>
    public override string Construction => "gaussianRandomWalk";

    /// <inheritdoc/>
    public override string Name => Construction;

    /// <inheritdoc/>
    public override EqArray<Distribution> Inner => [];

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("start", new Support.Real()), new("scale", new Support.Positive(), 1)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.RealVector();

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[1];

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (start, scale) = (arguments[0], arguments[1]);
        return Autoregressive.LogDensityOfSteps(value - Autoregressive.Before(value, start), scale);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (start, scale) = (arguments[0], arguments[1]);
        return ExpandDims(start, -1) + LinearRecurrence.Solve(scale * random.Normal(scale.DType, OneDraw(random, scale)), null);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => BroadcastTo(ExpandDims(arguments[0], -1), arguments[1].Shape);

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => LinearRecurrence.Solve(Square(arguments[1]), null);

    // The differences are a linear bijection of determinant 1, and their entropies add up.
    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) => Sum(Log(arguments[1]) + StandardNormalEntropy, -1);
}
