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
        // Our backend on libtorch is the third side wherever its library is.
        var reason = output.ToString().Split('\n').FirstOrDefault(l => l.StartsWith("libtorch is left out", StringComparison.Ordinal));
        Assert.False(reason is not null && Environment.GetEnvironmentVariable("PROBNET_REQUIRE_TORCH") == "1", reason);
        Assert.All(lines, line => Assert.Equal(reason is null, line.Libtorch is { Best: > 0 } t && double.IsFinite(t.Median)));
        Assert.Equal(reason is null, output.ToString().Contains(" libtorch |", StringComparison.Ordinal));
    }

    [Fact]
    public void A_side_on_libtorch_has_goals_of_its_own_and_none_are_met_where_it_was_not_measured()
    {
        Timing engine = Timing.Of([[1.0], [1]]), libtorch = Timing.Of([[3.0], [6]]), pytorch = Timing.Of([[10.0], [30]]);
        var (shared, flipout) = (Cases.Step(Cases.Digits, "shared"), Cases.Step(Cases.Iris, "flipout"));
        Line At(string name, int threads, Timing? side) => new(name, threads, engine, pytorch, engine.Over(pytorch), null, 0, 0)
        { IsStep = true, Libtorch = side, LibtorchRatio = side?.Over(pytorch) };
        var goals = Goal.Of([At(shared, 1, libtorch), At(flipout, 1, libtorch), At(shared, 2, engine), At(flipout, 2, engine)]);
        // The median of 3 / 10 and 6 / 30; on one thread, and not the engine's.
        Assert.Equal((0.25, true), (goals.Single(g => g.Measure == $"{shared} on libtorch").Value!.Value, goals.Single(g => g.Measure == $"{shared} on libtorch").IsMet));
        Assert.Equal((4.0, true), (goals.Single(g => g.Measure == $"{flipout} on libtorch").Value!.Value, goals.Single(g => g.Measure == $"{flipout} on libtorch").IsMet));
        Assert.All(Goal.Of([At(shared, 1, null), At(flipout, 1, null)]).Where(g => g.Measure.EndsWith("on libtorch", StringComparison.Ordinal)), g => Assert.Null(g.IsMet));
    }

    [Fact]
    public void A_process_that_measures_is_started_without_what_misleads_the_matrix_library()
    {
        var start = new System.Diagnostics.ProcessStartInfo("anything");
        start.Environment["OPENBLAS_CORETYPE"] = "Haswell";
        start.Environment["OMP_NUM_THREADS"] = "17";
        start.Settled(3);
        Assert.False(start.Environment.ContainsKey("OPENBLAS_CORETYPE"));
        Assert.All(new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" }, v => Assert.Equal("3", start.Environment[v]));
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
