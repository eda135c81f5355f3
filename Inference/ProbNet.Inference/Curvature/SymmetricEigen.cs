namespace ProbNet.Inference.Curvature;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix in double precision, A = sum_k value_k v_k v_k^T: Householder reduction to tridiagonal form, then QL steps with Wilkinson's shift. The
/// vectors are the rows of <see cref="Vectors"/>, so that every rotation works on contiguous memory.
/// </summary>
/// <param name="Values">The eigenvalues, in no particular order.</param>
/// <param name="Vectors">n * n numbers: row k is the unit eigenvector of value k.</param>
/// <remarks>Source: Golub and Van Loan, Matrix computations, 4th ed. (2013), sec. 8.3.1–8.3.5, algorithms 8.3.1 and 8.3.2.</remarks>
internal sealed record SymmetricEigen(double[] Values, double[] Vectors)
{
    private const int MostSweeps = 60;

    /// <summary>The decomposition of a symmetric matrix of finite numbers.</summary>
    /// <exception cref="ArithmeticException">It did not converge, which finite numbers do not do.</exception>
    public static SymmetricEigen Of(ReadOnlySpan<double> matrix, int n)
    {
        var a = matrix.ToArray();
        var (diagonal, beside, q) = (new double[n], new double[n], new double[n * n]);
        for (var i = 0; i < n; i++) q[i * n + i] = 1;
        var (v, p) = (new double[n], new double[n]);
        for (var k = 0; k < n - 2; k++) Reflect(a, q, v, p, n, k);
        for (var i = 0; i < n; i++)
        {
            diagonal[i] = a[i * n + i];
            if (i + 1 < n) beside[i] = a[(i + 1) * n + i];
        }
        // q holds H_1 … H_(n-2) with A = Q T Q^T; its columns become rows to rotate.
        var rows = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) rows[j * n + i] = q[i * n + j];
        }
        Iterate(diagonal, beside, rows, n);
        return new(diagonal, rows);
    }

    // A <- H A H and Q <- Q H with the reflection H = 1 - 2 v v^T / v^T v that clears column k below the subdiagonal.
    private static void Reflect(double[] a, double[] q, double[] v, double[] p, int n, int k)
    {
        var scale = 0.0;
        for (var i = k + 1; i < n; i++) scale = Math.Max(scale, Math.Abs(a[i * n + k]));
        if (scale == 0) return;
        var norm = 0.0;
        for (var i = k + 1; i < n; i++)
        {
            v[i] = a[i * n + k] / scale;
            norm += v[i] * v[i];
        }
        norm = Math.Sqrt(norm);
        v[k + 1] += v[k + 1] >= 0 ? norm : -norm;
        var m = n - k - 1;
        var tail = v.AsSpan(k + 1, m);
        var beta = 2 / DenseMatrix.Dot(tail, tail);
        // Rank-two update of the trailing block: A - v w^T - w v^T with w = beta A v - (beta^2 v^T A v / 2) v.
        for (var i = k + 1; i < n; i++) p[i] = beta * DenseMatrix.Dot(a.AsSpan(i * n + k + 1, m), tail);
        DenseMatrix.AddTimes(p.AsSpan(k + 1, m), -beta / 2 * DenseMatrix.Dot(p.AsSpan(k + 1, m), tail), tail);
        for (var i = k + 1; i < n; i++)
        {
            var row = a.AsSpan(i * n + k + 1, m);
            DenseMatrix.AddTimes(row, -v[i], p.AsSpan(k + 1, m));
            DenseMatrix.AddTimes(row, -p[i], tail);
        }
        var first = a[(k + 1) * n + k];
        a[(k + 1) * n + k] = (first >= 0 ? -1 : 1) * norm * scale;
        for (var i = k + 2; i < n; i++) a[i * n + k] = 0;
        for (var i = 0; i < n; i++)
        {
            var row = q.AsSpan(i * n + k + 1, m);
            DenseMatrix.AddTimes(row, -beta * DenseMatrix.Dot(row, tail), tail);
        }
    }

    private static void Iterate(double[] d, double[] e, double[] rows, int n)
    {
        for (var low = 0; low < n; low++)
        {
            for (var sweep = 0; ; sweep++)
            {
                var high = low;
                while (high < n - 1 && Math.Abs(e[high]) > 2.3e-16 * (Math.Abs(d[high]) + Math.Abs(d[high + 1]))) high++;
                if (high == low) break;
                if (sweep == MostSweeps) throw new ArithmeticException("the eigenvalues of a symmetric matrix did not converge");
                Step(d, e, rows, n, low, high);
            }
        }
    }

    // One implicit QL step on the block low … high, from its end to its beginning.
    private static void Step(double[] d, double[] e, double[] rows, int n, int low, int high)
    {
        var half = (d[low + 1] - d[low]) / (2 * e[low]);
        var shifted = d[high] - d[low] + e[low] / (half + (half >= 0 ? 1 : -1) * Math.Sqrt(half * half + 1));
        var (sine, cosine, shift) = (1.0, 1.0, 0.0);
        for (var i = high - 1; i >= low; i--)
        {
            var (f, b) = (sine * e[i], cosine * e[i]);
            var radius = Math.Sqrt(f * f + shifted * shifted);
            e[i + 1] = radius;
            if (radius == 0)
            {
                // The block splits here.
                d[i + 1] -= shift;
                e[high] = 0;
                return;
            }
            (sine, cosine) = (f / radius, shifted / radius);
            var g = d[i + 1] - shift;
            var r = (d[i] - g) * sine + 2 * cosine * b;
            shift = sine * r;
            d[i + 1] = g + shift;
            shifted = cosine * r - b;
            Rotate(rows.AsSpan(i * n, n), rows.AsSpan((i + 1) * n, n), sine, cosine);
        }
        d[low] -= shift;
        e[low] = shifted;
        e[high] = 0;
    }

    private static void Rotate(Span<double> x, Span<double> y, double sine, double cosine)
    {
        for (var k = 0; k < x.Length; k++)
        {
            var f = y[k];
            y[k] = sine * x[k] + cosine * f;
            x[k] = cosine * x[k] - sine * f;
        }
    }
}
