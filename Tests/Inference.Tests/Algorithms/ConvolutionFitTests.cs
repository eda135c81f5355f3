using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Tests.Models;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Convolutional models fitted as their programs say, under each estimator: padded, strided, grouped, over images and over signals, with both pools.</summary>
public class ConvolutionFitTests
{
    private const string Algorithms = """

        infer shared = vi normal { estimator = shared; optimizer = adam 0.02; epochs = 60; batch = 11 }
        infer local = vi normal { estimator = local; optimizer = adam 0.02; epochs = 60; batch = 11 }
        infer flipout = vi normal { estimator = flipout; optimizer = adam 0.02; epochs = 60; batch = 11 }
        """;

    private const string Images = """
        module Pictures

        model pictures (x : real[n, 8, 9, 2]) = prob {
            let! c1 = x |> conv2d 6 [3; 3] { padding = same; groups = 2 }
            let! c2 = relu c1 |> maxPool2d [2; 2] |> conv2d 5 [3; 2] { padding = same; stride = [2; 1] }
            let! out = tanh c2 |> avgPool2d [2; 2] |> flatten |> dense 1
            let! y = normal out.[*, 0] 0.3
            return y
        }

        """;

    private const string Signals = """
        module Sounds

        model sounds (x : real[n, 17, 2]) = prob {
            let! c1 = x |> conv1d 4 5 { padding = valid; stride = 2 }
            let! c2 = relu c1 |> conv1d 6 3 { padding = same; groups = 2 }
            let! out = tanh c2 |> maxPool1d 2 |> avgPool1d 3 |> flatten |> dense 1
            let! y = normal out.[*, 0] 0.3
            return y
        }

        """;

    [Fact]
    public void ImagesAreFittedUnderEachEstimator() => Fit(Images, [8, 9, 2]);

    [Fact]
    public void SignalsAreFittedUnderEachEstimator() => Fit(Signals, [17, 2]);

    private static void Fit(string text, Shape row)
    {
        const int rows = 31;
        var random = new Random(5);
        var x = HostTensor.FromDoubles(DType.F32, row.Prepend(rows), [.. Enumerable.Range(0, rows * row.Size).Select(i => (i / row.Size % 3 - 1.0) * (i % row.Size < row.Size / 2 ? 1 : -0.5) + 0.2 * random.NextDouble())]);
        // Which half of a row is bright is what is to be learnt.
        var y = HostTensor.FromDoubles(DType.F32, [rows], [.. Enumerable.Range(0, rows).Select(i => 1.5 * (i % 3 - 1.0))]);
        var (model, data) = Programs.Bind(text + Algorithms, rows, "n", new Dictionary<string, HostTensor> { ["x"] = x, ["y"] = y }, DType.F32);
        var program = Checker.Check(new("model.prob", text + Algorithms));
        var bounds = new Dictionary<string, double>();
        foreach (var declaration in program.Syntax.Declarations.OfType<Declaration.Infer>())
        {
            var vi = Assert.IsType<Vi>(InferChoice.Of(program, declaration, []).Required.Algorithm);
            var sites = ((Explanation?)vi.Explain(model).Value)!.Sites;
            Assert.All(sites.Where(s => s.Site.EndsWith(".w")), s => Assert.Equal(vi.Estimator.Name, s.Estimator));
            Assert.All(sites.Where(s => s.Site is "c1.w" or "c2.w"), s => Assert.Equal(vi.Estimator.Name == "local", s.Reason.StartsWith("the weights are drawn for each row")));
            var fit = vi.Fit(new(model, data, new CpuBackend(), 3) { Threads = 1 }).Required;
            Assert.All(fit.History, h => Assert.True(double.IsFinite(h.Elbo)));
            // The start is far from the labels, so that their log-density rises by much more than it varies between epochs.
            Assert.True(fit.History[^1].Elbo > fit.History[0].Elbo + 100, $"{vi.Estimator.Name}: from {fit.History[0].Elbo} to {fit.History[^1].Elbo}");
            bounds[vi.Estimator.Name] = fit.History[^1].Elbo;
        }
        Assert.Equal(3, bounds.Count);
    }
}
