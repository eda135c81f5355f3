using ProbNet.Benchmarks;

namespace ProbNet.House.Tests;

/// <summary>The benchmarks build, run, and hold our steps to allocating nothing.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public void A_tiny_comparison_runs_and_no_step_allocates()
    {
        var output = new StringWriter();
        var lines = Comparison.Run(ComparisonOptions.Parse(["--quick", "--no-python"]), output);
        Assert.Equal(Cases.All(quick: true).SelectMany(g => g.Cases).Select(c => c.Name), lines.Select(l => l.Case));
        Assert.Equal(15, lines.Count(l => l.IsStep));
        Assert.All(lines, line => Assert.True(line.Ours.Best > 0 && double.IsFinite(line.Ours.Median), line.Case));
        Assert.All(lines.Where(l => l.IsStep), line => Assert.True(line.Allocated == 0, $"{line.Case} allocates {line.Allocated} bytes"));
        // Prediction builds tables of results, so the counter itself is seen to count.
        Assert.True(lines.Single(l => l.Case == Cases.Predict).Allocated > 0);
        Assert.Contains("not measured", output.ToString());
    }

    [Fact]
    public void A_goal_that_compares_with_PyTorch_uses_the_median_of_the_rounds_ratios()
    {
        Timing ours = Timing.Of([[2.0, 2, 2], [4, 4, 4], [30, 3, 3]]), theirs = Timing.Of([[4.0], [4], [12]]);
        Assert.Equal((3, 2), (ours.Median, ours.Best));
        Assert.Equal(0.5, ours.Over(theirs));
        var digits = Cases.Step(Cases.Digits, "shared");
        var goal = Goal.Of([new(digits, 1, ours, theirs, ours.Over(theirs), 1.01, 0, 0) { IsStep = true }]).Single(g => g.Measure == digits);
        Assert.Equal((1.01, false), (goal.Value, goal.IsMet));
    }
}
