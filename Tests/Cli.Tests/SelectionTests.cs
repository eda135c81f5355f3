namespace ProbNet.Cli.Tests;

/// <summary>Which model, data and infer declaration a command takes.</summary>
public sealed class SelectionTests
{
    private const string Two = """
        model slope (x : real[n, d]) = prob {
            let! w = normal 0.0 1.0 |> iid [d]
            let! y = normal (x @ w) 1.0
            return y
        }

        model mean [n] = prob {
            let! m = normal 0.0 1.0
            let! z = normal m 1.0 |> iid [n]
            return z
        }

        data pairs = csv "pairs.csv" { x = columns ["a"]; y = column "b" }
        data singles = csv "pairs.csv" { z = column "b" }

        infer quick = vi normal { steps = 3 }
        infer point = map { steps = 4 }
        """;

    private static Workplace Place(string program = Two)
    {
        var place = new Workplace();
        place.Write("two.prob", program);
        place.Write("pairs.csv", "a,b\n1,2\n2,3\n3,5\n");
        return place;
    }

    private static Outcome Fit(Workplace place, params string[] more) => Workplace.Run(["fit", place.At("two.prob"), "--out", place.At("run"), "--json", .. more]);

    private static (string Model, string Data, string Infer) Chosen(Outcome outcome) =>
        ((string)outcome.Json["model"]!, (string)outcome.Json["data"]!, (string)outcome.Json["infer"]!);

    [Fact]
    public void TheFirstModelWithItsDataIsTheDefault()
    {
        using var place = Place();
        Assert.Equal(("slope", "pairs", "quick"), Chosen(Fit(place).Ended(ExitCode.Ok)));
    }

    [Fact]
    public void AModelBringsItsData()
    {
        using var place = Place();
        Assert.Equal(("mean", "singles", "point"), Chosen(Fit(place, "--model", "mean", "--infer", "point").Ended(ExitCode.Ok)));
    }

    [Fact]
    public void DataGivenBringsItsModel()
    {
        using var place = Place();
        var other = place.Write("other.csv", "b\n1\n2\n");
        Assert.Equal(("mean", "singles", "quick"), Chosen(Fit(place, "--data", "singles=" + other).Ended(ExitCode.Ok)));
    }

    [Fact]
    public void AProgramWithoutInferIsFittedByVariationalInference()
    {
        using var place = Place(Two[..Two.IndexOf("infer quick", StringComparison.Ordinal)]);
        Assert.Equal(("slope", "pairs", "vi"), Chosen(Fit(place, "--set", "steps=2").Ended(ExitCode.Ok)));
    }

    [Fact]
    public void AModelThatNoDataFitsSaysWhatIsMissing()
    {
        using var place = Place(Two.Replace("data pairs = csv \"pairs.csv\" { x = columns [\"a\"]; y = column \"b\" }", "data pairs = csv \"pairs.csv\" { y = column \"b\" }"));
        Fit(place, "--model", "slope").Ended(ExitCode.Diagnostics).Says("PN0732", "the data 'pairs' fits no model", "argument 'x'");
        Workplace.Run("check", place.At("two.prob")).Ended(ExitCode.Diagnostics).Says("the data 'pairs' fits no model", "not 'slope'", "not 'mean'");
    }

    [Fact]
    public void AModelWithoutAnyDataIsTold()
    {
        using var place = Place(Two[..Two.IndexOf("data pairs", StringComparison.Ordinal)]);
        Fit(place).Ended(ExitCode.Diagnostics).Says("PN0731", "nothing is observed", "data name = csv");
    }

    [Fact]
    public void SitesThatTheDataDoesNotNameAreLatent()
    {
        // Prior predictive use of a model: only the argument is bound, so the outcome is drawn.
        using var place = Place(Two.Replace("x = columns [\"a\"]; y = column \"b\"", "x = columns [\"a\"]"));
        var text = Workplace.Run("explain", place.At("two.prob")).Ended(ExitCode.Ok).Out;
        Assert.Matches(@"y\s+normal\s+real\[n\]\s+n\s+latent", text);
    }
}
