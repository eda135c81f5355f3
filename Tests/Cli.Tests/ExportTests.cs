using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ProbNet.Backends.Cpu;
using ProbNet.Backends.Torch;
using ProbNet.Inference.Export;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli.Tests;

/// <summary><c>probnet export</c>: archives give in Python, from raw columns, what <c>probnet predict</c> gives from the file.</summary>
public sealed class ExportTests
{
    private const double Bound = 1e-5;

    private const string Noise = """
        module Cars
        model noisy (speed : real[n, 1]) = prob {
            let! h = speed |> dense 5
            let! out = tanh h |> dense 2
            let! distance = normal out.[*, 0] (exp out.[*, 1])
            return distance
        }
        data cars = csv "linear_regression/cars.csv" { speed = columns ["speed"] |> standardize; distance = column "distance" |> standardize; heldOut = 0.2; seed = 1 }
        infer meanField = vi normal { estimator = local; optimizer = adam 0.02; steps = 300 }
        """;

    private const string Images = """
        module Images
        model net (image : real[n, 4, 4, 1]) (ground : int<3>[n]) = prob {
            let! c = image |> conv2d 3 [3; 3] { padding = same }
            let! shift = normal 0.0 1.0 |> iid [3; 2]
            let! out = relu c |> maxPool2d [2; 2] |> flatten |> dense 2
            let! kind = categorical (out + shift.[ground])
            let! bright = bernoulli out.[*, 0]
            return kind
        }
        data pictures = csv "images.csv" { header = false; image = columns [0 .. 15] |> minmax; ground = labels 16; kind = labels 17; bright = column 0 |> atLeast 5; heldOut = 0.2; seed = 2 }
        infer meanField = vi normal { estimator = flipout; optimizer = adam 0.01; epochs = 3; batch = 16 }
        """;

    private static string Pictures()
    {
        var lines = new StringBuilder();
        for (var row = 0; row < 60; row++)
        {
            for (var pixel = 0; pixel < 16; pixel++) lines.Append(CultureInfo.InvariantCulture, $"{(row * 7 + pixel * pixel * 3 + row * pixel) % 17},");
            lines.Append(new[] { "clay", "sand", "\"a \"\"é\"\"\"" }[row % 3]).Append(',').Append(row % 17 < 8 ? "low" : "high").Append('\n');
        }
        return lines.ToString();
    }

    private static JsonObject Case(Workplace place, string name, string program, string csv, string infer, string[] fit, string[] export, params string[] predict)
    {
        Workplace.Run(["fit", place.At(program), "--infer", infer, "--out", place.At(name), "--seed", "11", "--draws", "24", .. fit]).Ended(ExitCode.Ok);
        var exported = Workplace.Run(["export", place.At(name), "--format", "torchscript", "--json", .. export]).Ended(ExitCode.Ok).Json;
        Assert.Equal(place.At(name) + ".pt", (string)exported["file"]!);
        var predicted = Workplace.Run(["predict", place.At(name), "--data", place.At(csv), "--json", .. predict]).Ended(ExitCode.Ok).Json;
        Directory.Delete(place.At(name), recursive: true);
        return new() { ["name"] = name, ["archive"] = place.At(name + ".pt"), ["csv"] = place.At(csv), ["expected"] = predicted["predictions"]!.DeepClone() };
    }

    [ExportFact]
    public void PythonsTorchGivesThePredictionsOfTheCommandFromRawColumns()
    {
        using var place = new Workplace("iris", "linear_regression", "eight_schools", "coin");
        place.Write("noise.prob", Noise);
        place.Write("images.prob", Images);
        place.Write("images.csv", Pictures());
        string[] short1 = ["--set", "epochs=4"], frozen = ["--sampling", "frozen"];
        JsonObject Iris(string name, string infer, string[] fit, string[] export, params string[] predict) => Case(place, name, "iris/iris.prob", "iris/iris.csv", infer, fit, export, predict);
        var cases = new JsonArray(
            Iris("flipout", "flipout", short1, []),
            Iris("flipout-frozen", "flipout", short1, [.. frozen, "--draws", "7"], "--shared-draws", "--draws", "7"),
            Iris("kronecker-double", "kronecker", [.. short1, "--precision", "double"], ["--seed", "-3", "--draws", "9"], "--seed", "-3", "--draws", "9"),
            Iris("dropout", "dropout", short1, []),
            Iris("swag", "swag", ["--set", "epochs=12", "--set", "burnIn=4", "--set", "rank=3"], frozen, "--shared-draws"),
            Iris("laplace", "laplace", short1, frozen, "--shared-draws"),
            Iris("ensemble", "ensemble", [.. short1, "--set", "members=3"], frozen, "--shared-draws"),
            Iris("map", "map", short1, []),
            Case(place, "noise", "noise.prob", "linear_regression/cars.csv", "meanField", [], []),
            Case(place, "noise-frozen", "noise.prob", "linear_regression/cars.csv", "meanField", ["--precision", "double"], frozen, "--shared-draws"),
            Case(place, "images", "images.prob", "images.csv", "meanField", [], []),
            Case(place, "images-frozen", "images.prob", "images.csv", "meanField", [], frozen, "--shared-draws"),
            Case(place, "schools", "eight_schools/eight_schools.prob", "eight_schools/eight_schools.csv", "meanField", ["--set", "steps=50"], []),
            Case(place, "schools-frozen", "eight_schools/eight_schools.prob", "eight_schools/eight_schools.csv", "meanField", ["--set", "steps=50"], frozen, "--shared-draws"),
            Case(place, "flips", "coin/coin.prob", "coin/coin.csv", "meanField", ["--set", "steps=50"], []));
        place.Write("cases.json", cases.ToJsonString());
        place.Write("compare.py", Compare);
        // In a folder of its own: nothing of ours can be found from there.
        var output = ExportFactAttribute.Python(Directory.CreateDirectory(place.At("elsewhere")).FullName, place.At("compare.py"), place.At("cases.json"));
        var found = output.Split('\n').Where(l => l.StartsWith("case ", StringComparison.Ordinal)).Select(l => l.Split(' ')).ToDictionary(w => w[1], w => double.Parse(w[2], CultureInfo.InvariantCulture));
        Assert.True(found.Count == cases.Count, output);
        Assert.All(found, f => Assert.True(f.Value <= Bound, $"{f.Key} is off by {f.Value}\n{output}"));
        Assert.True(output.TrimEnd().EndsWith("done", StringComparison.Ordinal), output);
    }

