using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary><c>mcDropout</c>: what it makes of a model.</summary>
public class McDropoutTests
{
    private static readonly ReferenceBackend Backend = new();

    private static McDropout Dropout => new() { Rate = 0.2, Training = new() { Optimizer = new Adam { Rate = 0.02 }, Epochs = 6, Batch = 4 } };

    [Fact]
    public void WeightsAreDroppedAndTheRestArePoints()
    {
        var (model, _) = Samples.Net();
        string[] Families(McDropout algorithm) => [.. algorithm.Explain(model).Required.Sites.Select(s => $"{s.Site}: {s.Family}, {s.Estimator}")];
        Assert.Equal(["h.w: bernoulliDropout { rate = 0.2 }, local", "out.w: bernoulliDropout { rate = 0.2 }, local", "h.b: delta, shared", "out.b: delta, shared"], Families(Dropout));
        Assert.Equal("out.w h.w h.b out.b", string.Join(" ", Families(Dropout with { Inputs = false }).Select(s => s.Split(':')[0])));
        Assert.StartsWith("out.w: concreteDropout { temperature = 0.1; initialRate = 0.2 }, local", Families(Dropout with { LearnRate = true })[1]);
    }

    [Fact]
    public void AModelWithoutWeightsIsRefused()
    {
        var (model, _) = Samples.Mean();
        var diagnostic = Assert.Single(Dropout.Explain(model).Diagnostics);
        Assert.Equal(InferenceCodes.GuideRefuses, diagnostic.Code);
        Assert.Contains("'mu', for one, is none: it is a single number", diagnostic.Message);
        var linear = ModelBuilder.Bind(3, ["y"], b =>
        {
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([2, 1]));
            b.Draw("y", Normal.Of(TensorMath.Squeeze(TensorMath.MatMul(b.PerRow("x", [2]), w), 1), b.Real(1)), perRow: true);
        });
        Assert.Contains("inputs = false", Assert.Single((Dropout with { Inputs = false }).Explain(linear).Diagnostics).Message);
        Assert.Empty(Dropout.Explain(linear).Diagnostics);
    }

    [Fact]
    public void AFitComesBackFromItsGuideAndParameters()
    {
        var (model, data) = Samples.Net(DType.F32);
        foreach (var algorithm in new[] { Dropout, Dropout with { LearnRate = true } })
        {
            var fit = algorithm.Fit(new(model, data, Backend, 7)).Required;
            var guide = GuideClauses.Write(fit.Posterior.Guide.Clauses);
            var again = ((Vi)AlgorithmRegistry.Algorithms.Bind(new OptionValue.Call("vi", [], [new("guide", guide)])).Required).Guide;
            var loaded = Posterior.FromParameters(model, again, fit.Posterior.Parameters).Required;
            var options = new PredictOptions { Draws = 9, Seed = 5 };
            var (before, after) = (fit.Posterior.Predict(Backend, data, options).Required, loaded.Predict(Backend, data, options).Required);
            Assert.Equal(before.LogDensity, after.LogDensity);
            Assert.True(fit.History[^1].Elbo > fit.History[0].Elbo);
            // Dropped at prediction too.
            Assert.NotEqual(before.LogDensity, fit.Posterior.Predict(Backend, data, options with { Seed = 6 }).Required.LogDensity);
            if (algorithm.LearnRate) Assert.NotEqual((float)Math.Log(0.25), (float)fit.Posterior.Parameters["h.w.rateLogit"][0]);
        }
    }
}
