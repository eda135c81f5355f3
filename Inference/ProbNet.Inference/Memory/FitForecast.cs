using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Health;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Memory;

/// <summary>
/// Predicts the memory of a fit from its plans. A pure function of the request and of what the process holds before: nothing is allocated, whatever the sizes.
/// </summary>
internal static class FitForecast
{
    // Compiled methods, graphs and the garbage that the runtime lets lie before it collects; measured, it hardly depends on the model.
    private const long RuntimeBytes = 20 << 20;

    // Numbers read from a plan become doubles on their way into summaries: four bytes of theirs and two times eight of each, which lie until the runtime
    // collects; it does at about this much.
    private const long MostGarbage = 32 << 20;
    private const int GarbagePerByte = 5;

    /// <summary>The forecast.</summary>
    /// <param name="request">What is fitted.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="step">The step.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="before">What the process holds.</param>
    /// <param name="gathered">Bytes of what is gathered during the run beside its end.</param>
    /// <param name="posterior">What predicts after the fit, where it is not the guide.</param>
    public static MemoryForecast Of(FitRequest request, GuidePlan guide, StepGraph step, TrainingOptions options, MemoryBudget before, long gathered = 0, GuidePlan? posterior = null)
    {
        var (graph, compile) = (Pipeline.Optimize(step.Graph), new CompileOptions { Carries = step.Carries, Threads = request.Threads });
        var plan = request.Backend.Plan(graph, compile);
        var parameters = guide.Parameters.Sum(p => (long)p.Shape.Size * guide.Precision.Size());
        EqArray<MemoryPart> training =
        [
            new("data set", plan.DataBytes),
            new("parameters and optimiser state", plan.StateBytes),
            new("intermediate values of a step", plan.IntermediateBytes),
            new(plan.Threads == 1 ? "kernels" : $"kernels, {plan.Threads} threads", plan.ScratchBytes + plan.CodeBytes),
            // The starting values, the result and, where the best epoch is kept, that one.
            new("copies of parameters", parameters * (options.EarlyStop is null ? 2 : 3)),
            // Its tensors are copied one after the other, and lie until the runtime collects.
            .. request.Checkpoints is { IsPeriodic: true } ? [new MemoryPart("checkpoint", Math.Min(MostGarbage, plan.StateBytes))] : Array.Empty<MemoryPart>(),
            .. request.Validation is { } rows ? [new MemoryPart("validation", Validation(request, guide, rows, options))] : Array.Empty<MemoryPart>(),
            .. gathered > 0 ? [new MemoryPart("points gathered", gathered)] : Array.Empty<MemoryPart>(),
            new("runtime", RuntimeBytes),
        ];
        var last = posterior ?? guide;
        return new(before, training, request.Report is { } report ? Report(request, last, report, last.Parameters.Sum(p => (long)p.Shape.Size * last.Precision.Size())) : []) { Step = plan, Graph = graph, Compile = compile };
    }

    /// <summary>
    /// More bytes than any forecast of these comes to, from sizes alone: where there is so much, the first step need not wait for a forecast. Every value of a step has
    /// memory of its own; predictions compute as many rows at once as they have at most, with as many draws of the parameters, each ten times over.
    /// </summary>
    public static double Bound(FitRequest request, GuidePlan guide, StepGraph step)
    {
        const double rowsAtOnce = 1 << 14, drawsAtOnce = 32, copies = 10;
        var plain = PlanSummary.Separate("", step.Graph, new CompileOptions { Carries = step.Carries });
        var parameters = guide.Parameters.Sum(p => (double)p.Shape.Size * guide.Precision.Size());
        var held = request.Train.Values.Values.Sum(v => (double)v.Shape.Size * v.DType.Size()) * (1 + (double)(request.Report?.Rows ?? 0) / Math.Max(request.Train.Rows, 1));
        return plain.TotalBytes * (1 + rowsAtOnce / step.Elbo.Batch.Size) + parameters * drawsAtOnce * copies + held + RuntimeBytes + MostGarbage;
    }

    private static long Validation(FitRequest request, GuidePlan guide, DataSet rows, TrainingOptions options)
    {
        var backend = new PlanningBackend(request.Backend);
        new ValidationScore(request with { Backend = backend }, guide, rows, options.ValidationDraws).Dispose();
        return backend.Bytes;
    }

    // The training plan is given back before. Where rows were set apart, all are put together again in the order of the file, while the parts are still held.
    internal static EqArray<MemoryPart> Report(FitRequest request, GuidePlan guide, ReportPlan report, long parameters)
    {
        var backend = new PlanningBackend(request.Backend);
        var options = new PredictOptions { Draws = report.Draws, Threads = request.Threads, Trained = request.Train };
        Predictor.Compile(request.Model, guide, backend, request.Train, options).Dispose();
        var values = request.Train.Values.Values.Sum(v => (long)v.Shape.Size * v.DType.Size());
        // The health report is made when the predictions are done.
        var health = new PlanningBackend(request.Backend);
        DrawTerms.Compiled(request.Model, guide, health, new(guide.DrawsFor(ImportanceRatios.FewestDraws), 0, request.Threads)).Dispose();
        return
        [
            new("plan of predictions", backend.Bytes),
            new("health report beyond it", Math.Max(0, health.Bytes - backend.Bytes)),
            new("data set in the order of the file", report.Rows == request.Train.Rows ? 0 : (long)((double)values / Math.Max(request.Train.Rows, 1) * report.Rows)),
            new("draws on their way into summaries", Math.Min(MostGarbage, (long)((double)report.Rows * report.Draws / backend.OutputRows * backend.OutputBytes * GarbagePerByte))),
            new("copies of parameters", 2 * parameters),
            new("runtime", RuntimeBytes),
        ];
    }
}
