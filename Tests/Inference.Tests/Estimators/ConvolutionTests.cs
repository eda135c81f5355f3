using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Tests.Support;

namespace ProbNet.Inference.Tests.Estimators;

/// <summary>Estimators of convolutions with a random kernel.</summary>
public class ConvolutionTests
{
    private const string Program = """
        module Convolution

        model net (image : real[n, 4, 5, 2]) = prob {
            let! w = normal 0.0 1.3 |> iid [3; 2; 2; 3]
            let! y = normal (convolve { padding = same; stride = [1; 2] } w image) 1.0
            return y
        }
        """;

    private static readonly HostTensor Images = Samples.Tensor([3, 4, 5, 2], 3);

    private static readonly HostTensor Loc = Samples.Tensor([3, 2, 2, 3], 4);

    private static readonly HostTensor Scale = HostTensor.Of([3, 2, 2, 3], [.. Samples.Numbers(36, 6).Select(s => 0.2 + Math.Abs(s) / 2)]);

    [Fact]
    public void BothRewritingEstimatorsAreAppliedAndLocalSaysHow()
    {
        var model = Source.Bind(Program, "net", 3, ["y"]);
        var plan = Evaluation.Plan(model, new NormalGuide());
        var flipout = Assert.Single(Evaluation.Build(model, plan, new FlipoutEstimator()).Sites);
        Assert.Equal(("flipout", ""), (flipout.Estimator, flipout.Reason));
        var local = Assert.Single(Evaluation.Build(model, plan, new LocalEstimator()).Sites);
        Assert.Equal(("local", "the weights are drawn for each row, since 12 vectors of a row meet the same ones"), (local.Estimator, local.Reason));
    }

    [Fact]
    public void LocalRefusesDrawsThatAreTooMany()
    {
        // 3^2 * 29 * 31 = 8091 weights: 2073 rows take just under 2^24 normals, 2074 rows more.
        const string program = """
            module Large

            model net (image : real[n, 3, 3, 29]) = prob {
                let! w = normal 0.0 1.3 |> iid [3; 3; 29; 31]
                let! y = normal (convolve { padding = same } w image) 1.0
                return y
            }
            """;
        foreach (var (rows, estimator) in new[] { (2073, "local"), (2074, "shared") })
        {
            var model = Source.Bind(program, "net", rows, ["y"]);
            var site = Assert.Single(Evaluation.Build(model, Evaluation.Plan(model, new NormalGuide()), new LocalEstimator()).Sites);
            Assert.Equal(estimator, site.Estimator);
            if (estimator == "shared") Assert.EndsWith("takes 16,780,734 normals (at most 16,777,216); flipout needs none, or take a batch of 2073 rows or fewer", site.Reason);
        }
    }

    [Fact]
    public void EachImagesOutputsHaveTheMomentsOfASharedKernel()
    {
        // Positions of one image share its kernel: their covariance is that of a shared draw, under all estimators. Between images local and flipout have none.
        const int draws = 5000;
        foreach (var estimator in new Estimator[] { new SharedEstimator(), new LocalEstimator(), new FlipoutEstimator() })
        {
            var products = Products(estimator, draws);
            foreach (var (n, o, p, f) in new[] { (0, 0, 0, 0), (1, 2, 1, 2), (2, 3, 2, 1) })
            {
                double[] first = Window(n, o, p), second = Window(n, 1, 1), other = Window((n + 1) % 3, 1, 1);
                double Mean(double[] window) => Enumerable.Range(0, 12).Sum(k => window[k] * Loc[k * 3 + f]);
                double Covariance(double[] a, double[] b) => Enumerable.Range(0, 12).Sum(k => a[k] * b[k] * Math.Pow(Scale[k * 3 + f], 2));
                double[] At(int image, int row, int column, double[] window) => [.. products.Select(d => d[((image * 4 + row) * 3 + column) * 3 + f] - Mean(window))];
                double[] x = At(n, o, p, first), y = At(n, 1, 1, second), z = At((n + 1) % 3, 1, 1, other);
                var what = $"image {n}, position {o}, {p}, filter {f}, {estimator}";
                Stat.MeanIs(0, x, resolve: 0.7, cases: 36, $"mean of {what}");
                Stat.MeanIs(Covariance(first, first), [.. x.Select(v => v * v)], resolve: 3, cases: 36, $"variance of {what}");
                Stat.MeanIs(Covariance(first, second), [.. x.Zip(y, (a, b) => a * b)], resolve: 3, cases: 36, $"covariance with another position of {what}");
                Stat.MeanIs(estimator is SharedEstimator ? Covariance(first, other) : 0, [.. x.Zip(z, (a, b) => a * b)], resolve: 3, cases: 36, $"covariance with another image of {what}");
            }
        }
    }

    /// <summary>The elements of a window of an image, zeros for padding: 3 x 2 windows with steps 1 and 2, padded by one row above and below and one column after.</summary>
    private static double[] Window(int n, int o, int p) =>
    [
        .. from i in Enumerable.Range(0, 3)
           from j in Enumerable.Range(0, 2)
           from c in Enumerable.Range(0, 2)
           let y = o + i - 1
           let x = 2 * p + j
           select y is >= 0 and < 4 && x is >= 0 and < 5 ? Images[((n * 4 + y) * 5 + x) * 2 + c] : 0,
    ];

    /// <summary>Draws of the convolution alone, read off as the gradient of the log-likelihood with respect to y at y = 0.</summary>
    private static double[][] Products(Estimator estimator, int draws)
    {
        var model = Source.Bind(Program, "net", 3, ["y"]);
        var plan = Evaluation.Plan(model, new NormalGuide());
        var elbo = Evaluation.Build(model, plan, estimator);
        var y = elbo.Data.Values.Single(v => v.Name == "y").Input;
        var graph = Pipeline.Optimize(new TensorGraph(elbo.Inputs, [("g", Vjp.Gradients(elbo.ExpectedLogLikelihood, [y])[0])]));
        // The scale of the guide is the softplus of rho.
        var rho = HostTensor.Of(Scale.Shape, [.. Scale.ToDoubles().Select(s => Math.Log(Math.Exp(s) - 1))]);
        using var executable = new ProbNet.Backends.Cpu.CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        var step = -1;
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            var name = graph.Inputs[i].InputName();
            if (name == "step") step = i;
            executable.Write(i, name switch
            {
                "seed" => HostTensor.Scalar(11),
                "step" => HostTensor.Scalar(0),
                "data:image" => Images,
                "data:y" => HostTensor.Zeros(DType.F64, y.Shape),
                _ => name.EndsWith(".rho") ? rho : Loc,
            });
        }
        var results = new double[draws][];
        for (var d = 0; d < draws; d++)
        {
            executable.Write<long>(step, [d]);
            executable.Run();
            results[d] = executable.Read(0, new TensorType(DType.F64, y.Shape)).ToDoubles();
        }
        return results;
    }
}
