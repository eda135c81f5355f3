using FsCheck;
using FsCheck.Fluent;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Tests.Metrics;

/// <summary>Streamed class probabilities: moments, the parts of entropy, independence of how draws are cut.</summary>
public sealed class ClassAccumulatorTests
{
    [Fact]
    public void EntropySplitsIntoAleatoricAndEpistemic()
    {
        // Row 0: two certain draws that disagree: all epistemic. Row 1: two equal uncertain draws: all aleatoric.
        var gathered = new ClassAccumulator(2, 2);
        gathered.Add([1, 0, 0.3, 0.7]);
        gathered.Add([0, 1, 0.3, 0.7]);
        var summary = gathered.Summary();
        Assert.Equal([0.5, 0.5, 0.3, 0.7], summary.Probabilities);
        Assert.Equal(Math.Log(2), summary.Entropy[0], 1e-15);
        Assert.Equal(Math.Log(2), summary.MutualInformation[0], 1e-15);
        Assert.Equal(-0.3 * Math.Log(0.3) - 0.7 * Math.Log(0.7), summary.Entropy[1], 1e-15);
        Assert.Equal(0, summary.MutualInformation[1], 1e-15);
    }

    [Fact]
    public void MutualInformationIsTheMeanDivergenceFromTheMean()
    {
        // I = (1/S) sum_s KL(p_s || mean p), another form of the same quantity.
        double[] draws = [0.1, 0.6, 0.3, 0.25, 0.25, 0.5, 0.05, 0.9, 0.05];
        double[] mean = [0.4 / 3, 1.75 / 3, 0.85 / 3];
        var expected = Enumerable.Range(0, 9).Sum(j => draws[j] * Math.Log(draws[j] / mean[j % 3])) / 3;
        var gathered = new ClassAccumulator(1, 3);
        gathered.Add(draws);
        Assert.Equal(expected, gathered.Summary().MutualInformation[0], 1e-15);
    }

    [Fact]
    public void ChunksOfDrawsDoNotMatterToTheLastBit()
    {
        Check.One(Config.QuickThrowOnFailure.WithReplay(3, 11), Prop.ForAll(Gen.Choose(1, 6).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (chunk, seed) =>
        {
            const int rows = 3, classes = 5, draws = 7;
            var values = Numbers.Uniforms(seed, draws * rows * classes);
            var (whole, cut) = (new ClassAccumulator(rows, classes), new ClassAccumulator(rows, classes));
            whole.Add(values);
            for (var s = 0; s < draws; s += chunk) cut.Add(values.AsSpan(s * rows * classes, Math.Min(chunk, draws - s) * rows * classes));
            return whole.Summary() == cut.Summary();
        }));
    }

    [Fact]
    public void ATruthValueHasTwoClasses()
    {
        var (direct, both) = (new ClassAccumulator(2, 2), new ClassAccumulator(2, 2));
        direct.AddBernoulli([0.25, 0.5, 0.75, 1]);
        both.Add([0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0, 1]);
        Assert.Equal(both.Summary(), direct.Summary());
        Assert.Throws<ArgumentException>(() => new ClassAccumulator(2, 3).AddBernoulli([0.5, 0.5]));
    }

    [Fact]
    public void ScoresAreThoseOfTheMeanProbabilities()
    {
        var gathered = new ClassAccumulator(2, 2);
        gathered.Add([0.9, 0.1, 0.6, 0.4, 0.7, 0.3, 0.2, 0.8]); // means 0.8, 0.2 and 0.4, 0.6
        var table = gathered.Summary().Score([0, 0], nll: 1.25);
        Assert.Equal(0.5, table.Accuracy);
        Assert.Equal(1.25, table.Nll);
        Assert.Equal((2 * 0.04 + 2 * 0.36) / 2, table.Brier!.Value, 1e-15);
        Assert.Equal((0.2 + 0.6) / 2, table.Ece!.Value, 1e-15);
        Assert.Null(table.Rmse);
        Assert.Null(table.Coverage95);
        Assert.Equal(["accuracy", "nll", "ece", "brier", "entropy", "mutualInformation"], table.Values.Select(v => v.Name));
    }

    [Fact]
    public void NothingAddedIsRefused() => Assert.Throws<InvalidOperationException>(() => new ClassAccumulator(2, 2).Summary());
}
