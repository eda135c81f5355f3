using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;
using static ProbNet.Language.Distributions.DensityMath;

namespace ProbNet.Language.Distributions;

/// <summary>
/// Cholesky factors L of random k x k correlation matrices with density proportional to det(L L^T)^(shape - 1) in the matrix:
/// log p(L) = sum_(i = 2..k) (k - i + 2 shape - 2) log L[i,i] - log c in the entries below the diagonal.
/// </summary>
/// <remarks>
/// shape scalar; 1 is uniform over correlation matrices, more is nearer the identity. Values [k, k], unit-norm rows. The family is one for
/// each size k. Row i holds a vector of m = i - 1 entries in the unit ball with density proportional to (1 - |w|^2)^(b - 1),
/// b = shape + (k - 1 - m) / 2: hence log c = sum_m (m / 2) log pi + log Gamma(b) - log Gamma(b + m / 2), and a row is drawn as a direction
/// times the root of a Beta(m / 2, b) draw (the onion method). Source: Lewandowski, Kurowicka, Joe, Generating random correlation matrices
/// based on vines and extended onion method, Journal of Multivariate Analysis 100 (2009), section 3.2; Stan Functions Reference,
/// lkj_corr_cholesky.
/// </remarks>
public sealed class LkjCholesky : Distribution, IEquatable<LkjCholesky>
{
    private readonly int _size;

    private LkjCholesky(int size) => _size = size;

    /// <summary>The family of size 3, which stands for all sizes in <see cref="Registry"/>.</summary>
    public static LkjCholesky Family { get; } = new(3);

    /// <summary>The distribution of factors of size k x k, k ≥ 2, with this shape parameter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 2.</exception>
    public static Instance Of(int size, Tensor shape) => Instance.Of(Family.OfSize(size), shape);

    /// <inheritdoc/>
    public override string Name => "lkjCholesky";

    /// <inheritdoc/>
    public override string SizeParameter => "size";

    /// <inheritdoc/>
    public override int SmallestSize => 2;

    /// <inheritdoc/>
    public override Distribution OfSize(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        return new LkjCholesky(size);
    }

    /// <inheritdoc/>
    public override EqArray<Parameter> Parameters { get; } = [new("shape", new Support.Positive())];

    /// <inheritdoc/>
    public override Support Support { get; } = new Support.CorrelationCholesky();

    /// <inheritdoc/>
    public override int EventRank => 2;

    /// <inheritdoc/>
    public override Shape EventShape(EqArray<Shape> parameterEvents) => [_size, _size];

    /// <inheritdoc/>
    public override Tensor LogDensityInside(Tensor value, EqArray<Tensor> arguments)
    {
        var (half, b) = Rows(arguments[0]);
        // log Gamma(b) - log Gamma(b + m / 2) = log B(b, m / 2) - log Gamma(m / 2).
        var constant = Log(Like(b, Math.PI)) * half + LogBeta(b, half) - Lgamma(half);
        var diagonal = SliceAxis(Composite.Diagonal(value), -1, 1, _size);
        return Sum((2 * b - 2) * Log(diagonal) - constant, -1);
    }

    /// <inheritdoc/>
    public override Tensor Sample(RandomSource random, EqArray<Tensor> arguments)
    {
        var (half, b) = Rows(arguments[0]);
        var z = random.Named("direction").Normal(b.DType, OneDraw(random, arguments[0]).Concat([_size - 1, _size - 1]));
        var direction = Composite.LowerTriangle(z);
        direction /= Sqrt(ExpandDims(Sum(Square(direction), -1), -1));
        // Log-odds of the squared length, so that neither it nor what is left for the diagonal rounds away.
        var odds = LogGammaDraw(random.Named("length"), half) - LogGammaDraw(random.Named("rest"), b);
        var entries = direction * ExpandDims(Exp(Softplus(-odds) * -0.5), -1);
        var diagonal = RoundIntoPositive(Exp(Softplus(odds) * -0.5));
        var low = new int[entries.Rank];
        var high = new int[entries.Rank];
        (low[^2], high[^1]) = (1, 1);
        var square = Pad(entries, low.ToEqArray(), high.ToEqArray());
        var filled = Concat([Full(b.DType, diagonal.Shape.With(diagonal.Rank - 1, 1), 1), diagonal], -1);
        return Select(Equal(Iota(square.Shape, -2), Iota(square.Shape, -1)), ExpandDims(filled, -1), square);
    }

    /// <inheritdoc/>
    public override EqArray<Probe> Probes { get; } =
    [
        new([HostTensor.Scalar(DType.F64, 1.7)], [Factor(0.3, -0.5, 0.2), Factor(0, 0, 0), Factor(0.999, 0.1, -0.99)]),
        new([HostTensor.Scalar(DType.F64, 1)], [Factor(-0.6, 0.7, 0.1)]),
        new([HostTensor.Scalar(DType.F64, 40)], [Factor(0.1, -0.05, 0.02), Factor(0.9, 0.9, 0.9)]),
    ];

    /// <inheritdoc/>
    public override EqArray<Exemption> Exemptions =>
    [
        new("Is_zero_between_equals_and_positive_between_others", "no divergence is listed: what approximates a factor is a normal seen through its bijector"),
    ];

    /// <inheritdoc/>
    public bool Equals(LkjCholesky? other) => other is not null && other._size == _size;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LkjCholesky);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(typeof(LkjCholesky), _size);

    // m / 2 and b for the rows m = 1 … k - 1, […, k - 1] each.
    private (Tensor Half, Tensor B) Rows(Tensor shape)
    {
        double[] half = [.. Enumerable.Range(1, _size - 1).Select(m => m * 0.5)], more = [.. half.Select(h => (_size - 1) * 0.5 - h)];
        var b = ExpandDims(shape, -1) + Constant(HostTensor.FromDoubles(shape.DType, [_size - 1], more));
        return (BroadcastTo(Constant(HostTensor.FromDoubles(shape.DType, [_size - 1], half)), b.Shape), b);
    }

    // The factor with these entries below the diagonal, by partial correlations.
    private static HostTensor Factor(double a, double b, double c)
    {
        var left = Math.Sqrt(1 - b * b);
        return HostTensor.FromDoubles(DType.F64, [3, 3], [1, 0, 0, a, Math.Sqrt(1 - a * a), 0, b, c * left, left * Math.Sqrt(1 - c * c)]);
    }
}
