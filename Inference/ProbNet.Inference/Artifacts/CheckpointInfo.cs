using System.Text.Json.Serialization;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;

namespace ProbNet.Inference.Artifacts;

/// <summary>What a checkpoint says of its fit: all that is needed, beside the data and the tensors, to go on with it.</summary>
public sealed record CheckpointInfo
{
    /// <summary>The value of <see cref="Format"/>, by which a checkpoint is known.</summary>
    public const string FormatName = "probnet-checkpoint";

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

    /// <summary>The program's texts, the model's file first.</summary>
    public required EqArray<SourceFile> Sources { get; init; }

    /// <summary>The full path of the program's folder, which further files of a program are relative to.</summary>
    public required string Folder { get; init; }

    /// <summary>The model that was asked for, or null.</summary>
    public string? Model { get; init; }

    /// <summary>The inference that was asked for, or null.</summary>
    public string? Infer { get; init; }

    /// <summary>Arguments and options set outside the program.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The algorithm's name.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The resolved options of the algorithm, defaults included, as the language writes them.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The <c>data</c> declaration's name.</summary>
    public required string Data { get; init; }

    /// <summary>The full path of its file.</summary>
    public required string DataFile { get; init; }

    /// <summary>SHA-256 of the training, validation and held-out rows' values.</summary>
    public required EqArray<string> RowsSha256 { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The number of posterior draws for the metrics and predictions.</summary>
    public required int Draws { get; init; }

    /// <summary><c>single</c> or <c>double</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>The backend's name.</summary>
    public required string Backend { get; init; }

    /// <summary>What the backend computes products of single precision in, where it was asked for: <c>f32</c>, <c>tf32</c>, <c>bf16</c>; else null.</summary>
    public string? Compute { get; init; }

    /// <summary>The most bytes the process may come to, or null.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>When states are saved, as the command line writes it, or null for none on the way.</summary>
    public string? CheckpointEvery { get; init; }

    /// <summary>Where the phases of the fit are; filled in when it is written.</summary>
    public EqArray<CheckpointPhase> Phases { get; init; } = [];
}

/// <summary>A phase of a fit in a checkpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Position">Where it is.</param>
public sealed record CheckpointPhase(string Name, TrainingPosition Position);
