using System.Globalization;
using ProbNet.Backends.Cpu;
using ProbNet.Examples.Uci;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Tests.Examples;

/// <summary>Examples/uci on data made here: reading of splits, units, selection on training rows, tables.</summary>
public sealed class UciTests : IDisposable
{
    private const int Rows = 45;

    private readonly string _root = Directory.CreateTempSubdirectory("uci").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static SourceText Program { get; } = new("uci.prob", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "uci.prob")));

    // y = scale (3 + 2 a - b + a little), with a column that is constant; training lists are in no order, as in the published splits.
    private UciSet Write(string name, double scale = 1, Func<int, double>? change = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        string[] lines = [.. Enumerable.Range(0, Rows).Select(i =>
        {
            var (a, b) = (Math.Sin(1.7 * i), Math.Cos(2.9 * i));
            var y = scale * (3 + 2 * a - b + 0.1 * Math.Sin(11.3 * i) + (change?.Invoke(i) ?? 0));
            return string.Create(CultureInfo.InvariantCulture, $"{a:R} {y:R} 5.5  {b:R}");
        })];
        File.WriteAllLines(Path.Combine(folder, "data.txt"), lines);
        File.WriteAllLines(Path.Combine(folder, "index_features.txt"), ["0.000000e+00", "2.000000e+00", "3.000000e+00"]);
        File.WriteAllLines(Path.Combine(folder, "index_target.txt"), ["1"]);
        for (var k = 0; k < 2; k++)
        {
            int[] order = [.. Enumerable.Range(0, Rows).Select(i => (i * 7 + k) % Rows)];
            File.WriteAllLines(Path.Combine(folder, $"index_train_{k}.txt"), order[..40].Select(i => $"{i}"));
            File.WriteAllLines(Path.Combine(folder, $"index_test_{k}.txt"), order[40..].Select(i => $"{i}"));
        }
        return UciSet.Read(_root, name);
    }

    [Fact]
    public void The_models_check_and_every_method_binds_with_its_candidates()
    {
        var program = Checker.Check(Program);
        Assert.Empty(program.Diagnostics);
        Assert.Equal(["homoscedastic", "heteroscedastic"], program.Models.Map(m => m.Name));
        var study = new Study(Program, [], [], [], null, Draws: 1, Seed: 1);
        foreach (var model in program.Models)
        {
            foreach (var infer in program.Declarations<Declaration.Infer>())
            {
                foreach (var candidate in study.Candidates(infer.Name)) Assert.Equal(model.Name, new Trial(Program, model.Name, infer.Name, candidate).Prepare().Model.Name);
            }
        }
    }

    [Fact]
    public void A_folder_of_the_standard_layout_is_read_as_it_is()
    {
        var set = Write("small");
        Assert.Equal((Rows, 3, 2), (set.Inputs.Length, set.Inputs[0].Length, set.Splits.Count));
        Assert.Equal(3 - 1, set.Outcome[0], 12);
        Assert.Equal([Math.Sin(1.7), 5.5, Math.Cos(2.9)], set.Inputs[1]);
        Assert.Equal([1, 8, 15], set.Splits[1].Train[..3]);
        Assert.Equal(40, set.Splits[1].Train.Length);
        Assert.Empty(set.Splits[1].Train.Intersect(set.Splits[1].Test));
        Assert.Contains("elsewhere/data.txt", Assert.Throws<DirectoryNotFoundException>(() => UciSet.Read(_root, "elsewhere")).Message);
        File.AppendAllText(Path.Combine(_root, "small", "index_test_0.txt"), $"{set.Splits[0].Train[0]}\n");
        Assert.Throws<InvalidDataException>(() => UciSet.Read(_root, "small"));
        File.WriteAllText(Path.Combine(_root, "small", "index_test_0.txt"), $"{Rows}\n");
        Assert.Throws<InvalidDataException>(() => UciSet.Read(_root, "small"));
    }

    [Fact]
    public void Validation_rows_are_the_end_of_the_training_list()
    {
        var split = new Split(3, [.. Enumerable.Range(0, 40).Reverse()], [40, 41]);
        Assert.Equal(split.Train[..32], split.Validation.Train);
        Assert.Equal(split.Train[32..], split.Validation.Test);
    }

    [Fact]
    public void Training_rows_alone_standardise()
    {
        var set = Write("small");
        var rows = Standardised.Of(set, set.Splits[0]);
        for (var c = 0; c < 3; c++)
        {
            double[] column = [.. rows.Train["x"].ToDoubles().Where((_, i) => i % 3 == c)];
            Assert.Equal(0, column.Average(), 12);
            Assert.Equal(c == 1 ? 0 : 1, column.Average(v => v * v), 12);
        }
        double[] outcome = [.. set.Splits[0].Train.Select(r => set.Outcome[r])];
        var (mean, deviation) = (outcome.Average(), Math.Sqrt(outcome.Average(v => v * v) - outcome.Average() * outcome.Average()));
        Assert.Equal(mean, rows.Outcome.Mean, 12);
        Assert.Equal(deviation, rows.Outcome.Scale, 10);
        Assert.Equal((set.Outcome[set.Splits[0].Test[2]] - mean) / deviation, rows.Test["y"].ToDoubles()[2], 10);
    }

    [Fact]
    public void A_density_in_standard_units_becomes_one_of_the_original()
    {
        // log N(y; m + s a, s b) = log N(t; a, b) - log s, with t = (y - m) / s.
        static double LogNormal(double y, double loc, double scale) => -0.5 * Math.Pow((y - loc) / scale, 2) - Math.Log(scale) - 0.5 * Math.Log(2 * Math.PI);
        var outcome = new Moments(23.5, 9.2);
        Assert.Equal(LogNormal(31, 23.5 + 9.2 * 0.4, 9.2 * 0.3), outcome.LogDensity(LogNormal(outcome.Standard(31), 0.4, 0.3)), 12);
    }

    [Fact]
    public void Scores_follow_the_units_of_the_outcome()
    {
        // Eight times the outcome is the same standardised data, bit for bit.
        var trial = new Trial(Program, "heteroscedastic", "meanField", [new("epochs", "40"), new("klWarmup", "10"), new("units", "7")]);
        var (one, eight) = (Write("one"), Write("eight", scale: 8));
        var backend = new CpuBackend();
        var (a, b) = (trial.Run(one, one.Splits[0], backend, 50, 3), trial.Run(eight, eight.Splits[0], backend, 50, 3));
        Assert.Equal(a.LogLikelihood - Math.Log(8), b.LogLikelihood, 12);
        Assert.Equal(8 * a.Rmse, b.Rmse, 10);
        Assert.Equal(a.Coverage, b.Coverage);
    }

    [Fact]
    public void Candidates_are_compared_on_training_rows()
    {
        var set = Write("small");
        var split = set.Splits[0];
        var spoiled = Write("spoiled", change: i => split.Test.Contains(i) ? 1000 : 0);
        var study = new Study(Program, ["homoscedastic"], ["meanField"], [new("klWarmup", "10"), new("units", "7")], [Study.Alternatives("epochs", "1", "300")], Draws: 50, Seed: 1);
        var backend = new CpuBackend();
        var result = Assert.Single(study.Run(set, split, "homoscedastic", "meanField", backend, validateOnly: false));
        Assert.Equal("klWarmup=10 units=7 epochs=300", result.Settings);
        var other = Assert.Single(study.Run(spoiled, split, "homoscedastic", "meanField", backend, validateOnly: false));
        Assert.Equal(result.Settings, other.Settings);
        Assert.True(other.Scores.Rmse > 900, "the spoiled test rows are scored");
        // Better than the normal with the moments of the training rows, whose error is a standard deviation of the outcome.
        Assert.InRange(result.Scores.Rmse, 0, 0.5 * Standardised.Of(set, split).Outcome.Scale);
        var both = study.Run(set, split, "homoscedastic", "meanField", backend, validateOnly: true).ToList();
        Assert.Equal(["klWarmup=10 units=7 epochs=1", "klWarmup=10 units=7 epochs=300"], both.Select(r => r.Settings));
        Assert.True(both[1].Scores.LogLikelihood > both[0].Scores.LogLikelihood);
        Assert.Equal(both, study.Run(spoiled, split, "homoscedastic", "meanField", backend, validateOnly: true), (a, b) => a.Scores with { Seconds = 0 } == b.Scores with { Seconds = 0 });
    }

    [Fact]
    public void The_command_writes_tables_and_keeps_what_earlier_runs_found()
    {
        Write("one");
        Write("two", scale: 2);
        string file = Path.Combine(_root, "results.tsv"), first = Path.Combine(_root, "first.tsv");
        string[] common = ["--data", _root, "--set", "units=5", "--set", "epochs=30", "--set", "klWarmup=5", "--draws", "20", "--methods", "meanField", "--models", "homoscedastic"];
        var output = new StringWriter { NewLine = "\n" };
        Runner.Run(CommandLine.Read([.. common, "--sets", "one", "--splits", "0-1", "--jobs", "2", "--out", file]), TextWriter.Null, TextWriter.Null);
        Runner.Run(CommandLine.Read([.. common, "--sets", "two", "--jobs", "1", "--out", file]), output, TextWriter.Null);
        Runner.Run(CommandLine.Read([.. common, "--sets", "one", "--jobs", "1", "--out", first]), TextWriter.Null, TextWriter.Null);
        var all = ResultFile.Read(file);
        Assert.Equal(4, all.Count);
        Assert.Equal(ResultFile.Read(first).Select(r => r with { Scores = r.Scores with { Seconds = 0 } }),
            all.Where(r => r.Set == "one").OrderBy(r => r.Split).Select(r => r with { Scores = r.Scores with { Seconds = 0 } }));
        Assert.StartsWith("| test log-likelihood | one | two |\n|---|---|---|\n| meanField, homoscedastic | ", output.ToString());
        var again = new StringWriter { NewLine = "\n" };
        Runner.Run(CommandLine.Read(["--tables", "--out", file]), again, TextWriter.Null);
        Assert.Equal(output.ToString(), again.ToString());
        var rmse = ScoreTable.MeanError([.. all.Where(r => r.Set == "two").Select(r => r.Scores.Rmse)]);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{rmse.Mean:F3} ± {rmse.Error:F3} (2) |"), output.ToString());
    }

    [Fact]
    public void Means_come_with_their_standard_errors()
    {
        // Deviations -2, 0, 2: variance 8 / 2 = 4, standard error 2 / sqrt 3.
        Assert.Equal("-1.00 ± 1.15 (3)", ScoreTable.Cell([-3, -1, 1], 2));
        Assert.Equal("0.5 ± 0.1", ScoreTable.Cell([.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? 0.0 : 1.0)], 1));
        Assert.Equal("", ScoreTable.Cell([], 1));
    }

    [Fact]
    public void What_cannot_be_read_or_found_is_told_before_anything_runs()
    {
        Write("one");
        Assert.Equal([0, 1, 2, 7], CommandLine.Numbers("0-2,7").Order());
        foreach (string[] wrong in (string[][])[["--nothing", "1"], ["--tables"], ["--draws"], ["--draws", "x"], ["--set", "epochs"]]) Assert.Throws<FormatException>(() => CommandLine.Read(wrong));
        foreach (string[] wrong in (string[][])[["--models", "linear"], ["--methods", "magic"]])
            Assert.Throws<FormatException>(() => Runner.Run(CommandLine.Read(["--data", _root, "--sets", "one", .. wrong]), TextWriter.Null, TextWriter.Null));
        Assert.Throws<DiagnosticException>(() => Runner.Run(CommandLine.Read(["--data", _root, "--sets", "one", "--set", "epoch=3"]), TextWriter.Null, TextWriter.Null));
    }
}
