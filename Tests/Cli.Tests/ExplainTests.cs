namespace ProbNet.Cli.Tests;

/// <summary><c>probnet explain</c>: each stage as text.</summary>
public sealed class ExplainTests
{
    private static string Explain(Workplace place, string example, params string[] more) => Workplace.Run(["explain", place.At(example, example + ".prob"), .. more]).Ended(ExitCode.Ok).Out;

    [Fact]
    public void SitesShowGuideAndEstimatorAndTheReasonForAnother()
    {
        using var place = new Workplace("iris");
        var text = Explain(place, "iris");
        Assert.Matches(@"h1\.w\s+normal\s+real\[4, 64\]\s+latent\s+normal.*\s+flipout\s+closed form", text);
        Assert.Matches(@"h1\.b\s+normal\s+real\[64\]\s+latent\s+normal.*\s+shared\*\s+closed form", text);
        Assert.Matches(@"species\s+categorical\s+int<3>\[n\]\s+n\s+observed", text);
        Assert.StartsWith("iris: flipout (vi), n = 105\n", text);
        Assert.Matches(@"\* shared for h1\.b.*: \S+", text);
    }

    [Theory]
    [InlineData("shared", "shared")]
    [InlineData("local", "local")]
    public void TheInferDeclarationDecidesTheEstimator(string infer, string estimator)
    {
        using var place = new Workplace("iris");
        var sites = Workplace.Run("explain", place.At("iris", "iris.prob"), "--infer", infer, "--json").Ended(ExitCode.Ok).Json["sites"]!.AsArray();
        Assert.Equal(7, sites.Count);
        Assert.Equal(estimator, (string)sites.First(s => (string)s!["site"]! == "h1.w")!["estimator"]!);
    }

    [Fact]
    public void TypesNameModelsAndFunctions()
    {
        using var place = new Workplace("iris");
        place.Edit("iris/iris.prob", "module Iris\n", "module Iris\n\n/// Twice a value.\nlet twice (k : int) x = x + x\n");
        var text = Explain(place, "iris", "--emit", "types");
        Assert.Contains("model iris (x : real[n, 4]) : prob int<3>[n]", text);
        Assert.Contains("dimensions n", text);
        Assert.Matches(@"logits\.w\s+: real\[64, 3\]\s+~ normal", text);
        Assert.Contains("twice (k : int) x   // Twice a value.", text);
    }

    [Fact]
    public void SyntaxShowsTheTree()
    {
        using var place = new Workplace("coin");
        var text = Explain(place, "coin", "--emit", "syntax");
        Assert.Contains("(let! chance (apply beta 2.0 2.0))", text);
        Assert.Contains("(let! heads (|> (apply bernoulliProbs chance) (apply iid (list n))))", text);
    }

    [Fact]
    public void GraphAndPlanArePrinted()
    {
        using var place = new Workplace("coin");
        var graph = Explain(place, "coin", "--emit", "graph");
        Assert.Contains("input \"chance.loc\"", graph);
        Assert.Matches(@"return finite = %\d+", graph);
        Assert.NotEmpty(Explain(place, "coin", "--emit", "plan"));
    }

    [Fact]
    public void AStepIsPrintedAsTorchScript()
    {
        using var place = new Workplace("iris");
        var plain = Explain(place, "iris", "--emit", "torchscript");
        Assert.Contains("def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:", plain);
        Assert.Contains("    # carried state\n", plain);
        Assert.Matches(@"    h1_w_loc = inputs\[\d+\]  # f32\[4, 64\]", plain);
        Assert.Matches(@"v_\d+ = .*  # f32\[32, 64\] h1\.w \(.*iris\.prob:\d+:\d+\)", plain);
        Assert.Matches(@"h1_w_loc\.copy_\(|out=h1_w_loc\)", plain);
        Assert.DoesNotContain("probnet.", plain);
        Assert.Contains("probnet.region(", Explain(place, "iris", "--emit", "torchscript", "--backend", "torch"));
    }

    [Fact]
    public void AProgramWithoutDataStillHasSites()
    {
        using var place = new Workplace("iris");
        File.Delete(place.At("iris", "iris.csv"));
        var text = Explain(place, "iris");
        Assert.Matches(@"h1\.w\s+normal\s+real\[4, 64\]", text);
        Assert.Contains("'flowers' (iris.csv) is not there", text);
    }
}
