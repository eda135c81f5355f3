using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// Laplace's approximation: a normal law in unconstrained space around the most probable point there, whose precision is the curvature H = sum over rows of J^T Λ J - d² log p(u) / du², with J the
/// Jacobian of the observed sites' distribution arguments and Λ the likelihood's curvature in these.
/// </summary>
/// <remarks>
/// Source: MacKay, A practical Bayesian framework for backpropagation networks, Neural Computation 4 (1992); Daxberger et al., Laplace redux, NeurIPS 2021. The structures, curvatures and predictives
/// name their own sources (<see cref="LaplaceChoices"/>). Cost after training: one gradient for each row and output; full and last-layer D³ / 3 operations of the host.
/// </remarks>
public sealed record Laplace : Algorithm
{
    /// <summary>What is kept of the curvature.</summary>
    public LaplaceStructure Structure { get; init; } = new KroneckerStructure();

    /// <summary>Which curvature of the likelihood.</summary>
    public LaplaceHessian Hessian { get; init; } = new GaussNewtonHessian();

    /// <summary>Where the precision of the prior comes from.</summary>
    public PriorPrecision PriorPrecision { get; init; } = new ModelPrecision();

    /// <summary>How draws enter predictions.</summary>
    public LaplacePredictive Predictive { get; init; } = new LinearisedPredictive();

    /// <summary>Optimiser, length, batches and stopping of the fit of the point.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override string Name => "laplace";

    /// <inheritdoc/>
    public override string Doc => "a normal law around the most probable point, with the curvature there";

    /// <inheritdoc/>
    public override string Source => "MacKay, A practical Bayesian framework for backpropagation networks, Neural Computation 4 (1992)";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Choice<Laplace, LaplaceStructure>("structure", "what is kept of the curvature", LaplaceChoices.Structures, a => a.Structure, (a, v) => a with { Structure = v }),
        Option.Choice<Laplace, LaplaceHessian>("hessian", "which curvature of the likelihood", LaplaceChoices.Hessians, a => a.Hessian, (a, v) => a with { Hessian = v }),
        Option.Choice<Laplace, PriorPrecision>("priorPrecision", "where the precision of normal priors comes from", LaplaceChoices.Precisions, a => a.PriorPrecision, (a, v) => a with { PriorPrecision = v }),
        Option.Choice<Laplace, LaplacePredictive>("predictive", "how draws enter predictions", LaplaceChoices.Predictives, a => a.Predictive, (a, v) => a with { Predictive = v }),
        .. TrainingOptions.Declare<Laplace>(a => a.Training, (a, v) => a with { Training = v }),
    ];

    /// <inheritdoc/>
    public override FitOutcome Fit(FitRequest request)
    {
        var planned = Plan(request);
        if (planned.Value is not { } plan) return new FitOutcome.Refused(planned.Diagnostics);
        if (LaplaceMemory.Shortage(this, request) is { } shortage) return new FitOutcome.Refused([shortage]);
        var outcome = Point.Fit(request.In("point"));
        return outcome switch
        {
            FitOutcome.Failed failed => failed with { LastGood = LaplaceFit.AsPoint(failed.LastGood) },
            // A point that was broken off is no maximum, and its curvature says nothing.
            FitOutcome.Fitted { Result: { Stop: StopReason.Cancelled } result } => new FitOutcome.Fitted(LaplaceFit.AsPoint(result) with
            {
                Warnings = [.. result.Warnings, new(InferenceCodes.LaplaceNote, "the fit of the point was broken off, so there is no curvature: the posterior is the point", default)],
            }),
            FitOutcome.Fitted fitted => LaplaceFit.Around(this, request, plan, fitted.Result),
            _ => outcome,
        };
    }

    /// <inheritdoc/>
    public override Checked<Explanation> Explain(BoundModel model)
    {
        var planned = CurvaturePlan.Of(model, Structure, Hessian);
        if (planned.Value is not { } plan) return new(null, planned.Diagnostics);
        var explained = Point.Explain(model);
        return new(explained.Value is { } e ? e with { Sites = LaplaceFit.Sites(this, plan.Blocks, e.Sites) } : null, explained.Diagnostics);
    }

    /// <inheritdoc/>
    public override Checked<MemoryForecast> Forecast(FitRequest request)
    {
        var planned = Plan(request);
        return planned.Value is { } plan ? LaplaceMemory.Forecast(this, request, plan) : new(null, planned.Diagnostics);
    }

    /// <summary>The fit of the point.</summary>
    internal Vi Point => new() { Guide = [new(new UnconstrainedPointGuide())], Training = Training };

    /// <summary>Whether draws enter predictions through the linearised model.</summary>
    internal bool IsLinearised => Predictive is LinearisedPredictive;

    private Checked<CurvaturePlan> Plan(FitRequest request)
    {
        var plan = CurvaturePlan.Of(request.Model, Structure, Hessian);
        var found = new List<Diagnostic>(plan.Diagnostics);
        if (PriorPrecision is ValidationPrecision && request.Validation is null)
        {
            found.Add(new(InferenceCodes.Conflict, "priorPrecision = validation needs validation rows, and there are none", default)
            { Hint = "set rows apart in the data declaration, e.g. validation = 0.1, or use priorPrecision = marginalLikelihood" });
        }
        if (IsLinearised && plan.Value is { } p && p.Chunk.Likelihood.FirstOrDefault(a => a.Site.Recurrence is not null) is { } loop)
        {
            found.Add(new(InferenceCodes.LaplaceRefuses, $"'{loop.Site.Name}' is drawn step by step from its own earlier values, which the linearised model does not have", loop.Site.Span)
            { Hint = "predictive = sampling" });
        }
        return new(found.Exists(d => d.Code.Severity == Severity.Error) ? null : plan.Value, found.ToEqArray());
    }
}
