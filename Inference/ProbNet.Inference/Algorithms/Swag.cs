using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// SWA-Gaussian: a run towards the maximum a posteriori point (<see cref="Map"/>), and a normal with the moments of the parameters after epochs burnIn + every, burnIn + 2 every, …: their mean, half their
/// elementwise variances on the diagonal, and half the low-rank covariance of the last deviations (<see cref="SwagPosterior"/>). All in unconstrained space.
/// </summary>
/// <remarks>
/// Source: Maddox, Garipov, Izmailov, Vetrov, Wilson, A simple baseline for Bayesian uncertainty in deep learning, NeurIPS 2019, algorithm 1. With K deviations held, at most the rank, the divisor is
/// K - 1. Values that the model learns as points have no prior and so no posterior: their average is kept.
/// </remarks>
public sealed record Swag : PointTraining
{
    /// <summary>The most deviations held; 0 for a diagonal covariance.</summary>
    public int Rank { get; init; } = 20;

    /// <summary>Epochs before collecting begins; null for three quarters of the run.</summary>
    public int? BurnIn { get; init; }

    /// <summary>Epochs between two points.</summary>
    public int Every { get; init; } = 1;

    /// <summary>The step size after the burn-in; null to go on with the schedule.</summary>
    public double? CollectRate { get; init; }

    /// <summary>The factor on the covariance.</summary>
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "swag";

    /// <inheritdoc/>
    public override string Doc => "a normal with the moments of the points of a run: diagonal plus low rank";

    /// <inheritdoc/>
    public override string Source => "Maddox et al., A simple baseline for Bayesian uncertainty in deep learning, NeurIPS 2019";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        .. SwagMoments.Declare<Swag>(a => a.Rank, (a, v) => a with { Rank = v }, a => a.Scale, (a, v) => a with { Scale = v }),
        .. CollectionOptions.Declare<Swag>(a => a.BurnIn, (a, v) => a with { BurnIn = v }, a => a.Every, (a, v) => a with { Every = v }, a => a.CollectRate, (a, v) => a with { CollectRate = v }),
        .. CollectionOptions.Training<Swag>(),
    ];

    private protected override IEnumerable<(string Change, PointTraining Other)> Smaller => SwagMoments.Ranks(Rank).Select(r => ($"rank = {r}", (PointTraining)(this with { Rank = r })));

    private protected override Checked<TrainedPlan> Prepare(BoundModel model)
    {
        var (training, found) = (Training, SwagMoments.Check(Rank, BurnIn, Every, Training, model));
        if (found.Value is { } c) training = CollectionOptions.Scheduled(Training, CollectRate, c);
        var point = Point(model, training);
        if (point.Value is not { } plan || found.Value is not { } collection) return new(null, [.. point.Diagnostics, .. found.Diagnostics]);
        return SwagMoments.Planned(plan, model, collection, Rank, new SwagPosterior { Columns = SwagMoments.Columns(Rank, collection), Scale = Scale });
    }

    private protected override FitResult Finish(FitRequest request, TrainedPlan plan, FitResult result, ISnapshots? gathered)
    {
        if (gathered is not RunningMoments { Count: >= 2 } moments) return CollectionOptions.Unfinished(result, gathered is not null);
        var family = new SwagPosterior { Columns = moments.Held, Scale = Scale };
        return With(request, plan, result, [new(family)], SwagMoments.Parameters(plan.Guide, moments));
    }
}
