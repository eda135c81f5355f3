using System.Text.Json.Serialization;
using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Inference.Health;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Artifacts;

/// <summary>What <c>run.json</c> says: all that is needed, beside the posterior's tensors, to predict without the program or its data, and how the run went.</summary>
public sealed record RunInfo
{
    /// <summary>The value of <see cref="Format"/>, by which a run folder is known.</summary>
    public const string FormatName = "probnet-run";

    /// <summary>The version of this layout; a reader refuses later ones.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Always <see cref="FormatName"/>.</summary>
    [JsonPropertyOrder(-2)]
    public string Format { get; init; } = FormatName;

    /// <summary>The version of the layout.</summary>
    [JsonPropertyOrder(-1)]
    public int FormatVersion { get; init; } = CurrentVersion;

    /// <summary>The version of ProbNet that wrote it.</summary>
    [JsonPropertyName("probnet")]
    public required string ProbNetVersion { get; init; }

    /// <summary>When the run ended, ISO 8601 in UTC; the caller's clock.</summary>
    public required string Created { get; init; }

    /// <summary>The program's texts, the model's file first.</summary>
    public required EqArray<SourceFile> Sources { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The <c>infer</c> declaration's name.</summary>
    public required string Infer { get; init; }

    /// <summary>The <c>data</c> declaration's name, or null.</summary>
    public string? Data { get; init; }

    /// <summary>The algorithm's name.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>The resolved options of the algorithm, defaults included, as the language writes them.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The guide, as the language writes it.</summary>
    public required string Guide { get; init; }

    /// <summary>The values of the model's static arguments, as the language writes them; null where it has none.</summary>
    public IReadOnlyDictionary<string, string>? Arguments { get; init; }

    /// <summary>The sizes of named dimensions in training.</summary>
    public required IReadOnlyDictionary<string, int> Dimensions { get; init; }

    /// <summary>The dimension that counts data rows, or null.</summary>
    public string? RowDimension { get; init; }

    /// <summary>The observed sites.</summary>
    public required EqArray<string> Observed { get; init; }

    /// <summary>How cells became values, or null for a model without data.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>SHA-256 of the training rows' values, by which their file is known again; null in runs that do not say.</summary>
    public string? TrainingSha256 { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The number of posterior draws that the metrics and predictions average.</summary>
    public int? Draws { get; init; }

    /// <summary>Why the fit ended, or null where that is not known.</summary>
    public string? Ended { get; init; }

    /// <summary><c>single</c> or <c>double</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>The backend's name.</summary>
    public required string Backend { get; init; }

    /// <summary>What the backend computes products of single precision in, where it was asked for: <c>f32</c>, <c>tf32</c>, <c>bf16</c>; else null.</summary>
    public string? Compute { get; init; }

    /// <summary>Metrics by set of rows.</summary>
    public required RunMetrics Metrics { get; init; }

    /// <summary>What the fit said about itself; null in runs that do not say.</summary>
    public HealthReport? Health { get; init; }

    /// <summary>How long it took.</summary>
    public required RunTiming Timing { get; init; }

    /// <summary>The other files of the folder; filled in when the folder is written.</summary>
    public IReadOnlyDictionary<string, FileDigest> Files { get; init; } = new Dictionary<string, FileDigest>();

    /// <summary>SHA-256 in hexadecimal of this file with the digits of this value as zeros; filled in when the folder is written.</summary>
    [JsonPropertyOrder(1)]
    public string Checksum { get; init; } = "";
}

/// <summary>A file of source text.</summary>
/// <param name="File">Its name.</param>
/// <param name="Text">Its characters.</param>
public sealed record SourceFile(string File, string Text);

/// <summary>Metrics by set of rows; null where a set is empty.</summary>
/// <param name="Train">Training rows.</param>
/// <param name="Validation">Validation rows.</param>
/// <param name="Test">Held-out rows.</param>
public sealed record RunMetrics(MetricTable? Train = null, MetricTable? Validation = null, MetricTable? Test = null);

/// <summary>How long a run took.</summary>
/// <param name="CompileMs">Milliseconds to compile.</param>
/// <param name="TotalMs">Milliseconds in all.</param>
/// <param name="StepsPerSecond">Training steps a second, compilation apart; null without steps.</param>
/// <param name="PeakMemoryBytes">The process's largest working set, or null where unknown.</param>
/// <param name="PredictedPeakMemoryBytes">What that was predicted to be before the fit began, or null in runs that do not say.</param>
public sealed record RunTiming(double CompileMs, double TotalMs, double? StepsPerSecond = null, long? PeakMemoryBytes = null, long? PredictedPeakMemoryBytes = null)
{
    /// <summary>Milliseconds from the start of the process to the end of the first training step, or null in runs that do not say.</summary>
    public double? FirstStepMs { get; init; }
}

/// <summary>A file's length and content digest.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 in lower-case hexadecimal.</param>
public sealed record FileDigest(long Bytes, string Sha256);
