using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Curvature;

/// <summary>The net of <see cref="Samples.Net"/> by hand: its logits, and their Jacobian by central differences, in the order h.w, h.b, out.w, out.b.</summary>
internal static class SmallNet
{
    public static readonly string[] Sites = ["h.w", "h.b", "out.w", "out.b"];
    public static readonly int[] Sizes = [15, 5, 10, 2];

    public static double[] Places(int seed = 3) => [.. Samples.Numbers(32, seed).Select(v => 0.8 * v)];

    public static Dictionary<string, HostTensor> AsTensors(double[] u)
    {
        Shape[] shapes = [[3, 5], [5], [5, 2], [2]];
        var start = 0;
        return Sites.Select((s, i) => (s, HostTensor.Of(shapes[i], u[start..(start += Sizes[i])]))).ToDictionary(p => p.s, p => p.Item2);
    }

    public static double[] Logits(double[] u, double[] x)
    {
        var hidden = new double[5];
        for (var j = 0; j < 5; j++) hidden[j] = Math.Max(0, u[15 + j] + Enumerable.Range(0, 3).Sum(i => x[i] * u[i * 5 + j]));
        return [.. Enumerable.Range(0, 2).Select(k => u[30 + k] + Enumerable.Range(0, 5).Sum(j => hidden[j] * u[20 + j * 2 + k]))];
    }

    public static Matrix<double> Jacobian(double[] u, double[] x)
    {
        const double step = 1e-5;
        return Matrix<double>.Build.Dense(2, 32, (k, d) =>
        {
            var (up, down) = ((double[])u.Clone(), (double[])u.Clone());
            up[d] += step;
            down[d] -= step;
            return (Logits(up, x)[k] - Logits(down, x)[k]) / (2 * step);
        });
    }

    /// <summary>diag(p) - p p^T.</summary>
    public static Matrix<double> Information(double[] logits)
    {
        var p = logits.Select(Math.Exp).ToArray();
        var total = p.Sum();
        return Matrix<double>.Build.Dense(2, 2, (i, j) => (i == j ? p[i] / total : 0) - p[i] * p[j] / (total * total));
    }

    public static double[] Row(DataSet data, int row) => data.Values["x"].ToDoubles()[(3 * row)..(3 * row + 3)];

    public static Matrix<double> GaussNewton(DataSet data, double[] u) => Enumerable.Range(0, data.Rows).Aggregate(Matrix<double>.Build.Dense(32, 32), (sum, r) =>
    {
        var j = Jacobian(u, Row(data, r));
        return sum + j.Transpose() * Information(Logits(u, Row(data, r))) * j;
    });

    public static CurvaturePoint Point(BoundModel model, DataSet data, double[] u) => new(model, AsTensors(u), new Dictionary<string, HostTensor>(), data, new ReferenceBackend(), 1);
}
