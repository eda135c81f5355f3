using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// A method that trains a point, or members side by side, by the gradient steps of <see cref="Vi"/>, and makes its posterior of what the run has gone through: averages, moments, members.
/// </summary>
public abstract record PointTraining : Algorithm
{
    private protected PointTraining()
    {
    }

    /// <summary>Optimiser, length, batches and stopping.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override Checked<Explanation> Explain(BoundModel model)
    {
        var prepared = Prepare(model);
        if (prepared.Value is not { } plan) return new(null, prepared.Diagnostics);
        return new(new(Sites(model, plan), plan.Step.Graph) { Points = PointPlan.Of(model, plan.Guide) }, plan.Warnings);
    }

    /// <inheritdoc/>
    public override Checked<MemoryForecast> Forecast(FitRequest request)
    {
        var prepared = Prepare(request.Model);
        return new(prepared.Value is { } plan ? Forecast(request, plan, request.Memory ?? MemoryBudget.OfProcess()) : null, prepared.Diagnostics);
    }

    /// <inheritdoc/>
    public override FitOutcome Fit(FitRequest request)
    {
        var clock = Stopwatch.StartNew();
        if (TrainingChecks.OfData(request) is { IsEmpty: false } faults) return new FitOutcome.Refused(faults);
        var prepared = Prepare(request.Model);
        if (prepared.Value is not { } plan) return new FitOutcome.Refused(prepared.Diagnostics);
        if (Shortage(request, plan) is { } shortage) return new FitOutcome.Refused([shortage]);
        var gathered = plan.Gathering?.Invoke();
        return Algorithms.Training.Run(request, plan.Guide, plan.Step, plan.Training, 1, clock, gathered) switch
        {
            FitOutcome.Fitted fitted => new FitOutcome.Fitted(Finish(request, plan, fitted.Result with { Warnings = plan.Warnings }, gathered)),
            // Half a collection is no result: the last good point is.
            FitOutcome.Failed failed => failed with { LastGood = Finish(request, plan, failed.LastGood, null) },
            var refused => refused,
        };
    }

    /// <summary>What is done for a model, or why it cannot be.</summary>
    private protected abstract Checked<TrainedPlan> Prepare(BoundModel model);

    /// <summary>The result with the posterior that the method leaves behind.</summary>
    /// <param name="request">What was fitted.</param>
    /// <param name="plan">How.</param>
    /// <param name="result">The end of the run.</param>
    /// <param name="gathered">What was gathered; null where the run broke off.</param>
    private protected virtual FitResult Finish(FitRequest request, TrainedPlan plan, FitResult result, ISnapshots? gathered) => result with { Sites = Sites(request.Model, plan) };

    /// <summary>Options of the method whose change saves memory, each with what is to be written.</summary>
    private protected virtual IEnumerable<(string Change, PointTraining Other)> Smaller => [];

    /// <summary>The plan of the sites, under the family that is left behind.</summary>
    private protected EqArray<SitePlan> Sites(BoundModel model, TrainedPlan plan)
    {
        var result = plan.Result.IsEmpty ? plan.Guide : GuidePlan.For(model, plan.Result).Required;
        return plan.Step.Elbo.Sites.Map(s => result.Parts.FirstOrDefault(p => p.Sites.Any(own => own.Name == s.Site)) is not { } part ? s
            : s with { Family = part.Family.Described, Parameters = part.Parameters.Where(p => p.Sites.Contains(s.Site)).Select(p => (p.Name, p.Shape)).ToEqArray() });
    }

    /// <summary>A posterior with other parameters, in the place of the result's.</summary>
    private protected FitResult With(FitRequest request, TrainedPlan plan, FitResult result, EqArray<GuideClause> clauses, Dictionary<string, HostTensor> parameters) =>
        result with { Posterior = Posterior.FromParameters(request.Model, clauses, parameters).Required, Sites = Sites(request.Model, plan with { Result = clauses }) };

    /// <summary>The step of one point that goes to the highest joint density, as in <see cref="Map"/>; or why there is none.</summary>
    private protected static Checked<TrainedPlan> Point(BoundModel model, TrainingOptions training)
    {
        var (conflicts, guide) = (training.Conflicts, GuidePlan.For(model, [new(new DeltaGuide())]));
        if (guide.Value is not { } plan || !conflicts.IsEmpty) return new(null, conflicts.AddRange(guide.Diagnostics));
        conflicts = [.. TrainingChecks.OfBatches(model, training), .. TrainingChecks.OfOptimizer(plan, training)];
        if (!conflicts.IsEmpty) return new(null, conflicts);
        var elbo = Elbo.Build(model, plan, new Estimators.SharedEstimator(), training.Batch);
        return new TrainedPlan(plan, StepGraph.Build(elbo, training, 1, 0), training) { Warnings = guide.Diagnostics };
    }

    private static MemoryForecast Forecast(FitRequest request, TrainedPlan plan, MemoryBudget before)
    {
        var posterior = plan.Result.IsEmpty ? null : GuidePlan.For(request.Model, plan.Result).Required;
        return FitForecast.Of(request, plan.Guide, plan.Step, plan.Training, before, plan.GatheredBytes, posterior);
    }

    // Why the fit cannot fit into memory, or null.
    private Diagnostic? Shortage(FitRequest request, TrainedPlan plan)
    {
        var before = request.Memory ?? MemoryBudget.OfProcess();
        if (before.Used + FitForecast.Bound(request, plan.Guide, plan.Step) + 32.0 * plan.GatheredBytes <= before.Limit) return null;
        var forecast = Forecast(request, plan, before);
        if (forecast.Fits) return null;
        var (asked, found) = (MemoryRefusal.Needed(forecast), new List<(string, long)>());
        foreach (var (change, other, changed) in Changes(request))
        {
            // A change that is not enough and gives less than a twentieth is none.
            if (other.Forecast(changed with { Memory = before }).Value is { } f && (f.Fits || MemoryRefusal.Needed(f) < asked - asked / 20)) found.Add((change, MemoryRefusal.Needed(f)));
        }
        return MemoryRefusal.Of(forecast, found);
    }

    private IEnumerable<(string Change, PointTraining Other, FitRequest Request)> Changes(FitRequest request)
    {
        var rows = Math.Min(Training.Batch ?? request.Model.Rows, request.Model.Rows);
        foreach (var batch in new[] { rows / 2, rows / 8 }.Where(b => b > 0)) yield return ($"batch = {batch}", this with { Training = Training with { Batch = batch } }, request);
        foreach (var (change, other) in Smaller) yield return (change, other, request);
        if (!Training.Optimizer.Slots.IsEmpty) yield return ("optimizer = sgd", this with { Training = Training with { Optimizer = new Sgd() } }, request);
        if (request.Report is { Draws: > 1 } report) yield return ($"--draws {report.Draws / 2}", this, request with { Report = report with { Draws = report.Draws / 2 } });
        if (request.Threads != 1) yield return ("--threads 1", this, request with { Threads = 1 });
    }
}
