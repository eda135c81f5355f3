using System.Globalization;

namespace ProbNet.Cli.Tests;

/// <summary><c>probnet classify</c>: posterior probabilities of the labels of latent sites, from the run folder and a file.</summary>
public sealed class ClassifyTests
{
    private const string Program = """
        module Mixture

        model gmm [n] = prob {
            let! low = normal -3.0 1.0
            let! high = normal 3.0 1.0
            let! z = bernoulli 0.0 |> iid [n]
            let! y = normal (if z = 1 then high else low) 0.7
            return y
        }

        data points = csv "points.csv" { y = column "y" }

        infer quick = map { optimizer = adam 0.1; steps = 200 }
        """;

    [Fact]
    public void RowsAreAssignedToTheClusterTheyLieIn()
    {
        using var place = new Workplace();
        double[] y = [-3.2, 2.9, 3.4, -2.8, 3.1, -3.5, -2.6];
        place.Write("points.csv", "y\n" + string.Join('\n', y.Select(v => v.ToString(CultureInfo.InvariantCulture))) + "\n");
        var program = place.Write("mixture.prob", Program);
        var explained = Workplace.Run("explain", program).Ended(ExitCode.Ok);
        Assert.Contains("summed out (k = 2)", explained.Out);
        Workplace.Run("fit", program, "--out", place.At("run"), "--precision", "double").Ended(ExitCode.Ok);
        var lines = Workplace.Run("classify", place.At("run"), "--data", place.At("points.csv")).Ended(ExitCode.Ok).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("row,label,p.0,p.1", lines[0]);
        Assert.Equal(y.Select(v => v > 0 ? "1" : "0"), lines[1..].Select(l => l.Split(',')[1]));
        foreach (var cells in lines[1..].Select(l => l.Split(',')))
            Assert.Equal(1, double.Parse(cells[2], CultureInfo.InvariantCulture) + double.Parse(cells[3], CultureInfo.InvariantCulture), 1e-12);
        var json = Workplace.Run("classify", place.At("run"), "--data", place.At("points.csv"), "--json").Ended(ExitCode.Ok).Json;
        Assert.Equal(1, (int)json["sites"]![0]!["elements"]![1]!["label"]!);
        Assert.Equal("2", (string)json["sites"]![0]!["labels"]!.ToString());
        Workplace.Run("classify", place.At("run"), "--data", place.At("points.csv"), "--out", place.At("z.csv")).Ended(ExitCode.Ok);
        Assert.Equal(lines, File.ReadAllLines(place.At("z.csv")));
        // Classes are told from outcomes; without them there is nothing to tell them from.
        place.Write("none.csv", "x\n1\n");
        Workplace.Run("classify", place.At("run"), "--data", place.At("none.csv")).Ended(ExitCode.Data);
    }

    [Fact]
    public void ARunWithoutSuchSitesIsRefused()
    {
        using var place = new Workplace("linear_regression");
        Workplace.Run("fit", place.At("linear_regression", "linear_regression.prob"), "--out", place.At("run"), "--set", "steps=20").Ended(ExitCode.Ok);
        Workplace.Run("classify", place.At("run"), "--data", place.At("linear_regression", "cars.csv")).Says("no latent site of finitely many labels");
    }

    private const string Noisy = """
        module Noisy

        model noisy [n] = prob {
            let! z = bernoulliProbs 0.4 |> iid [n]
            let! mu = normal (if z = 1 then 3.0 else -3.0) 0.5
            let! shared = bernoulliProbs 0.5
            let! y = normal (mu + (if shared = 1 then 20.0 else 0.0)) 0.7
            return y
        }

        data points = csv "points.csv" { y = column "y"; heldOut = 0.25; seed = 3 }

        infer quick = vi normal { steps = 400; optimizer = adam 0.05 }
        """;

    [Fact]
    public void TrainingRowsAreTakenFromTheFileThatWasFittedTo()
    {
        using var place = new Workplace();
        double[] y = [16.9, 23.1, 22.8, 17.2, 23.4, 16.6, 17.1, 22.7];
        string Text(IEnumerable<double> values) => "y\n" + string.Join('\n', values.Select(v => v.ToString(CultureInfo.InvariantCulture))) + "\n";
        var points = place.Write("points.csv", Text(y));
        var program = place.Write("noisy.prob", Noisy);
        var fit = Workplace.Run("fit", program, "--out", place.At("run"), "--precision", "double", "--json").Ended(ExitCode.Ok).Json["metrics"]!;
        // The shared value adds 20: under its prior the error would be 10 or more.
        Assert.InRange((double)fit["train"]!["rmse"]!, 0, 1);
        Assert.InRange((double)fit["test"]!["rmse"]!, 0, 6);

        Workplace.Run("classify", place.At("run"), "--data", points).Ended(ExitCode.Diagnostics).Says("PN0742", "--rows training");
        var lines = Workplace.Run("classify", place.At("run"), "--data", points, "--rows", "training").Ended(ExitCode.Ok).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("row,label,p.0,p.1", lines[0]);
        Assert.Equal(6, lines.Length - 1);
        foreach (var cells in lines[1..].Select(l => l.Split(','))) Assert.Equal(y[int.Parse(cells[0], CultureInfo.InvariantCulture) - 2] > 20 ? "1" : "0", cells[1]);

        var eval = Workplace.Run("eval", place.At("run"), "--data", points, "--rows", "training", "--json").Ended(ExitCode.Ok);
        Assert.Equal(fit["train"]!.ToJsonString(), eval.Json["metrics"]!["train"]!.ToJsonString());
        Assert.DoesNotContain("PN0741", eval.Err);
        Workplace.Run("eval", place.At("run"), "--data", points).Ended(ExitCode.Ok).Says("PN0741");
        // As many rows, but others.
        var other = place.Write("other.csv", Text(y.Select(v => v + 0.1)));
        Workplace.Run("eval", place.At("run"), "--data", other, "--rows", "training").Says("does not give the rows that the run was fitted to");
    }
}
