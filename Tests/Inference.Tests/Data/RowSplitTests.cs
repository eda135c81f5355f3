using FsCheck;
using FsCheck.Fluent;
using ProbNet.Inference.Data;

namespace ProbNet.Inference.Tests.Data;

/// <summary>The split of rows: a partition, fixed by seed and number of rows, stratified when asked.</summary>
public sealed class RowSplitTests
{
    private static SplitSpec Spec(double heldOut, double validation, long seed = 7) => new(heldOut, validation, seed, null);

    [Fact]
    public void PartsPartitionTheRowsInFileOrderWithTheStatedCounts() =>
        Check.One(Config.QuickThrowOnFailure.WithReplay(6, 1), Prop.ForAll(Gen.Choose(1, 300).ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), Gen.Choose(0, 39).ToArbitrary(), (rows, h, v) =>
        {
            var spec = Spec(h / 100.0, v / 100.0, seed: rows + h);
            int heldOut = Count(h, rows), validation = Count(v, rows);
            if (RowSplit.Of(spec, rows, null) is not { } split) return heldOut + validation >= rows;
            int[] all = [.. split.Training, .. split.Validation, .. split.HeldOut];
            return heldOut + validation < rows && split.HeldOut.Count == heldOut && split.Validation.Count == validation
                && all.Order().SequenceEqual(Enumerable.Range(0, rows))
                && new[] { split.Training, split.Validation, split.HeldOut }.All(p => p.SequenceEqual(p.Order()));
        }));

    private static int Count(int percent, int rows) => percent == 0 ? 0 : Math.Max(1, (percent * rows + 50) / 100);

    [Fact]
    public void SeedAndRowsFixTheSplitOnEveryMachine()
    {
        // These rows are part of the format: saved runs and published results rely on them.
        var split = RowSplit.Of(Spec(0.2, 0.1, seed: 7), 20, null)!;
        Assert.Equal([6, 8, 10, 17], split.HeldOut);
        Assert.Equal([9, 15], split.Validation);
        Assert.NotEqual(split, RowSplit.Of(Spec(0.2, 0.1, seed: 8), 20, null));
        Assert.NotEqual(split, RowSplit.Of(Spec(0.2, 0.1, seed: 7 + (1L << 32)), 20, null));
    }

    [Fact]
    public void EveryRowIsHeldOutEquallyOften()
    {
        // Over 4000 seeds each of 11 rows is held out (3 of 11 a split) with probability 3/11; by Hoeffding's inequality a count is off by more
        // than t with probability 2 exp(-2 t^2 / 4000), which for 11 rows and a false alarm of 1e-6 gives t = sqrt(2000 log(22e6)) = 184.
        const int seeds = 4000, rows = 11;
        var counts = new int[rows];
        for (var seed = 0; seed < seeds; seed++)
        {
            foreach (var row in RowSplit.Of(Spec(0.27, 0, seed), rows, null)!.HeldOut) counts[row]++;
        }
        Assert.All(counts, c => Assert.True(Math.Abs(c - seeds * 3.0 / 11) < Math.Sqrt(seeds / 2.0 * Math.Log(2 * rows / 1e-6)), $"{c}"));
    }

    [Fact]
    public void StrataKeepTheirProportions() =>
        Check.One(Config.QuickThrowOnFailure.WithReplay(12, 3), Prop.ForAll(Gen.Choose(2, 6).SelectMany(k => Gen.Choose(1, 40).ListOf(k)).ToArbitrary(), Gen.Choose(1, 45).ToArbitrary(), Gen.Choose(0, 45).ToArbitrary(), (sizes, h, v) =>
        {
            // Strata lie in blocks, as in a sorted file.
            string[] strata = [.. sizes.SelectMany((size, c) => Enumerable.Repeat($"c{c}", size))];
            if (RowSplit.Of(Spec(h / 100.0, v / 100.0), strata.Length, strata) is not { } split) return true;
            bool Even(IReadOnlyList<int> part) => sizes.Select((size, c) => (Share: (double)size / strata.Length, Count: part.Count(r => strata[r] == $"c{c}")))
                .All(s => Math.Abs(s.Count - part.Count * s.Share) <= 0.5 + s.Share * (sizes.Count - 2) / 2 + 1e-9);
            return Even([.. split.HeldOut]) && Even([.. split.HeldOut, .. split.Validation])
                && split.Training.Count + split.Validation.Count + split.HeldOut.Count == strata.Length;
        }));

    [Fact]
    public void EqualClassesGiveEqualParts()
    {
        string[] strata = [.. Enumerable.Range(0, 150).Select(r => $"c{r / 50}")];
        var split = RowSplit.Of(Spec(0.2, 0.1), 150, strata)!;
        foreach (var (part, each) in new[] { (split.HeldOut, 10), (split.Validation, 5), (split.Training, 35) })
        {
            Assert.Equal([each, each, each], part.GroupBy(r => strata[r]).Select(g => g.Count()));
        }
    }

    [Fact]
    public void AFractionTakesAtLeastARowAndLeavesOne()
    {
        Assert.Equal((1, 1, 1), RowSplit.Of(Spec(0.01, 0.01), 3, null) is { } s ? (s.HeldOut.Count, s.Validation.Count, s.Training.Count) : default);
        Assert.Null(RowSplit.Of(Spec(0.01, 0.01), 2, null));
        Assert.Null(RowSplit.Of(Spec(0.9, 0.09), 5, null));
    }
}
