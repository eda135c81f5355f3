using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Student's t distribution of vectors with df degrees of freedom, location loc and scale matrix L L^T, given the lower-triangular L with
/// positive diagonal: log p(x) = log Gamma((df + k) / 2) - log Gamma(df / 2) - k log(pi df) / 2 - sum_i log L[i,i]
/// - (df + k) / 2 log(1 + |L^-1 (x - loc)|^2 / df).
/// </summary>
/// <remarks>
/// df scalar, loc [k], cholesky [k, k], values [k]. Mean loc for df &gt; 1, covariance L L^T df / (df - 2) for df &gt; 2, otherwise infinite or
/// undefined (NaN). A draw is loc + L z sqrt(df / c) with c chi-squared, twice a Gamma(df / 2, 1). Source: Johnson, Kotz, Continuous
/// Multivariate Distributions (1972), ch. 37.
/// </remarks>
public sealed class MultivariateStudentT : Distribution
{
    private MultivariateStudentT() { }

    /// <summary>The family.</summary>
    public static MultivariateStudentT Family { get; } = new();

    /// <summary>The distribution with these degrees of freedom […], location […, k] and Cholesky factor of the scale matrix […, k, k].</summary>
    public static Instance Of(Tensor df, Tensor loc, Tensor cholesky) => Instance.Of(Family, df, loc, cholesky);

    /// <inheritdoc/>
    public override string Name => "multivariateStudentT";

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } =
        [new("df", new Support.Positive()), new("loc", new Support.RealVector(), 1), new("cholesky", new Support.LowerCholesky(), 2)];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.RealVector();

    /// <inheritdoc/>
    public override int EventRank => 1;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => parameterEvents[1];

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (df, loc, cholesky) = (arguments[0], arguments[1], arguments[2]);
        var half = loc.Shape[^1] * 0.5;
        var z = Squeeze(TriangularSolve(cholesky, ExpandDims(value - loc, -1)), -1);
        // log Gamma(a + h) - log Gamma(a) = log Gamma(h) - log B(a, h).
        var normaliser = SpecialFunctions.Lgamma(half) - LogBeta(df * 0.5, Like(df, half)) - half * (Log(df) + Math.Log(Math.PI));
        return normaliser - MultivariateNormal.HalfLogDeterminant(cholesky) - (df * 0.5 + half) * LogOnePlusSquares(z, df);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (df, loc, cholesky) = (arguments[0], arguments[1], arguments[2]);
        var z = random.Named("normal").Normal(loc.DType, OneDraw(random, loc));
        var widening = Exp((Log(df * 0.5) - LogGammaDraw(random.Named("scale"), df * 0.5)) * 0.5);
        return loc + ExpandDims(widening, -1) * Squeeze(MatMul(cholesky, ExpandDims(z, -1)), -1);
    }

    /// <inheritdoc/>
    public override Tensor? Mean(EqArray<Tensor> arguments)
    {
        var exists = Less(Like(arguments[0], 1), arguments[0]);
        return Select(ExpandDims(exists, -1), arguments[1], Like(arguments[1], double.NaN));
    }

    /// <inheritdoc/>
    public override Tensor? Variance(EqArray<Tensor> arguments)
    {
        var df = arguments[0];
        var factor = Select(Less(Like(df, 2), df), df / (df - 2), Select(Less(Like(df, 1), df), Like(df, double.PositiveInfinity), Like(df, double.NaN)));
        return ExpandDims(factor, -1) * Sum(Square(arguments[2]), -1);
    }

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions { get; } = [new("Is_zero_between_equals_and_positive_between_others", "no closed form is known between two t distributions")];

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([HostTensor.Scalar(DType.F64, 7.5), Probe.Vector(0.7, -1.2), Matrix(2, 1.3, 0, -0.4, 0.6)],
            [Probe.Vector(0.7, -1.2), Probe.Vector(-0.4, 5.0), Probe.Vector(90, -90)]),
        new([HostTensor.Scalar(DType.F64, 2.6), Probe.Vector(-3), Matrix(1, 0.2)], [Probe.Vector(-3.1), Probe.Vector(1e200)]),
        new([HostTensor.Scalar(DType.F64, 3e6), Probe.Vector(0, 5), Matrix(2, 1e-4, 0, 30, 2e5)], [Probe.Vector(1e-4, -7), Probe.Vector(1e3, 1e3)]),
    ];

    // log(1 + |z|^2 / df), also where the square overflows: then the largest component is taken out.
    private static Tensor LogOnePlusSquares(Tensor z, Tensor df)
    {
        var largest = Max(StopGradient(ReduceMax(Abs(z), -1)), Like(df, 1));
        var squares = Sum(Square(z / ExpandDims(largest, -1)), -1) / df;
        var far = Less(Like(df, 1), largest);
        var near = Log1p(Select(far, Like(df, 0), squares));
        return Select(far, 2 * Log(largest) + Log(Square(1 / largest) + squares), near);
    }

    private static HostTensor Matrix(int k, params ReadOnlySpan<double> elements) => HostTensor.FromDoubles(DType.F64, [k, k], elements);
}
