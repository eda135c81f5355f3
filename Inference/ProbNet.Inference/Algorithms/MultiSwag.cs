using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>Several runs of <see cref="Swag"/> from different starts, trained side by side as one graph (<see cref="MembersStep"/>); the posterior is the mixture of their normals with equal weights.</summary>
/// <remarks>Source: Wilson and Izmailov, Bayesian deep learning and a probabilistic perspective of generalization, NeurIPS 2020, sec. 4.</remarks>
public sealed record MultiSwag : PointTraining
{
    /// <summary>The number of runs.</summary>
    public int Members { get; init; } = 5;

    /// <summary>The most deviations each holds; 0 for diagonal covariances.</summary>
    public int Rank { get; init; } = 20;

    /// <summary>Epochs before collecting begins; null for three quarters of the run.</summary>
    public int? BurnIn { get; init; }

    /// <summary>Epochs between two points.</summary>
    public int Every { get; init; } = 1;

    /// <summary>The step size after the burn-in; null to go on with the schedule.</summary>
    public double? CollectRate { get; init; }

    /// <summary>The factor on the covariances.</summary>
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "multiSwag";

    /// <inheritdoc/>
    public override string Doc => "a mixture of several swag posteriors, trained side by side from different starts";

    /// <inheritdoc/>
    public override string Source => "Wilson and Izmailov, Bayesian deep learning and a probabilistic perspective of generalization, NeurIPS 2020";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<MultiSwag>("members", "the number of runs", 1, a => a.Members, (a, v) => a with { Members = v }),
        .. SwagMoments.Declare<MultiSwag>(a => a.Rank, (a, v) => a with { Rank = v }, a => a.Scale, (a, v) => a with { Scale = v }),
        .. CollectionOptions.Declare<MultiSwag>(a => a.BurnIn, (a, v) => a with { BurnIn = v }, a => a.Every, (a, v) => a with { Every = v }, a => a.CollectRate, (a, v) => a with { CollectRate = v }),
        .. CollectionOptions.Training<MultiSwag>(),
    ];

    private protected override IEnumerable<(string Change, PointTraining Other)> Smaller =>
    [
        .. SwagMoments.Ranks(Rank).Select(r => ($"rank = {r}", (PointTraining)(this with { Rank = r }))),
        .. Members > 1 ? new[] { ($"members = {(Members + 1) / 2}", (PointTraining)(this with { Members = (Members + 1) / 2 })) } : [],
    ];

    private protected override Checked<TrainedPlan> Prepare(BoundModel model)
    {
        var (training, found) = (Training, SwagMoments.Check(Rank, BurnIn, Every, Training, model));
        if (found.Value is { } c) training = CollectionOptions.Scheduled(Training, CollectRate, c);
        var members = MembersPlan.Of(Name, model, Members, [new(new DeltaGuide())], training);
        if (members.Value is not { } plan || found.Value is not { } collection) return new(null, [.. members.Diagnostics, .. found.Diagnostics]);
        return SwagMoments.Planned(plan, model, collection, Rank, Result(SwagMoments.Columns(Rank, collection)));
    }

    private protected override FitResult Finish(FitRequest request, TrainedPlan plan, FitResult result, ISnapshots? gathered)
    {
        if (gathered is not RunningMoments { Count: >= 2 } moments) return CollectionOptions.Unfinished(result, gathered is not null);
        return With(request, plan, result, [new(Result(moments.Held))], SwagMoments.Parameters(plan.Guide, moments, leading: 1));
    }

    private MembersGuide Result(int columns) => new() { Members = Members, Guide = [new(new SwagPosterior { Columns = columns, Scale = Scale })] };
}
