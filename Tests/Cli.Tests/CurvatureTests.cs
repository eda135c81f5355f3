using System.Globalization;

namespace ProbNet.Cli.Tests;

/// <summary>Laplace approximations and distillation from the command line: fitted, saved, read again.</summary>
public sealed class CurvatureTests
{
    private const string Program = """
        module M

        model net (x : real[n, 2]) = prob {
            let! h = x |> dense 5
            let! out = tanh h |> dense 1
            let! y = normal out 0.4
            return y
        }

        data d = csv "d.csv" { x = columns ["a"; "b"]; y = columns ["y"]; heldOut = 0.25; seed = 3 }

        infer kron    = laplace { structure = kronecker; steps = 60; optimizer = adam 0.05 }
        infer last    = laplace { structure = lastLayer; priorPrecision = marginalLikelihood; steps = 60; optimizer = adam 0.05 }
        infer full    = laplace { structure = full; hessian = fisher; predictive = sampling; steps = 60; optimizer = adam 0.05 }
        infer diag    = laplace { structure = diagonal; steps = 60; optimizer = adam 0.05 }
        infer student = distill { teacher = kron; steps = 200; optimizer = adam 0.05 }
        infer copy    = distill { teacher = "RUN"; unlabelled = "more.csv"; steps = 20 }
        infer own     = distill { teacher = own }
        """;

    [Theory]
    [InlineData("kron")]
    [InlineData("last")]
    [InlineData("full")]
    [InlineData("diag")]
    public void A_run_predicts_what_the_fit_predicted(string infer)
    {
        using var place = Prepared();
        var fit = Workplace.Run("fit", place.At("m.prob"), "--infer", infer, "--out", place.At("run"), "--draws", "7").Ended(ExitCode.Ok);
        Assert.Contains(infer == "last" ? "log evidence (Laplace, given the sites that stay at their point)" : "log evidence (Laplace)", fit.Out);
        var kept = Rows(File.ReadAllText(place.At("run", "predictions.csv")));
        var again = Rows(Workplace.Run("predict", place.At("run"), "--data", place.At("d.csv")).Ended(ExitCode.Ok).Out);
        Assert.Equal(10, kept.Count);
        foreach (var (row, text) in kept) Assert.Equal(text, again[row]);
    }

    [Fact]
    public void A_student_is_taught_by_a_declaration_or_a_run()
    {
        using var place = Prepared();
        place.Edit("m.prob", "RUN", place.At("run").Replace("\\", "/"));
        Workplace.Run("fit", place.At("m.prob"), "--infer", "student", "--out", place.At("student"), "--draws", "7").Ended(ExitCode.Ok);
        Workplace.Run("fit", place.At("m.prob"), "--infer", "kron", "--out", place.At("run"), "--draws", "7").Ended(ExitCode.Ok);
        var copied = Workplace.Run("fit", place.At("m.prob"), "--infer", "copy", "--out", place.At("copy"), "--draws", "7").Ended(ExitCode.Ok);
        Assert.DoesNotContain("warning[", copied.Err);
        Workplace.Run("predict", place.At("student"), "--data", place.At("more.csv")).Ended(ExitCode.Ok);
        Workplace.Run("fit", place.At("m.prob"), "--infer", "own", "--out", place.At("own")).Ended(ExitCode.Diagnostics).Says("PN0763", "its own teacher");
    }

    [Fact]
    public void What_is_kept_of_the_curvature_is_explained()
    {
        using var place = Prepared();
        var text = Workplace.Run("explain", place.At("m.prob"), "--infer", "kron").Ended(ExitCode.Ok).Out;
        Assert.Contains("Kronecker factors of the curvature", text);
        Assert.Contains("enters by broadcast addition", text);
        var last = Workplace.Run("explain", place.At("m.prob"), "--infer", "last").Ended(ExitCode.Ok).Out;
        Assert.Contains("not in the last layer", last);
        Assert.Contains("full curvature with 1 other site", last);
    }

    [Fact]
    public void WhatHasNoCurvatureIsRefused()
    {
        using var place = Prepared();
        place.Write("counts.prob", """
            module C
            model counts [n] = prob {
                let! v = poisson 20.0 |> iid [n]
                let! y = normal (0.5 * v) 3.0
                return y
            }
            model line (x : real[n, 2]) = prob {
                let w = param "w" [2] zeros
                let! y = normal (x @ w) 0.4
                return y
            }
            data c = csv "d.csv" { y = column "y" }
            data d = csv "d.csv" { x = columns ["a"; "b"]; y = column "y" }
            guide full for counts (y : real[n]) = prob {
                let! v = poisson (exp (param "a" [] 3.0 + param "b" [] 0.0 * y))
                return v
            }
            infer a = laplace { structure = full; steps = 20 }
            infer b = vi full { gradient = auto; samples = 4; steps = 20 }
            """);
        Workplace.Run("fit", place.At("counts.prob"), "--model", "counts", "--infer", "a").Ended(ExitCode.Diagnostics).Says("PN0722", "'v' is discrete");
        Workplace.Run("fit", place.At("counts.prob"), "--model", "line", "--infer", "a").Ended(ExitCode.Diagnostics).Says("PN0725", "no latent site");
        Workplace.Run("fit", place.At("counts.prob"), "--model", "line", "--infer", "mcDropout").Ended(ExitCode.Diagnostics).Says("no latent site");
        // A count has no scale, and a fit that draws it ends like others.
        Assert.Contains("v ", Workplace.Run("fit", place.At("counts.prob"), "--model", "counts", "--infer", "b", "--out", place.At("run")).Ended(ExitCode.Ok).Out);
        Workplace.Run("fit", place.At("m.prob"), "--infer", "ensemble { members = 1000000000; steps = 2 }").Ended(ExitCode.Diagnostics).Says("too large", "fewer members");
    }

    private static Workplace Prepared()
    {
        var place = new Workplace();
        var random = new Random(7);
        string[] rows = [.. Enumerable.Range(0, 40).Select(_ =>
        {
            var (a, b) = (2 * random.NextDouble() - 1, 2 * random.NextDouble() - 1);
            return string.Create(CultureInfo.InvariantCulture, $"{a},{b},{Math.Sin(2 * a) + b * b + 0.3 * (random.NextDouble() - 0.5)}");
        })];
        place.Write("d.csv", "a,b,y\n" + string.Join('\n', rows) + "\n");
        place.Write("more.csv", "a,b\n" + string.Join('\n', rows.Select(r => r[..r.LastIndexOf(',')])) + "\n");
        place.Write("m.prob", Program);
        return place;
    }

    // Row number → the rest of its line.
    private static Dictionary<string, string> Rows(string csv) =>
        csv.Trim().Split('\n').Skip(1).Select(l => l.Split(',', 2)).ToDictionary(c => c[0], c => c[1]);
}
