using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli.Output;

/// <summary>The report of a fit for people.</summary>
internal static class FitText
{
    private const int MostPairs = 12, MostShown = 4;

    /// <summary>One line before the fit: what is fitted, to what, how.</summary>
    public static string Heading(BoundProgram program, InferChoice infer, long seed)
    {
        string[] rows =
        [
            Numbers.Of(program.Data.Training.Lines.Count, "row"),
            .. program.Validation is null ? Array.Empty<string>() : [$"{Numbers.Count(program.Data.Validation.Lines.Count)} for validation"],
            .. program.HeldOut is null ? Array.Empty<string>() : [$"{Numbers.Count(program.Data.HeldOut.Lines.Count)} held out"],
        ];
        return $"{program.Model.Name}: {infer.Name} ({infer.Algorithm.Name}), {string.Join(", ", rows)}, seed {seed}";
    }

    /// <summary>The tables after the fit.</summary>
    public static void Write(Terminal terminal, RunInfo info, BoundProgram program, FitResult result, FitReport report, string place)
    {
        terminal.Out.WriteLine(Ending(result));
        terminal.Out.WriteLine();
        MetricsTable(info.Metrics).Write(terminal);
        foreach (var note in result.Notes.Concat(report.Notes)) terminal.Out.WriteLine(note);
        if (!report.Notes.IsEmpty || !result.Notes.IsEmpty) terminal.Out.WriteLine();
        Components(report).Write(terminal);
        if (!report.Components.IsEmpty && Rescaled(info) is { Count: > 0 } rescaled)
        {
            terminal.Out.WriteLine($"{string.Join(", ", rescaled)} {(rescaled.Count == 1 ? "was" : "were")} rescaled: the sites are in the model's units, the metrics in the file's");
            terminal.Out.WriteLine();
        }
        Points(report).Write(terminal);
        Pairs(report, program.HeldOut is null).Write(terminal);
        if (report.Health is { } health) HealthText.Write(terminal, health);
        Cost(info.Timing).Write(terminal);
        terminal.Out.WriteLine($"run folder: {place}");
    }

    /// <summary>Metrics, a column a set of rows.</summary>
    public static Table MetricsTable(RunMetrics metrics)
    {
        (string Name, Inference.Metrics.MetricTable? Table)[] sets = [("train", metrics.Train), ("validation", metrics.Validation), ("test", metrics.Test)];
        var present = sets.Where(s => s.Table is not null).ToArray();
        var table = new Table("", [new("metric"), .. present.Select(s => new Column(s.Name, true))]);
        foreach (var name in present.SelectMany(s => s.Table!.Values).Select(v => v.Name).Distinct())
        {
            var values = present.Select(s => s.Table!.Values.Where(v => v.Name == name).Select(v => (double?)v.Value).FirstOrDefault()).ToArray();
            var texts = new Queue<string>(Numbers.Aligned(values.OfType<double>()));
            table.Row([name, .. values.Select(v => v is null ? "" : texts.Dequeue())]);
        }
        return table;
    }

    private static List<string> Rescaled(RunInfo info) => info.Preprocessing?.Bindings.Where(b => b.Transformation is not (Inference.Data.Transformation.None or Inference.Data.Transformation.AtLeast)).Select(b => b.Name).ToList() ?? [];

    private static Table Components(FitReport report)
    {
        var table = new Table("posterior", [new("site"), new("mean", true), new("sd", true), new("5 %", true), new("50 %", true), new("95 %", true)]);
        string[] Cells(Func<ComponentSummary, double> value) => Numbers.Aligned(report.Components.Select(value));
        var levels = ComponentSummary.Levels.ToList();
        string[][] cells = [Cells(c => c.Mean), Cells(c => c.StandardDeviation), .. new[] { 0.05, 0.5, 0.95 }.Select(level => Cells(c => c.Quantiles[levels.IndexOf(level)]))];
        for (var i = 0; i < report.Components.Count; i++) table.Row([report.Components[i].Name, .. cells.Select(c => c[i])]);
        return table;
    }

    // Short ones are shown, of others how large they are.
    private static Table Points(FitReport report)
    {
        var table = new Table("learned points", [new("name"), new("of"), new("shape"), new("value")]);
        foreach (var (point, value) in report.Points)
        {
            var numbers = value.ToDoubles();
            table.Row(point.Name, point.Owner, point.Shape.ToString(), numbers.Length <= MostShown ? string.Join(", ", Numbers.Aligned(numbers).Select(n => n.Trim()))
                : $"rms {Numbers.Aligned([Math.Sqrt(numbers.Average(x => x * x))])[0].Trim()}");
        }
        return table;
    }

    private static Table Pairs(FitReport report, bool ofTraining)
    {
        var rest = report.Pairs.Count <= MostPairs ? "" : $"; the {MostPairs} most uncertain of {report.Pairs.Count} pairs";
        var table = new Table($"uncertainty by pair: {(ofTraining ? "training" : "held-out")} rows by their two most probable classes{rest}",
            [new("between"), new(""), new("rows", true), new("entropy", true), new("mutual information", true)]);
        PairUncertainty[] shown = report.Pairs.Count <= MostPairs ? [.. report.Pairs] : [.. report.Pairs.OrderByDescending(p => p.MutualInformation).Take(MostPairs)];
        var (entropy, information) = (Numbers.Aligned(shown.Select(p => p.Entropy)), Numbers.Aligned(shown.Select(p => p.MutualInformation)));
        for (var i = 0; i < shown.Length; i++) table.Row(shown[i].First, shown[i].Second, Numbers.Count(shown[i].Rows), entropy[i], information[i]);
        return table;
    }

    private static Table Cost(RunTiming timing)
    {
        var table = new Table("", [new("compile", true), new("total", true), new("steps/s", true), new("peak memory", true), new("predicted", true)]);
        table.Row(Numbers.Duration(timing.CompileMs), Numbers.Duration(timing.TotalMs), timing.StepsPerSecond is { } rate ? Numbers.Count(rate) : "",
            timing.PeakMemoryBytes is { } bytes ? Numbers.Memory(bytes) : "", timing.PredictedPeakMemoryBytes is { } predicted ? Numbers.Memory(predicted) : "");
        return table;
    }

    private static string Ending(FitResult result)
    {
        var last = result.History.IsEmpty ? 0 : result.History[^1].Epoch;
        var steps = Numbers.Of((int)Math.Min(result.Steps, int.MaxValue), "step");
        var what = result.Steps == last ? steps : $"{steps} in {Numbers.Of(last, "epoch")}";
        return result.Stop == StopReason.EarlyStop ? $"stopped early after {what}; kept epoch {result.BestEpoch}"
            : result.BestEpoch < last ? $"{what}; kept epoch {result.BestEpoch}"
            : what;
    }
}
