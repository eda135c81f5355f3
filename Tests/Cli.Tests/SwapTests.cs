using ProbNet.Examples.Swap;
using Xunit.Abstractions;

namespace ProbNet.Cli.Tests;

/// <summary>Every combination of algorithm, guide and estimator fits the examples as they stand, or says why it is not defined.</summary>
public class SwapTests(ITestOutputHelper log)
{
    // A handful of steps: that every cell runs is the claim, not that it converges.
    private const double Short = 0.001;

    [Fact]
    public void OnAClassifier() => Every(Subject.All[0], defined:
    [
        "vi normal shared", "vi normal local", "vi normal flipout", "vi delta shared", "vi lowRank shared", "vi lowRank local", "vi kronecker shared", "vi kronecker local", "vi rank1 local",
        "vi bernoulliDropout local", "vi concreteDropout local", "vi gaussianDropout flipout", "vi scaleMixture shared", "map", "mcDropout", "swa", "swag", "multiSwag", "snapshotEnsemble", "ensemble delta shared", "ensemble normal flipout",
        "vi planar shared", "vi multivariateNormal shared", "distill teacher", "ml", "svgd", "laplace structure = diagonal", "laplace structure = kronecker", "laplace structure = lastLayer",
    ]);

    [Fact]
    public void OnARegression() => Every(Subject.All[1], defined:
    [
        "vi normal shared", "vi multivariateNormal shared", "vi lowRank shared", "vi planar shared", "vi realNvp shared", "vi iaf shared", "vi scaleMixture shared", "map", "swag", "ensemble delta shared", "svgd", "distill teacher", "ml", "snapshotEnsemble", "mcDropout",
        "laplace structure = full",
    ]);

    [Fact]
    public void OnAHierarchy() => Every(Subject.All[2], defined:
    [
        "vi normal shared", "vi multivariateNormal shared", "vi lowRank shared", "vi planar shared", "vi realNvp shared", "vi iaf shared", "map", "swa", "swag", "multiSwag", "snapshotEnsemble", "ensemble normal shared", "svgd",
    ]);

    private void Every(Subject subject, string[] defined)
    {
        using var place = new Workplace("iris", "linear_regression", "eight_schools");
        var before = File.ReadAllText(place.At(subject.File));
        var swap = new Swap(Run, place.Folder, place.At("runs"));
        var found = new List<string>();
        foreach (var cell in Cell.All)
        {
            var result = swap.Run(subject, cell, Short);
            log.WriteLine($"{cell}: {result.Refusal ?? FormattableString.Invariant($"nll {result.Metrics.GetValueOrDefault("nll")}")}");
            if (result.Refusal is { } why) Assert.True(why.Length > 20, $"{cell} is refused without a reason: '{why}'");
            else Assert.All(result.Metrics.Where(m => m.Key is "nll" or "accuracy" or "rmse"), m => Assert.True(double.IsFinite(m.Value), $"{cell}: {m.Key} is {m.Value}"));
            if (result.Refusal is null) found.Add(cell.ToString());
        }
        Assert.Equal([], defined.Except(found));
        Assert.Equal(before, File.ReadAllText(place.At(subject.File)));
    }

    private static Printed Run(string[] arguments)
    {
        var outcome = Workplace.Run(arguments);
        Assert.DoesNotContain("fault of probnet", outcome.Err);
        return new(outcome.ExitCode, outcome.Out, outcome.Err);
    }
}
