using MathNet.Numerics.LinearAlgebra;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Curvature;

/// <summary>The host's linear algebra against an independent library.</summary>
public class DenseMatrixTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(29)]
    public void FactorsInvertAndHaveTheDeterminant(int n)
    {
        var a = PositiveDefinite(n, n);
        var (lower, determinant) = DenseMatrix.InverseFactor(a.ToRowMajorArray(), n)!.Value;
        var l = Matrix<double>.Build.Dense(n, n, (i, j) => lower[i * n + j]);
        for (var i = 0; i < n; i++) for (var j = i + 1; j < n; j++) Assert.Equal(0, l[i, j]);
        Assert.True((l * l.Transpose() * a - Matrix<double>.Build.DenseIdentity(n)).L2Norm() < 1e-9);
        Assert.Equal(Math.Log(a.Determinant()), determinant, 1e-9 * n);
        var copy = a.ToRowMajorArray();
        Assert.True(DenseMatrix.Cholesky(copy, n));
        Assert.Equal(determinant, DenseMatrix.LogDeterminantOf(copy, n), 1e-9 * n);
    }

    [Fact]
    public void MatricesThatAreNotPositiveDefiniteAreRefused()
    {
        Assert.False(DenseMatrix.Cholesky([1, 2, 2, 1], 2));
        Assert.False(DenseMatrix.Cholesky([double.NaN], 1));
        Assert.Null(DenseMatrix.InverseFactor([0.0], 1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(11, 11)]
    [InlineData(31, 5)]
    public void EigenvectorsDiagonalise(int n, int rank)
    {
        // Of low rank there are many equal eigenvalues, which are the hard ones.
        var x = Matrix<double>.Build.Dense(n, rank, Samples.Numbers(n * rank, n + rank));
        var a = x * x.Transpose();
        var eigen = SymmetricEigen.Of(a.ToRowMajorArray(), n);
        var q = Matrix<double>.Build.Dense(n, n, (i, j) => eigen.Vectors[i * n + j]);
        Assert.True((q * q.Transpose() - Matrix<double>.Build.DenseIdentity(n)).L2Norm() < 1e-12);
        Assert.True((q.Transpose() * Matrix<double>.Build.DenseOfDiagonalArray(eigen.Values) * q - a).L2Norm() < 1e-12 * (1 + a.L2Norm()));
        Assert.Equal(a.Evd(Symmetricity.Symmetric).EigenValues.Select(v => v.Real).Order(), eigen.Values.Order(), new Near(1e-11 * (1 + a.L2Norm())));
    }

    [Fact]
    public void ADiagonalMatrixIsItsOwnDecomposition() => Assert.Equal([2.0, -1, 2], SymmetricEigen.Of([2, 0, 0, 0, -1, 0, 0, 0, 2], 3).Values);

    private static Matrix<double> PositiveDefinite(int n, int seed)
    {
        var x = Matrix<double>.Build.Dense(n, n, Samples.Numbers(n * n, seed));
        return x * x.Transpose() + 0.3 * Matrix<double>.Build.DenseIdentity(n);
    }

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double x) => 0;
    }
}
