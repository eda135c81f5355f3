using System.Numerics;
using System.Runtime.InteropServices;

namespace ProbNet.Inference.Curvature;

/// <summary>Dense linear algebra on the host in double precision, row by row: matrices of size n are n * n numbers in row-major order.</summary>
/// <remarks>Source: Golub and Van Loan, Matrix computations, 4th ed. (2013), sec. 4.2 (Cholesky) and 3.1 (triangular systems).</remarks>
internal static class DenseMatrix
{
    /// <summary>
    /// Replaces the lower triangle of a symmetric matrix by the Cholesky factor L of it, A = L L^T; only the lower triangle is read, and zeros are written above.
    /// </summary>
    /// <returns>Whether the matrix is positive definite; if not, its contents are meaningless.</returns>
    public static bool Cholesky(Span<double> a, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var row = a.Slice(i * n, n);
            for (var j = 0; j < i; j++) row[j] = (row[j] - Dot(row[..j], a.Slice(j * n, j))) / a[j * n + j];
            var pivot = row[i] - Dot(row[..i], row[..i]);
            if (!(pivot > 0) || !double.IsFinite(pivot)) return false;
            row[i] = Math.Sqrt(pivot);
            row[(i + 1)..].Clear();
        }
        return true;
    }

    /// <summary>The inverse of a lower-triangular matrix, lower triangular too.</summary>
    public static double[] InverseOfLower(ReadOnlySpan<double> lower, int n)
    {
        var result = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            var own = result.AsSpan(i * n, n);
            for (var k = 0; k < i; k++) AddTimes(own[..(k + 1)], -lower[i * n + k], result.AsSpan(k * n, k + 1));
            own[i] = 1;
            for (var j = 0; j <= i; j++) own[j] /= lower[i * n + i];
        }
        return result;
    }

    /// <summary>
    /// The lower-triangular L with L L^T the inverse of a symmetric positive-definite matrix, and the log-determinant of the matrix; null where it is not positive definite. With the rows and
    /// columns in reverse order A = C C^T, so A = U U^T with an upper-triangular U, and its inverse is U^-T U^-1.
    /// </summary>
    public static (double[] Lower, double LogDeterminant)? InverseFactor(ReadOnlySpan<double> a, int n)
    {
        var reversed = new double[n * n];
        for (var k = 0; k < reversed.Length; k++) reversed[k] = a[a.Length - 1 - k];
        if (!Cholesky(reversed, n)) return null;
        var lower = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            // U[i, j] = C[n-1-i, n-1-j], and its transpose.
            for (var j = 0; j <= i; j++) lower[i * n + j] = reversed[(n - 1 - j) * n + (n - 1 - i)];
        }
        return (InverseOfLower(lower, n), LogDeterminantOf(reversed, n));
    }

    /// <summary>log det L L^T of a Cholesky factor.</summary>
    public static double LogDeterminantOf(ReadOnlySpan<double> lower, int n)
    {
        var sum = 0.0;
        for (var i = 0; i < n; i++) sum += Math.Log(lower[i * n + i]);
        return 2 * sum;
    }

    /// <summary>The inner product of two vectors of equal length.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var vx = MemoryMarshal.Cast<double, Vector<double>>(x);
        var vy = MemoryMarshal.Cast<double, Vector<double>>(y);
        var total = Vector<double>.Zero;
        for (var i = 0; i < vx.Length; i++) total += vx[i] * vy[i];
        var sum = Vector.Sum(total);
        for (var i = vx.Length * Vector<double>.Count; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    /// <summary>Adds <paramref name="factor"/> times <paramref name="x"/> to <paramref name="to"/>.</summary>
    public static void AddTimes(Span<double> to, double factor, ReadOnlySpan<double> x)
    {
        var vt = MemoryMarshal.Cast<double, Vector<double>>(to);
        var vx = MemoryMarshal.Cast<double, Vector<double>>(x);
        for (var i = 0; i < vx.Length; i++) vt[i] += factor * vx[i];
        for (var i = vx.Length * Vector<double>.Count; i < x.Length; i++) to[i] += factor * x[i];
    }
}
