using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>What all methods that train points or members have in common.</summary>
public class PointTrainingTests
{
    private static readonly ReferenceBackend Backend = new();

    private static TrainingOptions Options => new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 12, Batch = 3 };

    public static TheoryData<string> Methods => ["swa", "swag", "multiSwag", "ensemble", "snapshotEnsemble", "svgd"];

    private static PointTraining Method(string name) => (name switch
    {
        "swa" => new Swa(),
        "swag" => new Swag { Rank = 2 },
        "multiSwag" => new MultiSwag { Members = 2, Rank = 2 },
        "ensemble" => new Ensemble { Members = 3 },
        "snapshotEnsemble" => new SnapshotEnsemble { Cycles = 4 },
        _ => (PointTraining)new Svgd { Particles = 3 },
    }) with { Training = Options };

    [Theory]
    [MemberData(nameof(Methods))]
    public void RunsWithRowsOfTheirOwnAndConstrainedSites(string name)
    {
        var (model, data) = Samples.Schools();
        var fit = Method(name).Fit(new(model, data, Backend, 3)).Required;
        var again = Method(name).Fit(new(model, data, Backend, 3)).Required;
        Assert.Equal(fit.Posterior.Parameters.OrderBy(p => p.Key), again.Posterior.Parameters.OrderBy(p => p.Key));
        Assert.Equal(12, fit.History.Count);
        var draws = fit.Posterior.Sample(Backend, new() { Draws = 6, Seed = 1 });
        Assert.All(draws.Latent, s => Assert.All(s.Values.ToDoubles(), v => Assert.True(double.IsFinite(v))));
        Assert.All(draws["tau"].ToDoubles(), v => Assert.True(v > 0));
        // The posterior as a run folder names it, read back, gives the same bits.
        var holder = new Vi();
        var text = GuideClauses.Write(fit.Posterior.Guide.Clauses);
        var read = GuideClauses.Option<Vi>("guide", v => v.Guide, (v, g) => v with { Guide = g }, withResults: true).Set(holder, text).Required;
        var loaded = Posterior.FromParameters(model, ((Vi)read).Guide, fit.Posterior.Parameters).Required;
        var options = new PredictOptions { Draws = 5, Seed = 2, Rows = RowIdentity.Training };
        double[] Means(Posterior p) => [.. ((SitePrediction.Real)p.Predict(Backend, data, options).Required.Sites[0]).Summary.Mean];
        Assert.Equal(Means(fit.Posterior), Means(loaded));
        Assert.All(Means(loaded), v => Assert.True(double.IsFinite(v)));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void ExplainSaysWhatIsLeftBehind(string name)
    {
        var (model, data) = Samples.Schools();
        var explained = Method(name).Explain(model).Required;
        var fit = Method(name).Fit(new(model, data, Backend, 3)).Required;
        Assert.Equal(fit.Sites, explained.Sites);
        Assert.All(explained.Sites, s => Assert.Equal(fit.Posterior.Guide.PartOf(s.Site).Family.Described, s.Family));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void OptionsAreWrittenAndReadBack(string name)
    {
        var method = Method(name);
        var read = AlgorithmRegistry.Algorithms.Bind(method.ToValue()).Required;
        Assert.Equal(method.ToString(), read.ToString());
    }

    [Fact]
    public void MembersAndPointsGatheredCountInTheForecast()
    {
        var (model, data) = Samples.Net(rows: 5000);
        var request = new FitRequest(model, data, new Backends.Cpu.CpuBackend(), 1) { Memory = new(1 << 20, 1 << 20, long.MaxValue, "the test"), Threads = 1 };
        long Part(PointTraining method, string part) => method.Forecast(request).Required.Training.Where(p => p.Name == part).Sum(p => p.Bytes);
        // Parameters, moments of adam and parameters of h.w 15, h.b 5, out.w 10, out.b 2 in double precision: 32 numbers.
        var one = new Ensemble { Members = 1, Training = Options with { Batch = 1000 } };
        Assert.InRange(Part(one with { Members = 7 }, "parameters and optimiser state"), 7 * 3 * 32 * 8, 7 * 3 * 32 * 8 + 7 * 3 * 4 * 64);
        Assert.Equal(7 * Part(one, "copies of parameters"), Part(one with { Members = 7 }, "copies of parameters"));
        Assert.True(Part(one with { Members = 7 }, "intermediate values of a step") > 3 * Part(one, "intermediate values of a step"));
        var swag = new Swag { Rank = 3, Training = Options with { Epochs = 80 } };
        var more = Part(swag with { Rank = 13 }, "points gathered") - Part(swag, "points gathered");
        Assert.Equal(2 * 10 * 32 * 8, more);
        Assert.Equal(2 * Part(swag, "points gathered"), Part(new MultiSwag { Members = 2, Rank = 3, Training = swag.Training }, "points gathered"));
    }

    [Fact]
    public void TooLittleMemoryNamesWhatWouldFit()
    {
        var (model, data) = Samples.Net(rows: 5000);
        var request = new FitRequest(model, data, new Backends.Cpu.CpuBackend(), 1) { Memory = new(0, 0, long.MaxValue, "the test"), Threads = 1 };
        var method = new Ensemble { Members = 64, Training = Options with { Batch = 500 } };
        var (all, half) = (method.Forecast(request).Required, (method with { Members = 32 }).Forecast(request).Required);
        Assert.True(half.Peak < all.Peak);
        var refused = Assert.IsType<FitOutcome.Refused>(method.Fit(request with { Memory = new(0, 0, (all.Peak + half.Peak) / 2, "the test") }));
        var diagnostic = Assert.Single(refused.Diagnostics);
        Assert.Equal(InferenceCodes.Memory, diagnostic.Code);
        Assert.Contains("members = 32", diagnostic.Hint);
        Assert.Contains("batch = 250", diagnostic.Hint);
    }
}
