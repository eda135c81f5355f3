using FsCheck;
using FsCheck.Fluent;
using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Tests.Metrics;

/// <summary>Streamed predictions of numbers: total variance, bounded quantiles, units.</summary>
public sealed class RealAccumulatorTests
{
    [Fact]
    public void VarianceSplitsByTheLawOfTotalVariance()
    {
        var gathered = new RealAccumulator(2);
        gathered.AddMoments([1, 100, 4, 100], [0.5, 9, 1.5, 16]);
        gathered.AddMoments([7, 100], [4, 2]);
        gathered.AddDraws([0, 0]);
        var summary = gathered.Summary();
        Assert.Equal([4, 100], summary.Mean);
        Assert.Equal([2, 9], summary.AleatoricVariance);
        Assert.Equal([6, 0], summary.EpistemicVariance); // (9 + 0 + 9) / 3
        Assert.Equal([8, 9], summary.TotalVariance);
    }

    [Fact]
    public void TheVarianceOfMeansSurvivesALargeOffset()
    {
        var gathered = new RealAccumulator(1);
        for (var s = 0; s < 100; s++) gathered.AddMoments([1e9 + (s % 2 == 0 ? 1 : -1)], [0]);
        gathered.AddDraws([0]);
        Assert.Equal(1, gathered.Summary().EpistemicVariance[0], 1e-6);
    }

    [Fact]
    public void QuantilesAreExactWhileDrawsFit()
    {
        var gathered = new RealAccumulator(3);
        gathered.AddMoments([0, 0, 0], [1, 1, 1]);
        // 101 draws in a scrambled order: the quantile at level q is 100 q, times the row's factor.
        double[] factors = [1, -2, 0.5];
        for (var s = 0; s < 101; s++) gathered.AddDraws(factors.Select(f => f * (s * 37 % 101)).ToArray());
        var summary = gathered.Summary();
        double[] levels = [2.5, 25, 50, 75, 97.5];
        for (var q = 0; q < 5; q++)
        {
            Assert.Equal(levels[q], summary.Quantile(q)[0], 1e-12);
            Assert.Equal(-2 * (100 - levels[q]), summary.Quantile(q)[1], 1e-12);
            Assert.Equal(0.5 * levels[q], summary.Quantile(q)[2], 1e-12);
        }
    }

    [Fact]
    public void BeyondTheCapacityTheDrawsAreThinnedEvenly()
    {
        // Draw s has the value s. With room for 8, after 8, 16, 32 … draws every 2nd, 4th, 8th … is left.
        var gathered = new RealAccumulator(1, capacity: 8);
        gathered.AddMoments([0], [1]);
        for (var s = 0; s < 100; s++)
        {
            gathered.AddDraws([s]);
            var stride = 1;
            while (s / stride + 1 > 8) stride *= 2;
            var kept = Enumerable.Range(0, s + 1).Where(k => k % stride == 0).ToArray();
            Assert.Equal(RealScores.Quantile([.. kept.Select(k => (double)k)], 0.25), gathered.Summary().Quantile(1)[0]);
            Assert.Equal(RealScores.Quantile([.. kept.Select(k => (double)k)], 0.975), gathered.Summary().Quantile(4)[0]);
        }
    }

    [Fact]
    public void ChunksOfDrawsDoNotMatterToTheLastBit()
    {
        Check.One(Config.QuickThrowOnFailure.WithReplay(41, 13), Prop.ForAll(Gen.Choose(1, 9).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (chunk, seed) =>
        {
            const int rows = 3, draws = 29;
            var values = Numbers.Normals(seed, draws * rows);
            var (whole, cut) = (new RealAccumulator(rows, 8), new RealAccumulator(rows, 8));
            whole.AddMoments(values, values);
            whole.AddDraws(values);
            for (var s = 0; s < draws; s += chunk)
            {
                var part = values.AsSpan(s * rows, Math.Min(chunk, draws - s) * rows);
                cut.AddMoments(part, part);
                cut.AddDraws(part);
            }
            return whole.Summary() == cut.Summary() && whole.Crps([1, 2, 3]).SequenceEqual(cut.Crps([1, 2, 3]));
        }));
    }

    [Fact]
    public void OriginalUnitsShiftAndScale()
    {
        var summary = new RealSummary(1, [2], [4], [9], [-1, 0, 1, 2, 3]);
        var original = summary.Original(new Affine(10, 5));
        Assert.Equal(new RealSummary(1, [20], [100], [225], [5, 10, 15, 20, 25]), original);
        var table = original.Score([26], nll: 0.5);
        Assert.Equal(6, table.Rmse);
        Assert.Equal(0, table.Coverage95);
        Assert.Equal(1, original.Score([25], 0.5).Coverage95);
        Assert.Equal(["nll", "rmse", "coverage95"], table.Values.Select(v => v.Name));
    }

    [Fact]
    public void LogDensitiesChangeVariables()
    {
        // y = 10 + 5 t with t normal (0.3, 2) is normal (11.5, 10).
        static double Normal(double x, double mean, double scale) => -0.5 * Math.Log(2 * Math.PI) - Math.Log(scale) - (x - mean) * (x - mean) / (2 * scale * scale);
        var units = new Affine(10, 5);
        Assert.Equal(Normal(17, 11.5, 10), units.OriginalLogDensity(Normal(units.Transform(17), 0.3, 2)), 1e-14);
    }

    [Fact]
    public void AnOddCapacityIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new RealAccumulator(1, 7));
        Assert.Throws<ArgumentException>(() => new RealAccumulator(1, 0));
        Assert.Throws<InvalidOperationException>(() => new RealAccumulator(1).Summary());
    }
}
