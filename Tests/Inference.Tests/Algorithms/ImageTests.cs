using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Models;
using ProbNet.Tests.Support;
using Xunit.Abstractions;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>The sample models of images fit small generated data.</summary>
public class ImageTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("height", "y", "flipout")]
    [InlineData("height", "y", "shared")]
    [InlineData("digits", "digit", "flipout")]
    public void ASampleFitsAndItsBoundImproves(string name, string site, string estimator)
    {
        if (SharedData.Find("samples/images.prob") is not { } file)
        {
            output.WriteLine("skipped: there is no shared/samples/images.prob beside the repository");
            return;
        }
        const int rows = 6;
        var model = Source.Bind(File.ReadAllText(file), name, rows, [site], DType.F32);
        var graph = model.Elaborate(rows);
        Assert.Equal(name == "digits" ? ["d1", "d2"] : [], graph.Noises.Select(n => n.Name));
        var image = graph.Arguments.Single().Value.Shape;
        var random = new Random(7);
        var labels = HostTensor.Zeros(DType.F32, graph.Sites.Single(s => s.Name == site).Value.Shape);
        var pixels = new float[image.Size];
        for (var row = 0; row < rows; row++)
        {
            // A square whose size is what is to be learnt.
            var (side, size) = (image[1], 2 + row * 3 % (image[1] / 2));
            for (var i = 0; i < side * side; i++) pixels[row * side * side + i] = (i / side < size && i % side < size ? 0.5f : 0) + 0.05f * random.NextSingle();
            if (name == "digits") ((float[])labels.Data)[row * 10 + row % 10] = 1;
            else ((float[])labels.Data)[row] = 0.1f * size;
        }
        var data = new DataSet(new Dictionary<string, HostTensor> { ["image"] = HostTensor.Of(image, pixels), [site] = labels }, rows);
        var method = new Vi { Estimator = EstimatorRegistry.Estimators.All.Single(e => e.Name == estimator), Training = new() { Optimizer = new Adam { Rate = 0.01 }, Epochs = 30, Batch = name == "digits" ? 3 : 6 } };
        var result = method.Fit(new(model, data, new CpuBackend(), 3)).Required;
        Assert.All(result.History, h => Assert.True(double.IsFinite(h.Elbo)));
        Assert.True(result.History[^1].Elbo > result.History[0].Elbo, $"from {result.History[0].Elbo} to {result.History[^1].Elbo}");
        if (estimator == "shared") return;
        var plan = ((Explanation?)method.Explain(model).Value)!.Sites;
        Assert.All(plan.Where(p => p.Site.EndsWith(".w")), p => Assert.Equal("flipout", p.Estimator));
    }
}
