using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// Stein variational gradient descent: particles that move together along the direction in which the divergence of their distribution from the posterior falls fastest (<see cref="SteinDirection"/>), in
/// unconstrained space, under the density of the unconstrained variables. The posterior is the mixture of the particles with equal weights.
/// </summary>
/// <remarks>
/// Source: Liu and Wang, Stein variational gradient descent: a general purpose Bayesian inference algorithm, NeurIPS 2016, algorithm 1; minibatches as in sec. 3.2. The direction is followed by any
/// optimiser, clipped for each particle. One particle goes to the point of highest density of the unconstrained variables, which for constrained sites is not that of <see cref="Map"/>. The bound reported is
/// the mean over particles of the log joint density of the unconstrained variables.
/// </remarks>
public sealed record Svgd : PointTraining
{
    /// <summary>The number of particles.</summary>
    public int Particles { get; init; } = 20;

    /// <summary>h of the kernel exp(-|u - u'|^2 / h); null for the mean squared distance of two particles divided by log(particles + 1).</summary>
    public double? Bandwidth { get; init; }

    /// <summary>The standard deviation of starting places around typical values, in unconstrained space; weights start as those of points do.</summary>
    public double Spread { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "svgd";

    /// <inheritdoc/>
    public override string Doc => "Stein variational gradient descent: particles that follow the posterior's gradient and repel each other";

    /// <inheritdoc/>
    public override string Source => "Liu and Wang, Stein variational gradient descent, NeurIPS 2016";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Integer<Svgd>("particles", "the number of particles", 1, a => a.Particles, (a, v) => a with { Particles = v }),
        Option.OptionalNumber<Svgd>("bandwidth", "h of the kernel exp(-|u - u'|^2 / h); if not given the mean squared distance divided by log(particles + 1), anew in each step", Interval.Positive,
            a => a.Bandwidth, (a, v) => a with { Bandwidth = v }),
        Option.Number<Svgd>("spread", "standard deviation of starting places around typical values, in unconstrained space; weights start as those of points do", Interval.Positive,
            a => a.Spread, (a, v) => a with { Spread = v }),
        .. TrainingOptions.Declare<Svgd>(a => a.Training, (a, v) => a with { Training = v }),
    ];

    private protected override IEnumerable<(string Change, PointTraining Other)> Smaller =>
        Particles > 1 ? [($"particles = {(Particles + 1) / 2}", this with { Particles = (Particles + 1) / 2 })] : [];

    private protected override Checked<TrainedPlan> Prepare(BoundModel model)
    {
        var found = MembersPlan.Of(Name, model, Particles, [new(new UnconstrainedPointGuide { Spread = Spread })], Training,
            direction: (particles, gradients) => SteinDirection.Of(particles, gradients, model.Rows, Bandwidth));
        return found.Value is { } plan ? new(plan with { Result = Result }, found.Diagnostics) : found;
    }

    private protected override FitResult Finish(FitRequest request, TrainedPlan plan, FitResult result, ISnapshots? gathered) =>
        With(request, plan, result, Result, result.Posterior.Parameters.ToDictionary());

    private EqArray<GuideClause> Result => [new(new MembersGuide { Members = Particles, Guide = [new(new DeltaGuide())] })];
}
