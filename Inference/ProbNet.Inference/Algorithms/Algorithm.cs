using ProbNet.Graph;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// A method of inference with its options: an immutable description plus one function from a model and data to a posterior. One file an algorithm, one
/// line in <see cref="AlgorithmRegistry"/>.
/// </summary>
public abstract record Algorithm : Component
{
    /// <summary>Approximates the posterior. Pure but for the time it takes: the same request gives the same result, bit for bit.</summary>
    public abstract FitOutcome Fit(FitRequest request);

    /// <summary>What would be done with each latent site of a model, or the diagnostics that say why it cannot be done. Computes nothing.</summary>
    public abstract Checked<Explanation> Explain(BoundModel model);

    /// <summary>The memory that <see cref="Fit"/> would take, whatever the limit, or the diagnostics that say why it cannot be done. Allocates nothing of that size.</summary>
    public abstract Checked<MemoryForecast> Forecast(FitRequest request);
}

/// <summary>What an algorithm would do.</summary>
/// <param name="Sites">What is done with each latent site.</param>
/// <param name="Step">The graph of one step, before a backend sees it; null for algorithms without one.</param>
public sealed record Explanation(EqArray<SitePlan> Sites, TensorGraph? Step)
{
    /// <summary>The values learned as points.</summary>
    public EqArray<PointPlan> Points { get; init; } = [];
}

/// <summary>What to fit, and where.</summary>
/// <param name="Model">The model with its data bound.</param>
/// <param name="Train">The training rows: every argument and observed site.</param>
/// <param name="Backend">Where to compute.</param>
/// <param name="Seed">The seed of all randomness of the fit.</param>
public sealed record FitRequest(BoundModel Model, DataSet Train, IBackend Backend, long Seed)
{
    /// <summary>Rows for early stopping and for the validation columns of the history, or null.</summary>
    public DataSet? Validation { get; init; }

    /// <summary>Threads to use; 0 means all cores. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>What the process holds and may hold; a fit that would need more is refused. Null: what it holds, and what the machine has, when the fit begins.</summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>The predictions that will follow the fit in this process, which are part of what has to fit into memory; null for none.</summary>
    public ReportPlan? Report { get; init; }

    /// <summary>Called with each record of the history as it is made.</summary>
    public Action<EpochRecord>? Progress { get; init; }

    /// <summary>Stops the fit after the current step; what has been reached is returned, and its state goes to <see cref="Checkpoints"/>.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>When and where the state of the fit is saved; null for never.</summary>
    public CheckpointPlan? Checkpoints { get; init; }

    /// <summary>The state to go on from, of the same fit; null to begin. The result is that of a fit that was never stopped, bit for bit.</summary>
    public FitState? Resume { get; init; }

    /// <summary>The posterior that a distillation copies; null where there is none.</summary>
    public Posterior? Teacher { get; init; }

    /// <summary>Further inputs of a distillation, without outcomes; null for none.</summary>
    public DataSet? Unlabelled { get; init; }

    /// <summary>The name of this phase of the fit, by which its state is known (<see cref="FitState"/>).</summary>
    public string Phase { get; init; } = "";

    /// <summary>The request for a phase of this fit: an algorithm that runs training more than once, or delegates, names each run.</summary>
    /// <param name="phase">A name unique within the algorithm, e.g. <c>map</c> or <c>member.3</c>.</param>
    public FitRequest In(string phase) => this with { Phase = Phase.Length == 0 ? phase : $"{Phase}/{phase}" };
}
