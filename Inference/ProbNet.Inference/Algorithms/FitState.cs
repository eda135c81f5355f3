using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The state of a fit: of each of its phases, in the order in which they ran. A fit that goes on from it (<see cref="FitRequest.Resume"/>) takes the results of phases
/// that have ended from here, goes on with the one that has not, step by step as if it had never stopped, and starts those that are not here.
/// </summary>
/// <remarks>
/// A phase is one run of training. An algorithm with several of them, or that delegates to another algorithm, gives each a name of its own:
/// <c>new Map { … }.Fit(request.In("map"))</c>. Names nest, so that the phases of an algorithm that is itself delegated to stay apart.
/// </remarks>
/// <param name="Phases">The phases; all but the last have ended.</param>
public sealed record FitState(EqArray<PhaseState> Phases)
{
    /// <summary>Before the first step.</summary>
    public static FitState Empty { get; } = new([]);

    /// <summary>Steps taken in all phases.</summary>
    public long Steps => Phases.Sum(p => p.Position.Steps);

    /// <summary>The state of a phase, or null if it has not begun.</summary>
    public PhaseState? Find(string phase) => Phases.FirstOrDefault(p => p.Phase == phase);

    /// <summary>
    /// The state with that of a phase added or replaced. While an earlier phase has not ended it does not change: a fit that is stopped may go through its later phases without a step.
    /// </summary>
    /// <exception cref="InvalidOperationException">The phase has ended before: two phases have one name.</exception>
    public FitState With(PhaseState phase)
    {
        if (Phases is [.., { Position.Ended: null } open] && open.Phase != phase.Phase) return this;
        if (Find(phase.Phase) is { Position.Ended: not null }) throw new InvalidOperationException($"two phases of a fit are called '{phase.Phase}'; FitRequest.In names them");
        return new([.. Phases.Where(p => p.Phase != phase.Phase), phase]);
    }
}

/// <summary>The state of one phase of a fit.</summary>
/// <param name="Phase">Its name; empty for an algorithm's only one.</param>
/// <param name="Position">Where it is.</param>
/// <param name="Tensors">
/// By name: while it runs <c>state:NAME</c>, all that a step carries to the next (parameters, optimiser state, step counter), and <c>best:NAME</c>, the parameters of the best epoch; when it
/// has ended <c>result:NAME</c>, the parameters it came to. At all times <c>snapshot:NAME</c>, what is gathered on the way, and the history.
/// </param>
public sealed record PhaseState(string Phase, TrainingPosition Position, IReadOnlyDictionary<string, StateTensor> Tensors)
{
    /// <summary>The state with copies of its tensors, which stay what they are.</summary>
    public PhaseState Held() => this with { Tensors = Tensors.ToDictionary(t => t.Key, t => StateTensor.Of(t.Value.Read())) };
}

/// <summary>Where a run of training is, and the numbers that it keeps between steps. The order of rows and all randomness are functions of these and the seed.</summary>
/// <param name="Steps">Steps taken.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Batch">Batches done of the next epoch.</param>
public sealed record TrainingPosition(long Steps, int Epoch, int Batch)
{
    /// <summary>The epoch of the last record of the history.</summary>
    public int Recorded { get; init; }

    /// <summary>The sum of the expected log-likelihood over the steps since that record.</summary>
    public double SumLikelihood { get; init; }

    /// <summary>The sum of the divergence over the same steps.</summary>
    public double SumKl { get; init; }

    /// <summary>Their number.</summary>
    public int SumCount { get; init; }

    /// <summary>The best epoch for early stopping; of a phase that has ended the epoch whose parameters are kept. Null where there is none.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>The criterion of the best epoch.</summary>
    public double Lowest { get; init; }

    /// <summary>Why it ended, or null while it runs.</summary>
    public StopReason? Ended { get; init; }

    /// <summary>Seconds spent compiling, over all processes.</summary>
    public double CompileSeconds { get; init; }

    /// <summary>Seconds spent in steps but the first of each process.</summary>
    public double StepSeconds { get; init; }

    /// <summary>The number of those steps.</summary>
    public long TimedSteps { get; init; }

    /// <summary>Seconds since the fit began, without those in which it was stopped.</summary>
    public double TotalSeconds { get; init; }
}

/// <summary>A tensor of a state, read when it is asked for.</summary>
public sealed class StateTensor
{
    private readonly Func<HostTensor> _read;

    internal StateTensor(DType type, Shape shape, Func<HostTensor> read) => (Type, Shape, _read) = (type, shape, read);

    /// <summary>The element type.</summary>
    public DType Type { get; }

    /// <summary>The axis sizes.</summary>
    public Shape Shape { get; }

    /// <summary>The value; of a state that has not been copied, the value now.</summary>
    public HostTensor Read() => _read();

    /// <summary>A value at hand.</summary>
    public static StateTensor Of(HostTensor value) => new(value.DType, value.Shape, () => value);
}
