using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>What states of training are made of, and what is made of them.</summary>
internal static class TrainingState
{
    private const string Result = "result:", Snapshot = "snapshot:";

    /// <summary>The state of a run that has ended: what it came to, without the optimiser's.</summary>
    public static PhaseState OfEnded(string phase, TrainingPosition position, FitResult result, List<EpochRecord> history, ISnapshots? snapshots)
    {
        var tensors = new Dictionary<string, StateTensor>();
        Add(tensors, Result, result.Posterior.Guide, result.Posterior.Guide.Parameters.Map(p => result.Posterior.Parameters[p.Name]));
        Add(tensors, snapshots);
        HistoryState.Save(history, tensors);
        return new(phase, position, tensors);
    }

    /// <summary>What a run that has ended came to.</summary>
    public static FitOutcome Ended(PhaseState state, FitRequest request, GuidePlan guide, StepGraph step, ISnapshots? snapshots)
    {
        if (guide.Parameters.Select(p => Fault(state, Result + p.Name, guide.Precision, p.Shape)).FirstOrDefault(f => f is not null) is { } fault) return new FitOutcome.Refused([fault]);
        if (HistoryState.Restore(state.Tensors) is not { } history) return new FitOutcome.Refused([Foreign("its history is incomplete")]);
        Restore(state, snapshots);
        var parameters = guide.Parameters.ToDictionary(p => p.Name, p => state.Tensors[Result + p.Name].Read());
        var at = state.Position;
        return new FitOutcome.Fitted(new(Posterior.FromParameters(request.Model, guide, parameters).Required, step.Elbo.Sites, history.ToEqArray(), at.Steps, at.Ended!.Value, at.BestEpoch ?? at.Epoch, Timing(at)));
    }

    /// <summary>How long a run has taken in all processes.</summary>
    public static FitTiming Timing(TrainingPosition at) => new(TimeSpan.FromSeconds(at.CompileSeconds), TimeSpan.FromSeconds(at.StepSeconds), TimeSpan.FromSeconds(at.TotalSeconds),
        at.StepSeconds > 0 && at.TimedSteps > 0 ? at.TimedSteps / at.StepSeconds : 0);

    /// <summary>Adds parameters to a state.</summary>
    public static void Add(Dictionary<string, StateTensor> state, string prefix, GuidePlan guide, EqArray<HostTensor> parameters)
    {
        for (var i = 0; i < parameters.Count; i++) state.Add(prefix + guide.Parameters[i].Name, StateTensor.Of(parameters[i]));
    }

    /// <summary>Adds what has been gathered on the way.</summary>
    public static void Add(Dictionary<string, StateTensor> state, ISnapshots? snapshots)
    {
        if (snapshots is null) return;
        foreach (var (name, value) in snapshots.Save()) state.Add(Snapshot + name, StateTensor.Of(value));
    }

    /// <summary>Goes back to what had been gathered.</summary>
    public static void Restore(PhaseState state, ISnapshots? snapshots) =>
        snapshots?.Restore(state.Tensors.Where(t => t.Key.StartsWith(Snapshot, StringComparison.Ordinal)).ToDictionary(t => t.Key[Snapshot.Length..], t => t.Value.Read()));

    /// <summary>Parameters of a state, which have been found to fit.</summary>
    public static EqArray<HostTensor> Parameters(PhaseState state, string prefix, GuidePlan guide) => guide.Parameters.Map(p => state.Tensors[prefix + p.Name].Read());

    /// <summary>Why a tensor of a state does not fit, or null.</summary>
    public static Diagnostic? Fault(PhaseState state, string name, DType type, Shape shape) => !state.Tensors.TryGetValue(name, out var tensor) ? Foreign($"it has no '{name}'")
        : tensor.Type != type || tensor.Shape != shape ? Foreign($"its '{name}' is {tensor.Type.Name()}{tensor.Shape}, not {type.Name()}{shape}")
        : null;

    /// <summary>A state that belongs to another fit.</summary>
    public static Diagnostic Foreign(string why) => new(InferenceCodes.ParameterMismatch, $"the state to go on from is that of another fit: {why}", default)
    { Hint = "a fit goes on with the model, data and options that it was begun with" };
}
