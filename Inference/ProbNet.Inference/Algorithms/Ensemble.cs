using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// An ensemble: M members with a guide each (a point unless another is chosen), which start at different places and are trained side by side as one graph, each on its own objective. The posterior is their
/// mixture with equal weights.
/// </summary>
/// <remarks>
/// Source: Lakshminarayanan, Pritzel, Blundell, Simple and scalable predictive uncertainty estimation using deep ensembles, NeurIPS 2017, algorithm 1 without adversarial examples. Members see the same
/// batches in the same order; what sets them apart is where weights start, and their draws where the guide has any. The bound reported is the mean over members; validation scores the mixture, so early
/// stopping goes back to the epoch at which the members together were best.
/// </remarks>
public sealed record Ensemble : PointTraining
{
    /// <summary>M.</summary>
    public int Members { get; init; } = 5;

    /// <summary>The guide of each member.</summary>
    public EqArray<GuideClause> Guide { get; init; } = [new(new DeltaGuide())];

    /// <summary>The estimator asked for, where the guide has draws.</summary>
    public Estimator Estimator { get; init; } = new SharedEstimator();

    /// <inheritdoc/>
    public override string Name => "ensemble";

    /// <inheritdoc/>
    public override string Doc => "members trained side by side from different starts, as one graph";

    /// <inheritdoc/>
    public override string Source => "Lakshminarayanan, Pritzel, Blundell, Simple and scalable predictive uncertainty estimation using deep ensembles, NeurIPS 2017";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<Ensemble>("members", "the number of members", 1, a => a.Members, (a, v) => a with { Members = v }),
        GuideClauses.Option<Ensemble>("guide", a => a.Guide, (a, v) => a with { Guide = v }),
        Option.Choice<Ensemble, Estimator>("estimator", "how gradients of weights in linear maps are estimated, where the guide has draws", EstimatorRegistry.Estimators, a => a.Estimator, (a, v) => a with { Estimator = v }),
        .. TrainingOptions.Declare<Ensemble>(a => a.Training, (a, v) => a with { Training = v }),
    ];

    private protected override IEnumerable<(string Change, PointTraining Other)> Smaller =>
        Members > 1 ? [($"members = {(Members + 1) / 2}", this with { Members = (Members + 1) / 2 })] : [];

    private protected override Checked<TrainedPlan> Prepare(BoundModel model) => MembersPlan.Of(Name, model, Members, Guide, Training, Estimator);
}
