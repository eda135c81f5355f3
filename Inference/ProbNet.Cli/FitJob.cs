using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Cli;

/// <summary>The words of <c>probnet fit</c>; null is what was not given.</summary>
internal sealed record FitWords(
    string? File, string? Resume, string? Model, string? Infer, Dictionary<string, string> Data, Dictionary<string, string> Set, BackendWords Backend, long? Seed, DType? Precision,
    string? Out, int? Draws, int? Threads, long? MemoryLimit, CheckpointInterval? CheckpointEvery, bool Json);

/// <summary>A fit that is about to begin or to go on.</summary>
/// <param name="Written">The program with the modules it refers to.</param>
/// <param name="Program">What is fitted.</param>
/// <param name="Infer">How.</param>
/// <param name="Place">The run folder.</param>
/// <param name="Asked">What it was asked for beside program and data.</param>
/// <param name="Every">When its state is saved on the way, or null.</param>
internal sealed record FitJob(CheckedProgram Written, BoundProgram Program, InferChoice Infer, string Place, FitSettings Asked, CheckpointInterval? Every)
{
    /// <summary>The state it goes on from; empty for one that begins.</summary>
    public FitState State { get; init; } = FitState.Empty;

    /// <summary>What computes.</summary>
    public required IBackend Backend { get; init; }

    /// <summary>Epochs done before.</summary>
    public int Epochs => State.Phases is [.., var last] ? last.Position.Epoch : 0;

    /// <summary>Milliseconds that it took before.</summary>
    public double EarlierMs => State.Phases is [.., var last] ? 1000 * last.Position.TotalSeconds : 0;

    /// <summary>What the words ask for.</summary>
    /// <exception cref="CommandFailure">They do not fit each other, the program, the data or the run.</exception>
    public static FitJob Of(Terminal terminal, FitWords words) => words.Resume is { } run ? Resumed(terminal, run, words)
        : words.File is { } file ? Begun(terminal, file, words)
        : throw CommandFailure.Usage("'fit' needs FILE, or --resume RUN to go on with a fit that was stopped", "probnet fit --help shows how it is called");

    private static FitJob Begun(Terminal terminal, string path, FitWords words)
    {
        var file = ProgramFile.Read(path);
        var written = file.Check(terminal, words.Model, words.Set);
        var infer = Choices.Infer(terminal, written, words.Infer, words.Set, words.Model);
        var precision = words.Precision ?? DType.F32;
        // Before the data, which may be large.
        var backend = Backends.Open(terminal, words.Backend);
        var program = Choices.Bind(terminal, written, file.Folder, words.Model, words.Data, precision);
        return new(written, program, infer, words.Out ?? Path.Combine("runs", $"{file.Name}-{infer.Name}"),
            new(RunDefaults.Version, file.Folder, words.Model, words.Infer, words.Set, words.Seed ?? 0, words.Draws ?? RunDefaults.Draws, precision, backend.Word, words.MemoryLimit, words.CheckpointEvery?.Text) { Compute = backend.Compute }, words.CheckpointEvery)
        {
            Backend = backend.Backend,
        };
    }

    private static FitJob Resumed(Terminal terminal, string run, FitWords words)
    {
        if (Fixed(words) is { } given) throw CommandFailure.Usage($"--resume goes on with a fit as it was begun, and {given} would change it", "beside --resume there may be --data, --threads, --memory-limit, --checkpoint-every and --json");
        var (info, state) = CheckpointFile.Read(run);
        var settings = new Dictionary<string, string>(info.Settings);
        var file = new ProgramFile(info.Sources[0].File, new SourceText(info.Sources[0].File, info.Sources[0].Text))
        {
            Modules = ModuleLoader.Of(info.Sources.Skip(1).Select(s => new SourceText(s.File, s.Text)).ToEqArray()),
        };
        var written = file.Check(terminal, info.Model, settings);
        var infer = Choices.Infer(terminal, written, info.Infer, settings, info.Model);
        var data = words.Data.Count > 0 ? words.Data : new() { [info.Data] = info.DataFile };
        if (words.Data.Count == 0 && !File.Exists(info.DataFile))
            throw CommandFailure.BadData($"'{info.DataFile}', the data of the fit, is not there any more", $"--data {info.Data}=FILE tells where it is");
        var precision = info.Precision == SavedRun.NameOf(DType.F64) ? DType.F64 : DType.F32;
        var backend = Backends.Open(terminal, new(BackendWord.Parse(info.Backend) ?? throw CommandFailure.BadData($"'{run}' was begun on the backend '{info.Backend}', which this ProbNet does not have", "begin the fit anew"),
            BackendOptions.ComputeOf(info.Compute)));
        var program = Choices.Bind(terminal, written, info.Folder, info.Model, data, precision);
        if (Checkpointing.Mismatch(info, program, infer) is { } mismatch) throw CommandFailure.BadData($"'{run}' cannot be gone on with: {mismatch}", "undo the change, or begin the fit anew");
        if (info.ProbNetVersion != RunDefaults.Version) terminal.Err.WriteLine($"note: the fit was begun by ProbNet {info.ProbNetVersion}, this is {RunDefaults.Version}: the last digits of its results may differ");
        var every = words.CheckpointEvery ?? (info.CheckpointEvery is { } text ? CheckpointInterval.Parse(text) : null);
        return new(written, program, infer, run,
            new(RunDefaults.Version, info.Folder, info.Model, info.Infer, settings, info.Seed, info.Draws, precision, backend.Word, words.MemoryLimit ?? info.MemoryLimit, every?.Text) { Compute = backend.Compute }, every)
        {
            State = state,
            Backend = backend.Backend,
        };
    }

    private static string? Fixed(FitWords words) => words switch
    {
        { File: not null } => "a program",
        { Infer: not null } => "--infer",
        { Model: not null } => "--model",
        { Set.Count: > 0 } => "--set",
        { Backend.Backend: not null } => BackendOptions.Name,
        { Backend.Compute: not null } => BackendOptions.ComputeName,
        { Seed: not null } => "--seed",
        { Precision: not null } => "--precision",
        { Out: not null } => "--out",
        { Draws: not null } => "--draws",
        _ => null,
    };
}
