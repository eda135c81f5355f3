using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Models;

/// <summary>Small models with data. Dimensions are distinct primes, scales differ from 1.</summary>
internal static class Samples
{
    /// <summary>Numbers in [-1.5, 1.5] that look random and are the same everywhere.</summary>
    public static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 3 * random.NextDouble() - 1.5)];
    }

    public static HostTensor Tensor(Shape shape, int seed, DType type = DType.F64) => HostTensor.FromDoubles(type, shape, Numbers(shape.Size, seed));

    /// <summary>A coin of unknown bias: p ~ Beta(2.5, 1.7), 11 flips, 4 of them heads.</summary>
    public static (BoundModel Model, DataSet Data) Coin()
    {
        var model = ModelBuilder.Bind(11, ["flips"], b =>
        {
            var p = b.Draw("p", Beta.Of(b.Real(2.5), b.Real(1.7)));
            b.Draw("flips", BernoulliProbs.Of(p).Iid([b.Rows]), perRow: true);
        });
        return (model, new(new Dictionary<string, HostTensor> { ["flips"] = HostTensor.Of([11], [1L, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]) }, 11));
    }

    /// <summary>A mean with a known noise scale: mu ~ N(0.4, 1.6²), 7 values y ~ N(mu, 0.7²).</summary>
    public static (BoundModel Model, DataSet Data) Mean()
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var mu = b.Draw("mu", Normal.Of(b.Real(0.4), b.Real(1.6)));
            b.Draw("y", Normal.Of(mu, b.Real(0.7)).Iid([b.Rows]), perRow: true);
        });
        return (model, new(new Dictionary<string, HostTensor> { ["y"] = Tensor([7], 3) }, 7));
    }

    /// <summary>
    /// Linear regression with known noise, conjugate: alpha ~ N(0.3, 1.3²), beta ~ N(0, 0.8²)^3, y ~ N(alpha + x beta, 0.6²), 13 rows. <paramref name="chained"/>: beta's prior is written with
    /// alpha, so that a joint factor's divergence is taken by the draw.
    /// </summary>
    public static (BoundModel Model, DataSet Data) Regression(DType precision = DType.F64, bool chained = false)
    {
        var model = ModelBuilder.Bind(13, ["y"], b =>
        {
            var x = b.PerRow("x", [3]);
            var alpha = b.Draw("alpha", Normal.Of(b.Real(0.3), b.Real(1.3)));
            var beta = b.Draw("beta", Normal.Of(chained ? alpha * 0 : b.Real(0), b.Real(0.8)).Iid([3]));
            var mean = alpha + Reshape(MatMul(x, Reshape(beta, [3, 1])), [b.Rows]);
            b.Report("mean", mean, perRow: true);
            b.Draw("y", Normal.Of(mean, b.Real(0.6)), perRow: true);
        }, precision);
        return (model, new(new Dictionary<string, HostTensor> { ["x"] = Tensor([13, 3], 5, precision), ["y"] = Tensor([13], 7, precision) }, 13));
    }

    /// <summary>Rubin's eight schools, non-centred; z has one component a row.</summary>
    public static (BoundModel Model, DataSet Data) Schools()
    {
        var model = ModelBuilder.Bind(8, ["y"], b =>
        {
            var sigma = b.PerRow("sigma", []);
            var mu = b.Draw("mu", Normal.Of(b.Real(0), b.Real(5)));
            var tau = b.Draw("tau", HalfCauchy.Of(b.Real(5)));
            var z = b.Draw("z", Normal.Of(b.Real(0), b.Real(1)).Iid([b.Rows]), perRow: true);
            var theta = mu + tau * z;
            b.Report("theta", theta, perRow: true);
            b.Draw("y", Normal.Of(theta, sigma), perRow: true);
        });
        return (model, new(new Dictionary<string, HostTensor>
        {
            ["sigma"] = HostTensor.Of([8], [15.0, 10, 16, 11, 9, 11, 10, 18]),
            ["y"] = HostTensor.Of([8], [28.0, 8, -3, 7, -1, 1, 18, 12]),
        }, 8));
    }

    /// <summary>A net with one hidden layer of 5 units, 3 inputs, 2 classes, 11 rows; standard normal-like priors with different scales.</summary>
    public static (BoundModel Model, DataSet Data) Net(DType precision = DType.F64, int rows = 11)
    {
        var model = ModelBuilder.Bind(rows, ["species"], b =>
        {
            var x = b.PerRow("x", [3]);
            var w1 = b.Draw("h.w", Normal.Of(b.Real(0), b.Real(1.2)).Iid([3, 5]));
            var b1 = b.Draw("h.b", Normal.Of(b.Real(0.1), b.Real(0.9)).Iid([5]));
            var w2 = b.Draw("out.w", Normal.Of(b.Real(0), b.Real(0.7)).Iid([5, 2]));
            var b2 = b.Draw("out.b", Normal.Of(b.Real(0), b.Real(1.1)).Iid([2]));
            var hidden = Relu(MatMul(x, w1) + b1);
            b.Draw("species", Categorical.Of(MatMul(hidden, w2) + b2), perRow: true);
        }, precision);
        var labels = Numbers(rows, 17).Select(v => v > 0.2 ? 1L : 0L).ToArray();
        return (model, new(new Dictionary<string, HostTensor> { ["x"] = Tensor([rows, 3], 11, precision), ["species"] = HostTensor.Of([rows], labels) }, rows));
    }
}
