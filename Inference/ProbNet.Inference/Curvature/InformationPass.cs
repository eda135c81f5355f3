using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// Roots R of the likelihood's curvature Λ = R^T R at the rows at hand, from which J^T Λ J is a sum of squares: for every output k of a row, the vector-Jacobian product of row k of R. They are
/// taken on the host in double precision, where negative eigenvalues are dropped.
/// </summary>
internal sealed class InformationPass : IDisposable
{
    private readonly CurvatureRun _run;
    private readonly EqArray<LikelihoodArguments> _arguments;
    private readonly int _rows;

    /// <summary>Compiles the matrices of some observed sites.</summary>
    /// <param name="point">Where.</param>
    /// <param name="graph">The model with the rows at hand.</param>
    /// <param name="arguments">The sites.</param>
    /// <param name="curvature">The matrices [elements, width, width] of a site.</param>
    /// <param name="rows">The rows at hand that the elements divide into; 1 where they belong to no row.</param>
    public InformationPass(CurvaturePoint point, CurvatureGraph graph, EqArray<LikelihoodArguments> arguments, Func<LikelihoodArguments, Tensor, Tensor> curvature, int rows)
    {
        (_arguments, _rows) = (arguments, rows);
        var values = graph.At([.. arguments.Select(a => curvature(a, a.Unconstrained()))]);
        _run = CurvatureRun.Compile(point.Backend, point.Threads, [.. arguments.Select((a, i) => ($"{i}", values[i]))]);
    }

    /// <summary>The number of vectors that one row's roots have.</summary>
    public int Vectors => _arguments.Sum(a => a.Elements / _rows * a.Width);

    /// <summary>The run, to write rows to.</summary>
    public CurvatureRun Run => _run;

    /// <summary>
    /// The roots at the rows written: for each site [elements, width, width], zeros for the rows from <paramref name="present"/> on.
    /// </summary>
    /// <exception cref="ArithmeticException">A matrix holds a number that is not finite.</exception>
    public double[][] Roots(int present)
    {
        _run.Run();
        return [.. _arguments.Select((a, i) => Root(_run.Read(i).ToDoubles(), a.Elements, a.Elements / _rows * Math.Min(present, _rows), a.Width, a.Site.Name))];
    }

    /// <summary>The cotangents of vector k: each site's [elements, width].</summary>
    public double[][] Cotangents(double[][] roots, int vector)
    {
        var result = new double[_arguments.Count][];
        for (var i = 0; i < result.Length; i++)
        {
            var (elements, width) = (_arguments[i].Elements, _arguments[i].Width);
            var (own, own1) = (elements / _rows, elements / _rows * width);
            result[i] = new double[elements * width];
            if (vector >= 0 && vector < own1)
            {
                for (var r = 0; r < _rows; r++)
                {
                    var element = r * own + vector / width;
                    Array.Copy(roots[i], (element * width + vector % width) * width, result[i], element * width, width);
                }
            }
            vector -= own1;
        }
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private static double[] Root(double[] matrices, int elements, int present, int width, string site)
    {
        var result = new double[matrices.Length];
        var size = width * width;
        for (var e = 0; e < Math.Min(present, elements); e++)
        {
            var own = matrices.AsSpan(e * size, size);
            foreach (var x in own) if (!double.IsFinite(x)) throw new ArithmeticException($"the curvature of the likelihood of '{site}' is not finite");
            if (width == 1)
            {
                result[e] = Math.Sqrt(Math.Max(0, own[0]));
                continue;
            }
            var eigen = SymmetricEigen.Of(own, width);
            for (var k = 0; k < width; k++)
            {
                var root = Math.Sqrt(Math.Max(0, eigen.Values[k]));
                for (var j = 0; j < width; j++) result[e * size + k * width + j] = root * eigen.Vectors[k * width + j];
            }
        }
        return result;
    }
}
