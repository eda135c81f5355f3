using FsCheck;
using FsCheck.Fluent;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Tests.Metrics;

/// <summary>The running log-mean-exp.</summary>
public sealed class PredictiveLogDensityTests
{
    [Fact]
    public void ItIsTheLogOfTheMeanDensityNotTheMeanOfLogs()
    {
        var gathered = new PredictiveLogDensity(2);
        gathered.Add([Math.Log(0.5), Math.Log(0.02)]);
        gathered.Add([Math.Log(0.1), Math.Log(0.04), Math.Log(0.3), Math.Log(0.03)]);
        Assert.Equal(Math.Log(0.3), gathered.PerRow()[0], 1e-15);
        Assert.Equal(Math.Log(0.03), gathered.PerRow()[1], 1e-14);
        Assert.Equal(-(Math.Log(0.3) + Math.Log(0.03)) / 2, gathered.NegMean(), 1e-14);
        Assert.True(-gathered.NegMean() > (Math.Log(0.5) + Math.Log(0.1) + Math.Log(0.3) + Math.Log(0.02) + Math.Log(0.04) + Math.Log(0.03)) / 6 + 0.01);
    }

    [Fact]
    public void FarLogDensitiesNeitherOverflowNorVanish()
    {
        Assert.Equal(-5000 + Math.Log(0.5 * (1 + Math.Exp(-2))), PredictiveLogDensity.LogMeanExp([-5000, -5002]), 1e-12);
        Assert.Equal(5000 + Math.Log(0.5 * (1 + Math.Exp(-2))), PredictiveLogDensity.LogMeanExp([4998, 5000]), 1e-12);
        Assert.Equal(3 - Math.Log(2), PredictiveLogDensity.LogMeanExp([3, double.NegativeInfinity]), 1e-15);
        Assert.Equal(3 - Math.Log(2), PredictiveLogDensity.LogMeanExp([double.NegativeInfinity, 3]), 1e-15);
        Assert.Equal(double.NegativeInfinity, PredictiveLogDensity.LogMeanExp([double.NegativeInfinity, double.NegativeInfinity]));
        Assert.True(double.IsNaN(PredictiveLogDensity.LogMeanExp([1, double.NaN, 2])));
        Assert.True(double.IsNaN(PredictiveLogDensity.LogMeanExp([double.NaN, 1])));
    }

    [Fact]
    public void ChunksOfDrawsDoNotMatterToTheLastBitAndTheValueIsTheDefinition()
    {
        Check.One(Config.QuickThrowOnFailure.WithReplay(29, 7), Prop.ForAll(Gen.Choose(1, 9).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (chunk, seed) =>
        {
            const int rows = 3, draws = 11;
            double[] values = [.. Numbers.Normals(seed, draws * rows).Select(z => 4 * z - 1)];
            var (whole, cut) = (new PredictiveLogDensity(rows), new PredictiveLogDensity(rows));
            whole.Add(values);
            for (var s = 0; s < draws; s += chunk) cut.Add(values.AsSpan(s * rows, Math.Min(chunk, draws - s) * rows));
            var direct = Enumerable.Range(0, rows).Select(i => Math.Log(Enumerable.Range(0, draws).Average(s => Math.Exp(values[s * rows + i]))));
            return whole.PerRow().SequenceEqual(cut.PerRow()) && direct.Zip(whole.PerRow()).All(p => Math.Abs(p.First - p.Second) < 1e-13 * (1 + Math.Abs(p.First)));
        }));
    }

    [Fact]
    public void AnIncompleteDrawIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new PredictiveLogDensity(3).Add([0, 0]));
        Assert.Throws<InvalidOperationException>(() => new PredictiveLogDensity(3).PerRow());
    }
}
