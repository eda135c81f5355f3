using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Enumeration;

/// <summary>Mixtures with discrete memberships, and data for them.</summary>
internal static class Mixtures
{
    public const int Rows = 61;

    public static readonly double[] Weights = [0.5, 0.2, 0.3], Centres = [-4.0, 0.5, 6.0];

    /// <summary>
    /// y ~ N(centre[z], 0.8²), z ~ categorical(weights) in a plate of rows, centre ~ N(prior centre, 2²)^3. The prior centres -3, 0, 4 tell the clusters apart.
    /// </summary>
    public static (BoundModel Model, DataSet Data, long[] Labels) Gaussian(DType precision = DType.F64)
    {
        var model = ModelBuilder.Bind(Rows, ["y"], b =>
        {
            var centre = b.Draw("centre", Normal.Of(Constant(HostTensor.FromDoubles(b.Precision, [3], [-3, 0, 4])), b.Real(2)));
            var z = b.Draw("z", CategoricalProbs.Of(Constant(HostTensor.FromDoubles(b.Precision, [3], Weights))).Iid([b.Rows]), perRow: true);
            b.Draw("y", Normal.Of(Gather(centre, z), b.Real(0.8)), perRow: true);
        }, precision);
        var random = new Random(71);
        var labels = Enumerable.Range(0, Rows).Select(_ => random.NextDouble() is var u && u < 0.5 ? 0L : u < 0.7 ? 1 : 2).ToArray();
        double[] y = [.. labels.Select(l => Centres[l] + 0.8 * Math.Sqrt(-2 * Math.Log(random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
        return (model, new(new Dictionary<string, HostTensor> { ["y"] = HostTensor.FromDoubles(precision, [Rows], y) }, Rows), labels);
    }

    /// <summary>log N(x; mean, scale²).</summary>
    public static double LogNormal(double x, double mean, double scale) => -0.5 * Math.Log(2 * Math.PI) - Math.Log(scale) - (x - mean) * (x - mean) / (2 * scale * scale);
}
