namespace ProbNet.Cli.Tests;

/// <summary>Draws before any data.</summary>
public sealed class PriorTests
{
    [Fact]
    public void Draws_have_the_moments_of_the_prior_and_do_not_depend_on_the_data()
    {
        using var place = new Workplace("linear_regression");
        var path = place.At("linear_regression", "linear_regression.prob");
        var json = Workplace.Run("prior", path, "--draws", "4000", "--json").Ended(0).Json;
        var alpha = json["values"]!.AsArray().Single(v => v!["name"]!.GetValue<string>() == "alpha")!;
        // The mean of 4,000 draws has standard error 10 / sqrt(4000), their standard deviation 10 / sqrt(8000); 4.9 of them leave a chance of 1e-6.
        Assert.InRange(alpha["mean"]!.GetValue<double>(), -4.9 * 0.1582, 4.9 * 0.1582);
        Assert.InRange(alpha["sd"]!.GetValue<double>(), 10 - 4.9 * 0.1119, 10 + 4.9 * 0.1119);
        Assert.Contains(json["values"]!.AsArray(), v => v!["name"]!.GetValue<string>().StartsWith("y ", StringComparison.Ordinal));
    }

    [Fact]
    public void Sizes_are_chosen_and_all_draws_are_written()
    {
        using var place = new Workplace("coin");
        var (path, file) = (place.At("coin", "coin.prob"), place.At("draws.csv"));
        Workplace.Run("prior", path, "--size", "n=3", "--draws", "5", "--out", file).Ended(0);
        var lines = File.ReadAllLines(file);
        Assert.Equal("draw,chance,heads[0],heads[1],heads[2]", lines[0]);
        Assert.Equal(6, lines.Length);
        Assert.All(lines.Skip(1), l => Assert.All(l.Split(',').Skip(2), c => Assert.True(c is "0" or "1")));
        Assert.Equal(lines, Again());

        string[] Again()
        {
            Workplace.Run("prior", path, "--size", "n=3", "--draws", "5", "--out", file).Ended(0);
            return File.ReadAllLines(file);
        }
    }

    [Fact]
    public void What_is_missing_is_told()
    {
        using var place = new Workplace();
        var path = place.Write("m.prob", "model m [k] (x : real[n]) = prob {\n    let! b = normal 0.0 1.0 |> iid [k]\n    let! y = normal (x * sum b) 1.0\n    return y\n}\n");
        Workplace.Run("prior", path).Ended(2).Says("'x'", "--data");
        Workplace.Run("prior", path, "--size", "kk=3").Ended(2).Says("'k'");
        var free = place.Write("f.prob", "model f [k] = prob {\n    let! b = normal 0.0 1.0 |> iid [k]\n    return b\n}\n");
        Workplace.Run("prior", free, "--size", "k=zero").Ended(2).Says("k=zero");
        Assert.Contains("k = 10", Workplace.Run("prior", free).Ended(0).Err);
    }
}
