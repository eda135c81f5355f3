using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Workflow;

/// <summary>Keeps the state of one fit, and writes it to the fit's run folder. Mutable, owned by one fit.</summary>
/// <param name="folder">The run folder.</param>
/// <param name="info">What the checkpoint says of the fit; asked for when one is first written.</param>
/// <param name="begun">The state that the fit goes on from.</param>
/// <param name="warn">Told, once, that a checkpoint cannot be written; the fit goes on.</param>
public sealed class Checkpointing(string folder, Lazy<CheckpointInfo> info, FitState begun, Action<string> warn)
{
    private FitState _state = begun;
    private string? _told;

    /// <summary>Why the last checkpoint could not be written, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether this fit has written a checkpoint.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Steps in the state that was saved last.</summary>
    public long Steps => _state.Steps;

    /// <summary>Takes the state of a phase (<see cref="CheckpointPlan.Save"/>). The end of a phase is written only where states are saved on the way: it is soon followed by the run, or by another state.</summary>
    /// <param name="phase">The state.</param>
    /// <param name="isPeriodic">Whether states are saved on the way.</param>
    public void Save(PhaseState phase, bool isPeriodic)
    {
        var next = _state.With(phase);
        if (ReferenceEquals(next, _state)) return;
        _state = next;
        if (phase.Position.Ended is null || isPeriodic) Write();
    }

    /// <summary>Writes the state of a fit that is stopped between its phases or after the last; within a phase it has been written when the phase stopped.</summary>
    public void WriteEnded()
    {
        if (_state.Phases is [.., { Position.Ended: not null }]) Write();
    }

    // Nothing before the first step. Tensors of a phase that has not ended are there to be read while it saves them.
    private void Write()
    {
        if (_state.Steps == 0) return;
        try
        {
            CheckpointFile.Write(folder, info.Value, _state);
            (Fault, HasWritten) = (null, true);
        }
        catch (ArtifactException e)
        {
            Fault = e.Message;
            if (_told is null) warn(_told = e.Message);
        }
    }

    /// <summary>What a checkpoint says of a fit.</summary>
    /// <param name="written">The program with the modules it refers to.</param>
    /// <param name="program">What is fitted.</param>
    /// <param name="infer">How.</param>
    /// <param name="asked">What the program was asked for from outside.</param>
    public static CheckpointInfo Describe(CheckedProgram written, BoundProgram program, InferChoice infer, FitSettings asked) => new()
    {
        ProbNetVersion = asked.Version,
        Sources = RunWriting.Sources(written),
        Folder = asked.Folder,
        Model = asked.Model,
        Infer = asked.Infer,
        Settings = asked.Settings,
        Algorithm = infer.Algorithm.Name,
        Options = RunWriting.Options(infer.Algorithm),
        Data = program.Data.Name,
        DataFile = Path.GetFullPath(program.File),
        RowsSha256 = Rows(program),
        Seed = asked.Seed,
        Draws = asked.Draws,
        Precision = SavedRun.NameOf(asked.Precision),
        Backend = asked.Backend,
        Compute = asked.Compute,
        MemoryLimit = asked.MemoryLimit,
        CheckpointEvery = asked.CheckpointEvery,
    };

    /// <summary>Why a fit cannot go on with what the checkpoint's program and data have come to, or null.</summary>
    public static string? Mismatch(CheckpointInfo info, BoundProgram program, InferChoice infer)
    {
        if (!info.RowsSha256.Equals(Rows(program))) return $"'{program.File}' does not give the rows that the fit was begun with: other values, another order, or another split";
        var options = RunWriting.Options(infer.Algorithm);
        var changed = options.Keys.Union(info.Options.Keys).FirstOrDefault(o => options.GetValueOrDefault(o) != info.Options.GetValueOrDefault(o));
        return infer.Algorithm.Name != info.Algorithm ? $"the algorithm is '{infer.Algorithm.Name}' in this ProbNet, and was '{info.Algorithm}' when the fit was begun"
            : changed is not null ? $"the option '{changed}' is '{options.GetValueOrDefault(changed)}' in this ProbNet, and was '{info.Options.GetValueOrDefault(changed)}' when the fit was begun"
            : null;
    }

    private static EqArray<string> Rows(BoundProgram program) =>
        [TrainingDigest.Of(program.Data.Training), TrainingDigest.Of(program.Data.Validation), TrainingDigest.Of(program.Data.HeldOut)];
}

/// <summary>What a fit was asked for beside its program and data.</summary>
/// <param name="Version">The version of ProbNet.</param>
/// <param name="Folder">The full path of the program's folder.</param>
/// <param name="Model">The model's name, or null for the first that fits.</param>
/// <param name="Infer">The inference, or null for the first.</param>
/// <param name="Settings">Arguments and options set outside the program.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Draws">Posterior draws for predictions.</param>
/// <param name="Precision">The floating-point type computed in.</param>
/// <param name="Backend">The backend's name.</param>
/// <param name="MemoryLimit">The most bytes the process may come to, or null.</param>
/// <param name="CheckpointEvery">When states are saved, as written, or null.</param>
public sealed record FitSettings(
    string Version, string Folder, string? Model, string? Infer, IReadOnlyDictionary<string, string> Settings, long Seed, int Draws, DType Precision, string Backend, long? MemoryLimit, string? CheckpointEvery)
{
    /// <summary>What the backend computes products of single precision in, or null where that was not asked for.</summary>
    public string? Compute { get; init; }
}