    [Fact]
    public void WithoutLibtorchItSaysWhatIsMissing()
    {
        using var place = new Workplace("coin");
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--set", "steps=2", "--out", place.At("run")).Ended(ExitCode.Ok);
        var before = place.Everything();
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "probnet.dll"), "export", "run"]) { WorkingDirectory = place.Folder, RedirectStandardError = true };
        start.Environment[TorchLibrary.Variable] = "/nowhere/at/all";
        using var process = System.Diagnostics.Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(ExitCode.Usage, process.ExitCode);
        Assert.Contains("archives are written by libtorch, which cannot be had: PROBNET_LIBTORCH names '/nowhere/at/all', which is not there", error);
        Assert.Contains("hint: ", error);
        Assert.Equal(before, place.Everything());
        Workplace.Run("export", place.At("run"), "--format", "onnx").Ended(ExitCode.Usage).Says("--format is one of torchscript");
    }

    [Fact]
    public void WhatCannotBeExportedIsRefusedWithTheReason()
    {
        using var place = new Workplace("iris");
        place.Write("walk.prob", """
            module Walk
            model walk [n] = prob {
                let! pace = normal 0.0 1.0
                let! y = gaussianRandomWalk 1.0 |> steps [n]
                let! z = normal pace 1.0 |> iid [n]
                return y
            }
            data d = csv "walk.csv" { y = column "y"; z = column "z" }
            infer m = map { steps = 2 }
            """);
        place.Write("walk.csv", "y,z\n0.1,1\n0.4,2\n0.3,3\n");
        Workplace.Run("fit", place.At("walk.prob"), "--out", place.At("walk")).Ended(ExitCode.Ok);
        Workplace.Run("fit", place.At("iris", "iris.prob"), "--set", "epochs=1", "--out", place.At("run")).Ended(ExitCode.Ok);
        Exporting Export(string run, ExportOptions options) => Exporter.Run(SavedRun.Read(place.At(run)), options, new CpuBackend());
        Assert.Contains("'y' spans all rows", Assert.IsType<Exporting.Refused>(Export("walk", new() { Draws = 2, Seed = 0 })).Reason);

        // 4,675 weights of 30 draws at four bytes each.
        var options = new ExportOptions { Draws = 30, Seed = 0, Source = DrawSource.Frozen };
        var whole = Assert.IsType<Exporting.Done>(Export("run", options)).Program;
        Assert.InRange(whole.Bytes, 4675 * 30 * 4, 4675 * 30 * 4 + 2000);
        var refused = Assert.IsType<Exporting.Refused>(Export("run", options with { MostBytes = 4675 * 30 * 4 - 1 }));
        Assert.Contains("more than 547.9 KiB", refused.Reason);
        Assert.Contains("--sampling inside", refused.Hint);
        Assert.True(Assert.IsType<Exporting.Done>(Export("run", options with { Source = DrawSource.Inside })).Program.Bytes < 4675 * 2 * 4 + 2000);
    }

    // For each case the largest difference of any result, relative to 1 + its size. Rows are taken in other numbers too, and wrong arguments are refused.
    private const string Compare = """
        import csv, json, sys
        import torch

        def columns(entry, rows, names):
            inputs = {}
            for i in entry["inputs"]:
                at = [names.index(c) for c in i["columns"]] if names else [int(c) for c in i["columns"]]
                cells = [[row[c] for c in at] for row in rows]
                if "classes" in i:
                    values = torch.tensor([[i["classes"].index(c) for c in row] for row in cells])
                else:
                    values = torch.tensor([[float(c) for c in row] for row in cells], dtype=torch.float64)
                inputs[i["name"]] = values.reshape([len(rows)] + i["shape"][1:])
            return inputs

        def values(site, name):
            if name == "probabilities": return list(site["probabilities"].values())
            if name == "mutual_information": return site["mutualInformation"]
            if name == "entropy": return site["entropy"]
            if name == "mean": return site["mean"]
            if name == "variance" and "sd" in site: return site["sd"] ** 2
            if name == "aleatoric_variance" and "sd" in site: return site["aleatoricSd"] ** 2
            if name == "epistemic_variance" and "sd" in site: return site["epistemicSd"] ** 2
            if name == "variance": return [p * (1 - p) for p in site["probabilities"].values()]
            return None

        def off(a, b):
            return float(((a - b).abs() / (1 + b.abs())).max())

        for case in json.load(open(sys.argv[1])):
            module = torch.jit.load(case["archive"])
            entry = json.loads(module.metadata())
            rows = list(csv.reader(open(case["csv"])))
            names = rows.pop(0) if any(not c.isdigit() for i in entry["inputs"] for c in i["columns"]) or not entry["inputs"] else None
            expected = case["expected"]
            assert len(rows) == len(expected)
            inputs = columns(entry, rows, names)
            def forward(take, **more):
                return module(**{k: take(v) for k, v in inputs.items()}, **more) if inputs else module(take(torch.zeros(len(rows), 1)).shape[0], **more)
            whole = forward(lambda x: x)
            assert list(sorted(whole)) == list(sorted(o["name"] for o in entry["outputs"])), list(whole)
            worst, checked = 0.0, 0
            for o in entry["outputs"]:
                found = whole[o["name"]]
                assert list(found.shape) == [len(rows)] + o["shape"][1:], (o, found.shape)
                assert found.dtype == (torch.float64 if entry["precision"] == "double" else torch.float32)
                wanted = [values(r[o["site"]], o["quantity"]) for r in expected]
                if wanted[0] is None: continue
                if "classes" in o: assert o["classes"] == list(expected[0][o["site"]]["probabilities"]), o
                worst, checked = max(worst, off(found.double(), torch.tensor(wanted, dtype=torch.float64))), checked + 1
            assert checked >= 4, checked
            total = {o["name"]: o for o in entry["outputs"] if o["quantity"] == "variance"}
            for name in total:
                parts = whole[name.replace("variance", "aleatoric_variance")] + whole[name.replace("variance", "epistemic_variance")]
                worst = max(worst, off(parts.double(), whole[name].double()))
            if entry["draws"] == 1:
                worst = max(worst, off(torch.softmax(whole["logits"], -1), whole["probabilities"]))
            # Any number of rows: the first ones are the same, whatever follows.
            for count in (1, 3, 7, 300):
                some = forward(lambda x: torch.cat([x] * (count // len(rows) + 1))[:count])
                for o in entry["outputs"]:
                    least = min(count, len(rows))
                    assert some[o["name"]].shape[0] == count
                    worst = max(worst, off(some[o["name"]][:least].double(), whole[o["name"]][:least].double()))
            if "seed" in str(module.forward.schema):
                same, other = forward(lambda x: x, seed=entry["seed"]), forward(lambda x: x, seed=entry["seed"] + 1)
                assert all(torch.equal(same[k], whole[k]) for k in whole)
                assert any(not torch.equal(other[k], whole[k]) for k in whole)
            for i in entry["inputs"]:
                wrong = dict(inputs)
                wrong[i["name"]] = torch.cat([inputs[i["name"]].reshape(len(rows), -1)] * 2, 1)
                try:
                    module(**wrong)
                    raise SystemExit("a wrong shape passes: " + case["name"])
                except Exception as e:
                    assert "'" + i["name"] + "' has the shape" in str(e), e
            if case["name"] == "images":
                wrong = dict(inputs)
                wrong["ground"] = inputs["ground"] + 1
                try:
                    module(**wrong)
                    raise SystemExit("an id that is none passes")
                except Exception as e:
                    assert "'ground' has integers from 0 to 2" in str(e), e
                flat = dict(inputs)
                flat["image"] = inputs["image"].reshape(len(rows), -1)
                assert torch.equal(module(**flat)["kind.logits"], whole["kind.logits"])
            print("case", case["name"], worst)
        print("done")
        """;
}

/// <summary>A test that needs libtorch where the command finds it, and a Python that has torch: skipped where one is missing, unless PROBNET_REQUIRE_TORCH=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExportFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Found = new(() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(HasTorch));

    public ExportFactAttribute()
    {
        var library = new LibtorchFactAttribute().Skip;
        if (Environment.GetEnvironmentVariable("PROBNET_REQUIRE_TORCH") != "1") Skip = library ?? (Found.Value is null ? "no python3 with torch: install python3-torch" : null);
    }

    /// <summary>What a program prints, its errors behind.</summary>
    public static string Python(string folder, params string[] arguments) => Start(Found.Value ?? throw new InvalidOperationException("no python3 with torch: install python3-torch"), folder, arguments).Output;

    private static bool HasTorch(string python)
    {
        try
        {
            return Start(python, Path.GetTempPath(), "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)").Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (int Code, string Output) Start(string python, string folder, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(python, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("PYTHONPATH");
        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
