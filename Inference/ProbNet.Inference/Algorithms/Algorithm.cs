using ProbNet.Graph;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
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

    /// <summary>Called with each record of the history as it is made.</summary>
    public Action<EpochRecord>? Progress { get; init; }

    /// <summary>Stops the fit after the current step; what has been reached is returned.</summary>
    public CancellationToken Cancel { get; init; }
}
