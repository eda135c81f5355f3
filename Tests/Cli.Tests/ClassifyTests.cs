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
}
