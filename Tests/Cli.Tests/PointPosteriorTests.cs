using System.Globalization;

namespace ProbNet.Cli.Tests;

/// <summary>What a point estimate, and an outcome that is one event over all rows, predict.</summary>
public sealed class PointPosteriorTests
{
    private static readonly double[] Noise = [0.31, -1.2, 0.77, 1.9, -0.42, -0.9, 0.15, 1.1, -1.7, 0.5, -0.3, 0.84];

    [Fact]
    public void A_point_estimate_has_the_quantiles_of_its_outcome_not_of_one_draw()
    {
        using var place = new Workplace();
        WriteLine(place);
        var file = place.Write("m.prob", "model m (x : real[n]) = prob {\n    let! w = normal 0.0 5.0\n    let! y = normal (w * x) 2.0\n    return y\n}\ndata d = csv \"d.csv\" { x = column \"x\"; y = column \"y\" }\ninfer point = map { optimizer = adam 0.1; steps = 200 }");
        Workplace.Run("fit", file, "--out", place.At("run"), "--draws", "4000").Ended(ExitCode.Ok);
        var lines = Workplace.Run("predict", place.At("run"), "--data", place.At("d.csv")).Ended(ExitCode.Ok).Out.Split('\n');
        var columns = lines[0].Split(',');
        var row = lines[1].Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
        // Normal with scale 2: the central 95 % is 3.92 scales wide. At 2048 kept draws a 2.5 % quantile has standard error 2 * sqrt(.025 * .975 / 2048) / 0.0584 = 0.12,
        // so the width has at most 0.17; five of those is a false alarm of about 1e-6.
        var width = row[Array.IndexOf(columns, "q0.975")] - row[Array.IndexOf(columns, "q0.025")];
        Assert.InRange(width, 2 * 3.92 - 5 * 0.17, 2 * 3.92 + 5 * 0.17);
    }

    [Fact]
    public void An_outcome_over_all_rows_together_goes_the_whole_way()
    {
        using var place = new Workplace();
        WriteLine(place);
        var file = place.Write("m.prob", "model m (x : real[n]) = prob {\n    let! w = normal 0.0 5.0\n    let! y = multivariateNormal (w * x) (2.0 * eye n)\n    return y\n}\ndata d = csv \"d.csv\" { x = column \"x\"; y = column \"y\" }");
        Workplace.Run("fit", file, "--out", place.At("run"), "--set", "steps=20").Ended(ExitCode.Ok);
        var lines = Workplace.Run("predict", place.At("run"), "--data", place.At("d.csv")).Ended(ExitCode.Ok).Out.TrimEnd().Split('\n');
        Assert.Equal(1 + Noise.Length, lines.Length);
        Assert.Contains("PN0727", Workplace.Run("fit", file, "--out", place.At("other"), "--set", "batch=5").Ended(ExitCode.Diagnostics).Err);
    }

    private static void WriteLine(Workplace place)
    {
        var rows = Noise.Select((e, i) => string.Create(CultureInfo.InvariantCulture, $"{0.5 * i},{1.5 * i + 2 * e}"));
        place.Write("d.csv", "x,y\n" + string.Join('\n', rows) + "\n");
    }
}
