using FsCheck;
using FsCheck.Fluent;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Tests.Metrics;

/// <summary>Scores of class probabilities against values worked out by hand and against their definitions.</summary>
public sealed class ClassScoreTests
{
    // Three rows, three classes; the first right, the second wrong, the third a tie that the lower id wins.
    private static readonly double[] Probabilities = [0.7, 0.2, 0.1, 0.1, 0.3, 0.6, 0.1, 0.45, 0.45];
    private static readonly long[] Labels = [0, 1, 1];

    [Fact]
    public void AccuracyCountsRowsWhoseMostProbableClassIsTheLabel()
    {
        Assert.Equal([0, 2, 1], ClassScores.Predicted(Probabilities, 3));
        Assert.Equal(2.0 / 3, ClassScores.Accuracy(Probabilities, 3, Labels));
    }

    [Fact]
    public void BrierSumsOverAllClasses()
    {
        double first = 0.09 + 0.04 + 0.01, second = 0.01 + 0.49 + 0.36, third = 0.01 + 0.3025 + 0.2025;
        Assert.Equal((first + second + third) / 3, ClassScores.Brier(Probabilities, 3, Labels), 1e-15);
        Assert.Equal(2, ClassScores.Brier([1, 0], 2, [1]));
        Assert.Equal(0, ClassScores.Brier([1, 0], 2, [0]));
    }

    [Fact]
    public void CalibrationErrorIsTheWeightedGapOfEachBin()
    {
        // Confidences 0.7 (right) and 0.6 (wrong) in bins 11 and 9 of 15, 0.45 (right) in bin 7.
        Assert.Equal((0.3 + 0.6 + 0.55) / 3, ClassScores.ExpectedCalibrationError(Probabilities, 3, Labels), 1e-15);
        // In one bin the gaps of a right and a wrong row cancel: (1 - 0.7) + (0 - 0.69) = -0.39.
        Assert.Equal(0.39 / 2, ClassScores.ExpectedCalibrationError([0.7, 0.3, 0.69, 0.31], 2, [0, 1]), 1e-15);
    }

    [Fact]
    public void AnEdgeBelongsToTheBinBelowIt()
    {
        for (var m = 1; m <= ClassScores.CalibrationBins; m++)
        {
            var edge = m / (double)ClassScores.CalibrationBins;
            Assert.Equal(m - 1, ClassScores.Bin(edge));
            if (m < ClassScores.CalibrationBins) Assert.Equal(m, ClassScores.Bin(Math.BitIncrement(edge)));
        }
        Assert.Equal(0, ClassScores.Bin(0));
        Assert.Equal(14, ClassScores.Bin(1));
    }

    [Fact]
    public void APerfectlyCalibratedPredictionHasNoCalibrationError()
    {
        // 5 rows of confidence 0.8, four right; 10 rows of 0.9, nine right.
        var rows = Enumerable.Repeat(0.8, 5).Concat(Enumerable.Repeat(0.9, 10)).SelectMany(p => new[] { p, 1 - p }).ToArray();
        long[] labels = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        Assert.Equal(0, ClassScores.ExpectedCalibrationError(rows, 2, labels), 1e-15);
    }

    [Fact]
    public void CalibrationErrorMatchesItsDefinition()
    {
        var rows = Gen.Choose(1, 40).SelectMany(n => Gen.Choose(0, 1000).ListOf(n)).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithReplay(17, 5), Prop.ForAll(rows, picks =>
        {
            double[] confidence = [.. picks.Select(k => 0.5 + k / 2000.0)];
            bool[] right = [.. picks.Select(k => k % 7 < 4)];
            var probabilities = confidence.SelectMany(c => new[] { c, 1 - c }).ToArray();
            long[] labels = [.. confidence.Select((c, i) => c == 0.5 || right[i] ? (right[i] ? 0L : 1L) : 1L)];
            var expected = Enumerable.Range(0, confidence.Length).GroupBy(i => Math.Min(14, (int)Math.Ceiling(Math.Round(confidence[i] * 15, 12)) - 1))
                .Sum(b => b.Count() / (double)confidence.Length * Math.Abs(b.Average(i => right[i] ? 1.0 : 0.0) - b.Average(i => confidence[i])));
            return Math.Abs(expected - ClassScores.ExpectedCalibrationError(probabilities, 2, labels)) < 1e-12;
        }));
    }

    [Fact]
    public void EntropyIsLogKForEqualClassesAndZeroForACertainOne()
    {
        Assert.Equal(Math.Log(7), ClassScores.Entropy(Enumerable.Repeat(1.0 / 7, 7).ToArray()), 1e-15);
        Assert.Equal(0, ClassScores.Entropy([0, 1, 0]));
        Assert.True(double.IsNaN(ClassScores.Entropy([double.NaN, 1])));
    }

    [Fact]
    public void WrongCountsAndNoRowsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => ClassScores.Accuracy(Probabilities, 3, [0L, 1]));
        Assert.Throws<ArgumentException>(() => ClassScores.Brier([], 3, []));
        Assert.Throws<ArgumentException>(() => ClassScores.Predicted([0.5, 0.5, 1], 2));
    }
}
