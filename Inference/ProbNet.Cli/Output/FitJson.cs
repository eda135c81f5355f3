using System.Text.Json;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Metrics;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli.Output;

/// <summary>The report of a fit for programs: <c>fit --json</c>.</summary>
internal static class FitJson
{
    /// <summary>The object.</summary>
    public static string Of(RunInfo info, BoundProgram program, FitResult result, FitReport report, string place) => Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", info.Model);
        writer.WriteString("infer", info.Infer);
        writer.WriteString("algorithm", info.Algorithm);
        if (info.Data is not null) writer.WriteString("data", info.Data);
        writer.WriteString("run", place);
        writer.WriteNumber("seed", info.Seed);
        writer.WriteString("precision", info.Precision);
        writer.WriteString("backend", info.Backend);
        if (info.Compute is { } compute) writer.WriteString("compute", compute);
        writer.WriteNumber("draws", info.Draws ?? 0);
        writer.WriteString("ended", info.Ended);
        writer.WriteNumber("steps", result.Steps);
        writer.WriteNumber("bestEpoch", result.BestEpoch);
        writer.WriteStartObject("rows");
        writer.WriteNumber("train", program.Data.Training.Lines.Count);
        writer.WriteNumber("validation", program.Data.Validation.Lines.Count);
        writer.WriteNumber("test", program.Data.HeldOut.Lines.Count);
        writer.WriteEndObject();
        if (!result.History.IsEmpty) Json.Number(writer, "elbo", result.History[^1].Elbo);
        writer.WriteStartObject("metrics");
        Write(writer, "train", info.Metrics.Train);
        Write(writer, "validation", info.Metrics.Validation);
        Write(writer, "test", info.Metrics.Test);
        writer.WriteEndObject();
        if (!report.Notes.IsEmpty || !result.Notes.IsEmpty)
        {
            writer.WriteStartArray("notes");
            foreach (var note in result.Notes.Concat(report.Notes)) writer.WriteStringValue(note);
            writer.WriteEndArray();
        }
        Write(writer, info.Timing);
        Components(writer, report);
        Points(writer, report);
        Pairs(writer, report);
        if (report.Health is { } health) HealthJson.Write(writer, health);
        writer.WriteEndObject();
    });

    /// <summary>A table of metrics as an object; nothing if there is none.</summary>
    public static void Write(Utf8JsonWriter writer, string name, MetricTable? metrics)
    {
        if (metrics is null) return;
        writer.WriteStartObject(name);
        foreach (var (metric, value) in metrics.Values) Json.Number(writer, metric, value);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, RunTiming timing)
    {
        writer.WriteStartObject("timing");
        if (timing.StepsPerSecond is { } rate) Json.Number(writer, "stepsPerSecond", rate);
        Json.Number(writer, "compileMs", timing.CompileMs);
        if (timing.FirstStepMs is { } first) Json.Number(writer, "firstStepMs", first);
        Json.Number(writer, "totalMs", timing.TotalMs);
        if (timing.PeakMemoryBytes is { } bytes) writer.WriteNumber("peakMemoryBytes", bytes);
        if (timing.PredictedPeakMemoryBytes is { } predicted) writer.WriteNumber("predictedPeakMemoryBytes", predicted);
        writer.WriteEndObject();
    }

    private static void Components(Utf8JsonWriter writer, FitReport report)
    {
        if (report.Components.IsEmpty) return;
        writer.WriteStartArray("posterior");
        foreach (var c in report.Components)
        {
            writer.WriteStartObject();
            writer.WriteString("site", c.Name);
            Json.Number(writer, "mean", c.Mean);
            Json.Number(writer, "sd", c.StandardDeviation);
            foreach (var (level, value) in ComponentSummary.Levels.Zip(c.Quantiles)) Json.Number(writer, "q" + level.ToString(System.Globalization.CultureInfo.InvariantCulture), value);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Points(Utf8JsonWriter writer, FitReport report)
    {
        if (report.Points.IsEmpty) return;
        writer.WriteStartArray("learnedPoints");
        foreach (var (point, value) in report.Points)
        {
            writer.WriteStartObject();
            writer.WriteString("name", point.Name);
            writer.WriteString("of", point.Owner);
            writer.WriteStartArray("shape");
            for (var axis = 0; axis < point.Shape.Rank; axis++) writer.WriteNumberValue(point.Shape[axis]);
            writer.WriteEndArray();
            Json.Number(writer, "rms", Math.Sqrt(value.ToDoubles().Average(x => x * x)));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Pairs(Utf8JsonWriter writer, FitReport report)
    {
        if (report.Pairs.IsEmpty) return;
        writer.WriteStartArray("pairs");
        foreach (var p in report.Pairs)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("classes");
            writer.WriteStringValue(p.First);
            writer.WriteStringValue(p.Second);
            writer.WriteEndArray();
            writer.WriteNumber("rows", p.Rows);
            Json.Number(writer, "entropy", p.Entropy);
            Json.Number(writer, "mutualInformation", p.MutualInformation);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
