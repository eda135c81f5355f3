using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Enumeration;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Posteriors;

/// <summary>The density of training rows whose latent values a guide has fitted to those rows: weighted back to the prior it is the marginal density.</summary>
public class TrainingDensityTests
{
    private static readonly IBackend Backend = new ReferenceBackend();
    private static readonly double[] Y = [0.3, -2.1, 3.7, 1.4, -0.6];

    private const string Factor = """
        model factor [n] = prob {
            let! code = normal 0.0 1.0 |> iid [n]
            let! y = normal (2.0 * code) 1.5
            return y
        }
        """;

    private const string Clusters = """
        model clusters [n] = prob {
            let! z = bernoulliProbs 0.4 |> iid [n]
            let! mu = normal (if z = 1 then 2.0 else -2.0) 0.5
            let! y = normal mu 0.7
            return y
        }
        """;

    [Fact]
    public void WithTheExactPosteriorEveryDrawGivesTheMarginalDensity()
    {
        var (model, data) = Programs.Bind(Factor, Y.Length, "n", new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([Y.Length], Y) });
        // code | y ~ N(2 y / (4 + 1.5²), 1.5² / (4 + 1.5²)).
        var (precision, scale) = (4 + 2.25, Math.Sqrt(2.25 / 6.25));
        var posterior = Posterior.FromParameters(model, [new(new NormalGuide())], Parameters("code", Y.Select(y => 2 * y / precision), scale)).Value!;
        var found = posterior.Predict(Backend, data, new() { Draws = 3, Rows = RowIdentity.Training, RowChunk = 2 }).Required;
        for (var i = 0; i < Y.Length; i++) Assert.Equal(Mixtures.LogNormal(Y[i], 0, Math.Sqrt(6.25)), found.LogDensity!.Value[i], 1e-10);
    }

    [Fact]
    public void APriorWithADiscreteParentIsItsMixture()
    {
        const int Draws = 20000;
        var (model, data) = Programs.Bind(Clusters, Y.Length, "n", new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([Y.Length], Y) });
        // Wider than the posterior, so that the weights are bounded.
        var posterior = Posterior.FromParameters(model, [new(new NormalGuide())], Parameters("mu", Y.Select(y => y), 1.1)).Value!;
        var found = posterior.Predict(Backend, data, new() { Draws = Draws, Rows = RowIdentity.Training }).Required;
        for (var i = 0; i < Y.Length; i++)
        {
            double Joint(double mu) => Math.Exp(Mixtures.LogNormal(Y[i], mu, 0.7)) * (0.4 * Math.Exp(Mixtures.LogNormal(mu, 2, 0.5)) + 0.6 * Math.Exp(Mixtures.LogNormal(mu, -2, 0.5)));
            var sd = Math.Sqrt(0.25 + 0.49);
            var exact = 0.4 * Math.Exp(Mixtures.LogNormal(Y[i], 2, sd)) + 0.6 * Math.Exp(Mixtures.LogNormal(Y[i], -2, sd));
            // The variance of a weight, E_q[(p / q)²] - exact², by the trapezium rule.
            var square = Enumerable.Range(-20000, 40001).Sum(k => 0.001 * Math.Pow(Joint(0.001 * k), 2) / Math.Exp(Mixtures.LogNormal(0.001 * k, Y[i], 1.1)));
            Assert.Equal(exact, Math.Exp(found.LogDensity!.Value[i]), 6 * Math.Sqrt((square - exact * exact) / Draws));
        }
    }

    [Fact]
    public void WhereAGuideHasNoDensityOfARowThereIsNoneAndTheReasonIsTold()
    {
        var (model, data) = Programs.Bind(Factor, Y.Length, "n", new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([Y.Length], Y) });
        foreach (var family in (GuideFamily[])[new DeltaGuide(), new MultivariateNormalGuide()])
        {
            var plan = GuidePlan.For(model, [new(family)]).Required;
            var posterior = Posterior.FromParameters(model, plan, plan.Parameters.ToDictionary(p => p.Name, p => HostTensor.Zeros(DType.F64, p.Shape))).Required;
            var found = posterior.Predict(Backend, data, new() { Draws = 2, Rows = RowIdentity.Training }).Required;
            Assert.Null(found.Nll);
            Assert.Contains("'code'", found.WithoutDensity);
            // New rows have values from the prior, which need no weight.
            var fresh = posterior.Predict(Backend, data, new() { Draws = 2 }).Required;
            Assert.NotNull(fresh.Nll);
            Assert.Null(fresh.WithoutDensity);
        }
    }

    [Fact]
    public void AFactorOnTheRowsOwnValuesLeavesTheirPriorUnknown()
    {
        var text = Factor.Replace("    let! y", "    do! factor (-0.5 * square code)\n    let! y", StringComparison.Ordinal);
        var (model, data) = Programs.Bind(text, Y.Length, "n", new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([Y.Length], Y) });
        var posterior = Posterior.FromParameters(model, [new(new NormalGuide())], Parameters("code", Y, 0.5)).Value!;
        var found = posterior.Predict(Backend, data, new() { Draws = 2, Rows = RowIdentity.Training }).Required;
        Assert.Null(found.Nll);
        Assert.Contains("changes the prior", found.WithoutDensity);
    }

    private static Dictionary<string, HostTensor> Parameters(string site, IEnumerable<double> loc, double scale) => new()
    {
        [$"{site}.loc"] = HostTensor.Of([Y.Length], [.. loc]),
        [$"{site}.rho"] = HostTensor.Of([Y.Length], [.. Y.Select(_ => Math.Log(Math.Exp(scale) - 1))]),
    };
}
