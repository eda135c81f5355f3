using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// The normal distribution of vectors with mean loc and covariance L L^T, given the lower-triangular L with positive diagonal:
/// log p(x) = -|L^-1 (x - loc)|^2 / 2 - sum_i log L[i,i] - k log(2 pi) / 2.
/// </summary>
/// <remarks>
/// loc [k], cholesky [k, k], values [k]. Drawn as loc + L z. Source: Johnson, Kotz, Balakrishnan, Continuous Multivariate Distributions 1,
/// ch. 45.
/// </remarks>
public sealed class MultivariateNormal : Distribution
{
    private MultivariateNormal() { }

    /// <summary>The family.</summary>
    public static MultivariateNormal Family { get; } = new();

    /// <summary>The distribution with this mean […, k] and Cholesky factor of the covariance […, k, k].</summary>
    public static Instance Of(Tensor loc, Tensor cholesky) => Instance.Of(Family, loc, cholesky);

    /// <inheritdoc/>
    public override string Name => "multivariateNormal";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } =
        [new("loc", new Support.RealVector(), 1), new("cholesky", new Support.LowerCholesky(), 2)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.RealVector();

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[0];

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (loc, cholesky) = (arguments[0], arguments[1]);
        var z = Squeeze(TriangularSolve(cholesky, ExpandDims(value - loc, -1)), -1);
        return Sum(Square(z), -1) * -0.5 - HalfLogDeterminant(cholesky) - loc.Shape[^1] * HalfLogTwoPi;
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (loc, cholesky) = (arguments[0], arguments[1]);
        var z = random.Normal(loc.DType, OneDraw(random, loc));
        return loc + Squeeze(MatMul(cholesky, ExpandDims(z, -1)), -1);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments) => arguments[0];

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments) => Sum(Square(arguments[1]), -1);

    /// <inheritdoc/>
    public override Tensor? Entropy(EqArray<Tensor> arguments) =>
        HalfLogDeterminant(arguments[1]) + arguments[0].Shape[^1] * StandardNormalEntropy;

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([Probe.Vector(0.7, -1.2, 2.1), Matrix(3, 1.3, 0, 0, -0.4, 0.6, 0, 0.9, 0.25, 1.7)],
            [Probe.Vector(0.7, -1.2, 2.1), Probe.Vector(-0.4, 0.3, 5.0), Probe.Vector(9, -9, 9)]),
        new([Probe.Vector(0, 5), Matrix(2, 1e-4, 0, 30, 2e5)], [Probe.Vector(1e-4, -7), Probe.Vector(1e8, 1e8)]),
        new([Probe.Vector(-3), Matrix(1, 0.2)], [Probe.Vector(-3.1), Probe.Vector(1e10)]),
    ];

    /// <summary>sum_i log L[i,i], half the log-determinant of L L^T.</summary>
    internal static Tensor HalfLogDeterminant(Tensor cholesky) => Sum(Log(Composite.Diagonal(cholesky)), -1);

    private static HostTensor Matrix(int k, params ReadOnlySpan<double> elements) => HostTensor.FromDoubles(DType.F64, [k, k], elements);
}
