namespace ProbNet.Cli.Tests;

/// <summary>Models and outcomes of unusual shapes go all the way: check, fit, predict, eval.</summary>
public sealed class ShapeTests
{
    private const string Csv = "a,b,c,k,lab\n1,2,10.5,3,x\n2,3,20.25,0,y\n3,5,30,1,x\n4,4,41,2,z\n";

    [Theory]
    [InlineData("fixed size", "model m = prob {\n    let! mu = normal 0.0 1.0\n    let! y = normal mu 1.0 |> iid [4]\n    return y\n}\ndata d = csv \"d.csv\" { y = column \"b\" }", "row,observed,mean", "rmse")]
    [InlineData("a likelihood term", "model m (x : real[n]) (y : real[n]) = prob {\n    let! w = normal 0.0 1.0\n    do! observe y (normal (w * x) 1.0)\n    return w\n}\ndata d = csv \"d.csv\" { x = column \"a\"; y = column \"b\" }", "row", "nll")]
    [InlineData("counts", "model m (x : real[n]) = prob {\n    let! w = normal 0.0 1.0\n    let! k = poisson (exp (w * x))\n    return k\n}\ndata d = csv \"d.csv\" { x = column \"a\"; k = column \"k\" }", "row,observed,mean", "rmse")]
    [InlineData("several numbers a row", "model m (x : real[n]) = prob {\n    let! w = normal 0.0 1.0 |> iid [1; 2]\n    let! y = normal (reshape [n; 1] x @ w) 1.0\n    return y\n}\ndata d = csv \"d.csv\" { x = column \"a\"; y = columns [\"b\"; \"c\"] |> standardize }", "row,observed[0],mean[0]", "rmse")]
    [InlineData("one-hot classes", "model m (x : real[n, d]) = prob {\n    let! w = normal 0.0 1.0 |> iid [d; 3]\n    let! lab = oneHotCategorical (x @ w)\n    return lab\n}\ndata d = csv \"d.csv\" { x = columns [\"a\"; \"b\"] |> minmax; lab = labels \"lab\" }", "row,observed,predicted,entropy,mutualInformation,p.x,p.y,p.z", "brier")]
    [InlineData("two outcomes", "model m (x : real[n]) = prob {\n    let! w = normal 0.0 1.0\n    let! b = normal (w * x) 1.0\n    let! h = bernoulli (w * x)\n    return h\n}\ndata d = csv \"d.csv\" { x = column \"a\" |> minmax; b = column \"b\"; h = column \"h\" }", "row,b.observed,b.mean", "accuracy")]
    public void TheWholeWay(string what, string program, string header, string metric)
    {
        using var place = new Workplace();
        place.Write("d.csv", what == "two outcomes" ? "a,b,h\n1,2,0\n2,3,1\n3,5,1\n" : Csv);
        var file = place.Write("m.prob", program);
        Workplace.Run("check", file).Ended(ExitCode.Ok);
        Workplace.Run("explain", file).Ended(ExitCode.Ok);
        Assert.Contains(metric, Workplace.Run("fit", file, "--out", place.At("run"), "--set", "steps=5").Ended(ExitCode.Ok).Out);
        var lines = Workplace.Run("predict", place.At("run"), "--data", place.At("d.csv")).Ended(ExitCode.Ok).Out.Split('\n');
        Assert.StartsWith(header, lines[0]);
        Assert.StartsWith(header == "row" ? "2" : "2,", lines[1]);
        Assert.Contains(metric, Workplace.Run("eval", place.At("run"), "--data", place.At("d.csv")).Ended(ExitCode.Ok).Out);
        Assert.NotEmpty(Workplace.Run("predict", place.At("run"), "--data", place.At("d.csv"), "--json").Ended(ExitCode.Ok).Json["predictions"]!.AsArray());
    }

    [Fact]
    public void AColumnInItsOwnUnitsReadsBackAsItWas()
    {
        using var place = new Workplace();
        place.Write("d.csv", "y\n0.11\n62.42\n1.03\n0.27\n1234567.891\n");
        var file = place.Write("m.prob", "model m [n] = prob {\n    let! mu = normal 0.0 1.0\n    let! y = normal mu 1.0 |> iid [n]\n    return y\n}\ndata d = csv \"d.csv\" { y = column \"y\" |> standardize }");
        Workplace.Run("fit", file, "--out", place.At("run"), "--set", "steps=2").Ended(ExitCode.Ok);
        var lines = Workplace.Run("predict", place.At("run"), "--data", place.At("d.csv")).Ended(ExitCode.Ok).Out.Split('\n')[1..6];
        Assert.Equal(["0.11", "62.42", "1.03", "0.27", "1234567.891"], lines.Select(l => l.Split(',')[1]));
    }
}
