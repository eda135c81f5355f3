using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Optimizers;

namespace ProbNet.Inference.Memory;

/// <summary>Changes of a fit by variational inference that need less memory, found by planning each.</summary>
internal static class SmallerFits
{
    /// <summary>The changes that need less than what was asked for.</summary>
    /// <param name="algorithm">What was asked for.</param>
    /// <param name="request">Of what.</param>
    /// <param name="forecast">What that needs.</param>
    /// <param name="of">The forecast of another algorithm or request; null where it is refused for other reasons.</param>
    public static IReadOnlyList<(string Change, long Peak)> Of(Vi algorithm, FitRequest request, MemoryForecast forecast, Func<Vi, FitRequest, MemoryForecast?> of)
    {
        var asked = MemoryRefusal.Needed(forecast);
        var found = new List<(string Change, long Peak)>();
        var rows = Math.Min(algorithm.Training.Batch ?? request.Model.Rows, request.Model.Rows);
        Add(Largest(rows / 2, 1, batch => ($"batch = {batch}", of(algorithm with { Training = algorithm.Training with { Batch = batch } }, request))));
        Add(Largest(algorithm.Samples / 2, 1, samples => ($"samples = {samples}", of(algorithm with { Samples = samples }, request))));
        foreach (var estimator in EstimatorRegistry.Estimators.All.Where(e => e.Name != algorithm.Estimator.Name)) Add(($"estimator = {estimator.Name}", of(algorithm with { Estimator = estimator }, request)));
        if (!algorithm.Training.Optimizer.Slots.IsEmpty) Add(("optimizer = sgd", of(algorithm with { Training = algorithm.Training with { Optimizer = new Sgd() } }, request)));
        if (request.Report is { Draws: > 1 } report) Add(Largest(report.Draws / 2, 1, draws => ($"--draws {draws}", of(algorithm, request with { Report = report with { Draws = draws } }))));
        if (forecast.Step.Threads > 1) Add(("--threads 1", of(algorithm, request with { Threads = 1 })));
        // The model is bound to its precision, so this one is estimated: all that is not the runtime's is numbers, half as long.
        if (forecast.Graph.Inputs is [{ DType: DType.F64 }, ..]) found.Add(("--precision single, about", forecast.Before.Used + (asked - forecast.Before.Used) / 2));
        return found;

        void Add((string Change, MemoryForecast? Forecast) tried)
        {
            // A change that is not enough and gives less than a twentieth is none.
            if (tried.Forecast is { } f && (f.Fits || MemoryRefusal.Needed(f) < asked - asked / 20)) found.Add((tried.Change, MemoryRefusal.Needed(f)));
        }
    }

    // The largest that fits of a number, its half, …; the least if none does.
    private static (string, MemoryForecast?) Largest(int from, int least, Func<int, (string Change, MemoryForecast? Forecast)> plan)
    {
        var last = ("", default(MemoryForecast));
        for (var value = from; value >= least; value /= 2)
        {
            var tried = plan(value);
            if (tried.Forecast is null) return last;
            last = tried;
            if (tried.Forecast.Fits) return last;
        }
        return last;
    }
}
