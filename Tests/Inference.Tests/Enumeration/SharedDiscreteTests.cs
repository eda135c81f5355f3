using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Inference.Workflow;

namespace ProbNet.Inference.Tests.Enumeration;

/// <summary>Discrete sites that all rows share: what is predicted given the training data, against sums over all configurations.</summary>
public class SharedDiscreteTests
{
    private static readonly IBackend Backend = new ReferenceBackend();

    private const string Switch = """
        model switch [n] = prob {
            let! s = normal 0.0 1.0
            let! z = bernoulliProbs 0.3
            let! y = normal ((if z = 1 then 4.0 else -4.0) + s) 2.5 |> iid [n]
            return y
        }
        """;

    // Two discrete sites for each of two groups, and one of each row's own.
    private const string Groups = """
        let blk = prob {
            let! z = bernoulliProbs 0.35
            let! w = bernoulliProbs 0.2
            return (if z = 1 then 2.0 else -2.0) + (if w = 1 then 1.5 else 0.0)
        }
        model groups (first : real[n]) = prob {
            let! slope = normal 0.0 1.0
            let! level = blk |> iid [2]
            let! flip = bernoulliProbs 0.25 |> iid [n]
            let! y = normal (slope + first * level.[0] + (1.0 - first) * level.[1] + (if flip = 1 then 3.0 else 0.0)) 1.7
            return y
        }
        """;

    [Fact]
    public void TrainingAndNewRowsTakeThePosteriorGivenTheTrainingData()
    {
        const int Draws = 4000;
        // Weak evidence: the posterior of z is neither 0 nor 1, nor its prior.
        double[] y = [0.9, -1.1, 2.3];
        var (model, data) = Programs.Bind(Switch, y.Length, "n", Values(("y", y)));
        var posterior = At(model, ("s.loc", 0.4));
        double[] logs = [.. new[] { -4.0, 4.0 }.Select((m, k) => Math.Log(k == 1 ? 0.3 : 0.7) + y.Sum(v => Mixtures.LogNormal(v, m + 0.4, 2.5)))];
        var one = Math.Exp(logs[1] - BruteForce.LogSum(logs));
        Assert.InRange(one, 0.4, 0.9);
        var (mean, spread) = (0.4 + 8 * one - 4, 8 * Math.Sqrt(one * (1 - one)));
        // Six standard errors of a mean of draws; a false alarm has a probability below 1e-8.
        var error = 6 * spread / Math.Sqrt(Draws);
        Assert.True(Math.Abs(mean - (0.4 + 8 * 0.3 - 4)) > 4 * error);

        double[] fresh = [1.0, 5.0];
        foreach (var (rows, values) in new[] { (data, y), (new DataSet(Values(("y", fresh)), 2), fresh) })
        {
            var found = posterior.Predict(Backend, rows, new() { Draws = Draws, Trained = data }).Required;
            var summary = ((SitePrediction.Real)found["y"]).Summary;
            for (var i = 0; i < values.Length; i++)
            {
                Assert.Equal(mean, summary.Mean[i], error);
                // What all rows share is not noise of a row: its variance is epistemic.
                Assert.Equal(6.25, summary.AleatoricVariance[i], 1e-9);
                Assert.Equal(spread * spread, summary.EpistemicVariance[i], spread * error);
            }
            double Density(double v, double p) => BruteForce.LogSum([Math.Log(1 - p) + Mixtures.LogNormal(v, -3.6, 2.5), Math.Log(p) + Mixtures.LogNormal(v, 4.4, 2.5)]);
            // The density is a mixture with the share of draws of z as weight, which has the same error as the mean.
            for (var i = 0; i < values.Length; i++) Assert.InRange(found.LogDensity!.Value[i], Math.Min(Density(values[i], one - error / 8), Density(values[i], one + error / 8)), Math.Max(Density(values[i], one - error / 8), Density(values[i], one + error / 8)));
        }
        // Without the training data the prior is all there is.
        var prior = ((SitePrediction.Real)posterior.Predict(Backend, data, new() { Draws = Draws }).Required["y"]).Summary;
        Assert.Equal(0.4 + 8 * 0.3 - 4, prior.Mean[0], 6 * 8 * Math.Sqrt(0.3 * 0.7) / Math.Sqrt(Draws));
    }

    [Fact]
    public void ARowsOwnDiscreteValueKeepsItsPriorBesideOnesThatAreShared()
    {
        const int Draws = 3000;
        double[] first = [1, 1, 0, 1, 0], y = [1.2, -0.7, 0.8, 3.1, -2.4];
        var (model, data) = Programs.Bind(Groups, y.Length, "n", Values(("y", y), ("first", first)));
        var posterior = At(model, ("slope.loc", 0.15));
        // p(z, w of a group | its rows) with the rows' own flips summed out.
        double Level(int c) => (c % 2 == 1 ? 2.0 : -2.0) + (c / 2 == 1 ? 1.5 : 0.0) + 0.15;
        double Row(double v, int c) => BruteForce.LogSum([Math.Log(0.75) + Mixtures.LogNormal(v, Level(c), 1.7), Math.Log(0.25) + Mixtures.LogNormal(v, Level(c) + 3, 1.7)]);
        double[] Shares(double group)
        {
            double[] logs = [.. Enumerable.Range(0, 4).Select(c => Math.Log((c % 2 == 1 ? 0.35 : 0.65) * (c / 2 == 1 ? 0.2 : 0.8)) + y.Where((_, i) => first[i] == group).Sum(v => Row(v, c)))];
            return [.. logs.Select(l => Math.Exp(l - BruteForce.LogSum(logs)))];
        }
        var found = TrainingRows.Predict(posterior, Backend, data, new() { Draws = Draws }).Required;
        for (var i = 0; i < y.Length; i++)
        {
            var shares = Shares(first[i]);
            var mean = Enumerable.Range(0, 4).Sum(c => shares[c] * (Level(c) + 0.75));
            var variance = Enumerable.Range(0, 4).Sum(c => shares[c] * (Level(c) + 0.75 - mean) * (Level(c) + 0.75 - mean));
            Assert.Equal(mean, ((SitePrediction.Real)found["y"]).Summary.Mean[i], 6 * Math.Sqrt(variance / Draws));
            Assert.Equal(1.7 * 1.7 + 9 * 0.25 * 0.75, ((SitePrediction.Real)found["y"]).Summary.AleatoricVariance[i], 1e-9);
            double[] densities = [.. Enumerable.Range(0, 4).Select(c => Math.Exp(Row(y[i], c)))];
            var density = densities.Zip(shares, (d, p) => d * p).Sum();
            var deviation = Math.Sqrt(densities.Zip(shares, (d, p) => p * (d - density) * (d - density)).Sum());
            Assert.Equal(density, Math.Exp(found.LogDensity!.Value[i]), 6 * deviation / Math.Sqrt(Draws));
        }
    }

    private static Dictionary<string, HostTensor> Values(params (string Name, double[] Values)[] values) => values.ToDictionary(v => v.Name, v => HostTensor.Of([v.Values.Length], v.Values));

    private static Posterior At(BoundModel model, params (string Name, double Value)[] parameters) =>
        Posterior.FromParameters(model, [new(new DeltaGuide())], parameters.ToDictionary(p => p.Name, p => HostTensor.Of([], [p.Value]))).Value!;
}
