using ProbNet.Graph;
using ProbNet.Inference.Guides;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// The precision of a normal law over the components of a block: likelihood's part + prior's part, where the part of sites with normal priors can be multiplied, H(δ) = H + P + (δ - 1) S. Immutable.
/// </summary>
internal abstract record FittedBlock(EqArray<string> Sites)
{
    /// <summary>The number of components.</summary>
    public abstract int Dimension { get; }

    /// <summary>log det H(δ), or null where H(δ) is not positive definite.</summary>
    /// <param name="multiplier">Site → δ.</param>
    public abstract double? LogDeterminant(Func<string, double> multiplier);

    /// <summary>The family that holds the law, and its parameters beside the sites' places; null where H(δ) is not positive definite.</summary>
    /// <param name="part">The name of the part that the family will be, which joint parameters are named after.</param>
    /// <param name="places">Site → unconstrained value.</param>
    /// <param name="multiplier">Site → δ.</param>
    public abstract (GuideFamily Family, Dictionary<string, HostTensor> Parameters)? Law(string part, IReadOnlyDictionary<string, HostTensor> places, Func<string, double> multiplier);

    /// <summary>The block with the prior's part added.</summary>
    public static FittedBlock Of(CurvatureBlock block, PriorCurvature prior)
    {
        double[] Scalable() => [.. block.Sites.SelectMany((s, i) => prior.Normals.TryGetValue(s, out var normal) ? normal.Precision : new double[block.Sizes[i]])];
        switch (block)
        {
            case DiagonalBlock diagonal:
                return new FittedDiagonal(block.Sites[0], Sum(diagonal.Likelihood, prior.Diagonal(block.Sites[0])), Scalable());
            case DenseBlock dense:
                return new FittedDense(block.Sites, block.Sizes, Sum(dense.Likelihood, prior.Dense(block.Sites)), Scalable());
            case KroneckerBlock kronecker:
                var (left, right) = (SymmetricEigen.Of(kronecker.InputProducts, kronecker.Inputs), SymmetricEigen.Of(kronecker.OutputProducts, kronecker.Outputs));
                if (!kronecker.InputsFirst) (left, right) = (right, left);
                return new FittedKronecker(block.Sites[0], left, right, kronecker.Factor, prior.Uniform(block.Sites[0])!.Value, prior.Normals.TryGetValue(block.Sites[0], out var own) ? own.Precision[0] : 0);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The rho with softplus(rho) = <paramref name="scale"/>, also for scales far below 1.</summary>
    protected static double Rho(double scale) => scale > 30 ? scale + Math.Log(-SpecialFunctions.Expm1(-scale)) : Math.Log(SpecialFunctions.Expm1(scale));

    private static double[] Sum(double[] x, double[] y)
    {
        for (var i = 0; i < x.Length; i++) y[i] += x[i];
        return y;
    }
}

/// <summary>Independent components.</summary>
internal sealed record FittedDiagonal(string Site, double[] Precision, double[] Scalable) : FittedBlock([Site])
{
    public override int Dimension => Precision.Length;

    public override double? LogDeterminant(Func<string, double> multiplier)
    {
        var (sum, more) = (0.0, multiplier(Site) - 1);
        for (var i = 0; i < Precision.Length; i++)
        {
            var own = Precision[i] + more * Scalable[i];
            if (!(own > 0) || !double.IsFinite(own)) return null;
            sum += Math.Log(own);
        }
        return sum;
    }

    public override (GuideFamily, Dictionary<string, HostTensor>)? Law(string part, IReadOnlyDictionary<string, HostTensor> places, Func<string, double> multiplier)
    {
        if (LogDeterminant(multiplier) is null) return null;
        var (place, more) = (places[Site], multiplier(Site) - 1);
        double[] rho = [.. Precision.Select((p, i) => Rho(1 / Math.Sqrt(p + more * Scalable[i])))];
        return (new NormalGuide(), new() { [Site + ".loc"] = place, [Site + ".rho"] = HostTensor.FromDoubles(place.DType, place.Shape, rho) });
    }
}

/// <summary>All components together.</summary>
internal sealed record FittedDense(EqArray<string> Joint, EqArray<int> Sizes, double[] Precision, double[] Scalable) : FittedBlock(Joint)
{
    public override int Dimension => Scalable.Length;

    public override double? LogDeterminant(Func<string, double> multiplier)
    {
        var at = At(multiplier);
        return DenseMatrix.Cholesky(at, Dimension) ? DenseMatrix.LogDeterminantOf(at, Dimension) : null;
    }

    public override (GuideFamily, Dictionary<string, HostTensor>)? Law(string part, IReadOnlyDictionary<string, HostTensor> places, Func<string, double> multiplier)
    {
        if (DenseMatrix.InverseFactor(At(multiplier), Dimension) is not { Lower: var lower }) return null;
        var (n, type) = (Dimension, places[Joint[0]].DType);
        double[] rho = [.. Enumerable.Range(0, n).Select(i => Rho(lower[i * n + i]))];
        return (new MultivariateNormalGuide(), new()
        {
            [part + ".loc"] = HostTensor.FromDoubles(type, [n], [.. Joint.SelectMany(s => places[s].ToDoubles())]),
            [part + ".rho"] = HostTensor.FromDoubles(type, [n], rho),
            [part + ".lower"] = HostTensor.FromDoubles(type, [n, n], lower),
        });
    }

    private double[] At(Func<string, double> multiplier)
    {
        var (result, start) = ((double[])Precision.Clone(), 0);
        for (var s = 0; s < Joint.Count; s++)
        {
            var more = multiplier(Joint[s]) - 1;
            for (var i = start; i < start + Sizes[s]; i++) result[i * Dimension + i] += more * Scalable[i];
            start += Sizes[s];
        }
        return result;
    }
}

/// <summary>A Kronecker product plus a multiple of the identity: factor (Left ⊗ Right) + P, in the basis of the factors' eigenvectors.</summary>
internal sealed record FittedKronecker(string Site, SymmetricEigen Left, SymmetricEigen Right, double Factor, double Prior, double Scalable) : FittedBlock([Site])
{
    public override int Dimension => Left.Values.Length * Right.Values.Length;

    public override double? LogDeterminant(Func<string, double> multiplier)
    {
        var (sum, prior) = (0.0, Prior + (multiplier(Site) - 1) * Scalable);
        foreach (var left in Left.Values)
        {
            foreach (var right in Right.Values)
            {
                var own = Precision(left, right, prior);
                if (!(own > 0) || !double.IsFinite(own)) return null;
                sum += Math.Log(own);
            }
        }
        return sum;
    }

    public override (GuideFamily, Dictionary<string, HostTensor>)? Law(string part, IReadOnlyDictionary<string, HostTensor> places, Func<string, double> multiplier)
    {
        if (LogDeterminant(multiplier) is null) return null;
        var (place, prior) = (places[Site], Prior + (multiplier(Site) - 1) * Scalable);
        var (rows, columns) = (Left.Values.Length, Right.Values.Length);
        double[] scale = [.. Left.Values.SelectMany(l => Right.Values.Select(r => 1 / Math.Sqrt(Precision(l, r, prior))))];
        return (new KroneckerPrecisionGuide { Rows = rows }, new()
        {
            [Site + ".loc"] = place,
            [Site + ".left"] = HostTensor.FromDoubles(place.DType, [rows, rows], Left.Vectors),
            [Site + ".right"] = HostTensor.FromDoubles(place.DType, [columns, columns], Right.Vectors),
            [Site + ".scale"] = HostTensor.FromDoubles(place.DType, [rows, columns], scale),
        });
    }

    // Sums of squares have no negative eigenvalues but by rounding.
    private double Precision(double left, double right, double prior) => Factor * Math.Max(0, left) * Math.Max(0, right) + prior;
}
