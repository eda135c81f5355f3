using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// Variational inference: maximises E_q[log p(x | z)] - temperature * KL(q(z) || p(z)) over the parameters of the guide q by stochastic gradients.
/// </summary>
/// <remarks>
/// Source: Blei, Kucukelbir, McAuliffe, Variational inference: a review for statisticians, JASA 112 (2017); pathwise gradients after Kingma and Welling,
/// Auto-encoding variational Bayes, ICLR 2014. Temperature as in Wenzel et al., How good is the Bayes posterior in deep neural networks really?, ICML 2020,
/// eq. 2, applied to the KL: 1 is Bayes, below 1 a cold posterior. It is a change of the target, so it is reported with the result.
/// </remarks>
public sealed record Vi : Algorithm
{
    /// <summary>The guide.</summary>
    public EqArray<GuideClause> Guide { get; init; } = [new(new NormalGuide())];

    /// <summary>The estimator asked for.</summary>
    public Estimator Estimator { get; init; } = new SharedEstimator();

    /// <summary>What is maximised.</summary>
    public Bound Bound { get; init; } = new ElboBound();

    /// <summary>How its gradient is estimated.</summary>
    public GradientMethod Gradient { get; init; } = new PathwiseGradient();

    /// <summary>Where locations start.</summary>
    public Start Start { get; init; } = new PriorStart();

    /// <summary>Draws averaged in each step.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>The factor on the KL.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Epochs over which the KL's factor rises linearly from near 0 to the temperature; 0 for none.</summary>
    public double KlWarmup { get; init; }

    /// <summary>Optimiser, length, batches and stopping.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override string Name => "vi";

    /// <inheritdoc/>
    public override string Doc => "variational inference: the member of a family nearest to the posterior, by stochastic gradients of the ELBO";

    /// <inheritdoc/>
    public override string Source => "Blei, Kucukelbir, McAuliffe, Variational inference: a review for statisticians, JASA 112 (2017)";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        GuideClauses.Option<Vi>("guide", a => a.Guide, (a, v) => a with { Guide = v }),
        Option.Choice<Vi, Estimator>("estimator", "how gradients of weights in linear maps are estimated", EstimatorRegistry.Estimators, a => a.Estimator, (a, v) => a with { Estimator = v }),
        .. TrainingOptions.Declare<Vi>(a => a.Training, (a, v) => a with { Training = v }),
        Option.Integer<Vi>("samples", "draws of each step: averaged, or weighed by the bound", 1, a => a.Samples, (a, v) => a with { Samples = v }),
        Option.Number<Vi>("temperature", "factor on the KL: 1 is Bayes' posterior, less is colder; reported with the result", Interval.Positive, a => a.Temperature, (a, v) => a with { Temperature = v }),
        Option.Number<Vi>("klWarmup", "epochs over which the KL's factor rises from near 0", Interval.NonNegative, a => a.KlWarmup, (a, v) => a with { KlWarmup = v }),
        Option.Choice<Vi, Bound>("bound", "the lower bound of the evidence that is maximised", BoundRegistry.Bounds, a => a.Bound, (a, v) => a with { Bound = v }),
        Option.Choice<Vi, GradientMethod>("gradient", "how the bound's gradient is estimated from draws", GradientRegistry.Gradients, a => a.Gradient, (a, v) => a with { Gradient = v }),
        Option.Choice<Vi, Start>("start", "where locations start: at the prior's typical values, or at a point of highest posterior density", StartRegistry.Starts, a => a.Start, (a, v) => a with { Start = v }),
    ];

    /// <inheritdoc/>
    public override Checked<Explanation> Explain(BoundModel model)
    {
        var prepared = Prepare(model);
        return new(prepared.Value is { } p ? new(p.Step.Elbo.Sites, p.Step.Graph) { Points = PointPlan.Of(model, p.Guide) } : null, prepared.Diagnostics);
    }

    /// <inheritdoc/>
    public override Checked<MemoryForecast> Forecast(FitRequest request)
    {
        var prepared = Prepare(request.Model);
        return new(prepared.Value is { } p ? Forecast(request, p, request.Memory ?? MemoryBudget.OfProcess()) : null, prepared.Diagnostics);
    }

    /// <inheritdoc/>
    public override FitOutcome Fit(FitRequest request)
    {
        var clock = Stopwatch.StartNew();
        if (TrainingChecks.OfData(request) is { IsEmpty: false } data) return new FitOutcome.Refused(data);
        var prepared = Prepare(request.Model);
        if (prepared.Value is not { } p) return new FitOutcome.Refused(prepared.Diagnostics);
        if (Shortage(request, p) is { } shortage) return new FitOutcome.Refused([shortage]);
        var start = Start.Find(request, Training);
        if (start is Start.Found.Not { Outcome: var why }) return why;
        var outcome = Algorithms.Training.Run(request, p.Guide, p.Step, Training, Temperature, clock, places: ((Start.Found.At)start).Places);
        return outcome is FitOutcome.Fitted fitted ? new FitOutcome.Fitted(fitted.Result with { Warnings = prepared.Diagnostics }) : outcome;
    }

    private MemoryForecast Forecast(FitRequest request, Prepared prepared, MemoryBudget before) =>
        FitForecast.Of(request, prepared.Guide, prepared.Step, Training, before);

    // Why the fit cannot fit into memory, or null.
    private Diagnostic? Shortage(FitRequest request, Prepared prepared)
    {
        var before = request.Memory ?? MemoryBudget.OfProcess();
        if (before.Used + FitForecast.Bound(request, prepared.Guide, prepared.Step) <= before.Limit) return null;
        var forecast = Forecast(request, prepared, before);
        return forecast.Fits ? null : MemoryRefusal.Of(forecast, SmallerFits.Of(this, request, forecast, (other, changed) => other.Forecast(changed with { Memory = before }).Value));
    }

    private Checked<Prepared> Prepare(BoundModel model)
    {
        var conflicts = Training.Conflicts;
        var guide = GuidePlan.For(model, Guide);
        if (!conflicts.IsEmpty || guide.Value is null) return new(null, conflicts.AddRange(guide.Diagnostics));
        var batch = Training.Batch;
        if (TrainingChecks.OfBatches(model, Training) is { IsEmpty: false } obstacles) return new(null, obstacles);
        if (TrainingChecks.OfOptimizer(guide.Value, Training) is { IsEmpty: false } unmoved) return new(null, unmoved);
        if (Conflict() is { } conflict) return new(null, [conflict]);
        try
        {
            var elbo = Elbo.Build(model, guide.Value, Estimator, batch, guide.Value.IsPoint && model.Elaborate(model.Rows).Noises.IsEmpty ? 1 : Samples, new(Bound, Gradient));
            return new(new(guide.Value, StepGraph.Build(elbo, Training, Temperature, KlWarmup)), guide.Diagnostics);
        }
        catch (DiagnosticException refusal)
        {
            return new(null, refusal.Diagnostics);
        }
    }

    // Options that do not go with the bound; null if all do.
    private Diagnostic? Conflict()
    {
        if (!Bound.IsMean && (Temperature != 1 || KlWarmup > 0))
        {
            return new(InferenceCodes.Conflict, $"bound = {Bound.Name} weighs draws by the whole density, but {(Temperature != 1 ? "temperature" : "klWarmup")} changes the divergence's part of it", default)
            { Hint = "leave it out, or use bound = elbo" };
        }
        return null;
    }

    private sealed record Prepared(GuidePlan Guide, StepGraph Step);
}
