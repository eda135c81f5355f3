using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>The memory of Laplace's approximation: that of the point's fit, and then that of the curvature.</summary>
internal static class LaplaceMemory
{
    /// <summary>The forecast.</summary>
    public static Checked<MemoryForecast> Forecast(Laplace algorithm, FitRequest request, CurvaturePlan plan)
    {
        var point = algorithm.Point.Forecast(request);
        return new(point.Value is { } forecast ? forecast with { Curvature = Parts(algorithm, request, plan), Report = Report(algorithm, request, plan) } : null, point.Diagnostics);
    }

    // Predictions are those of the law, not of the point.
    private static EqArray<MemoryPart> Report(Laplace algorithm, FitRequest request, CurvaturePlan plan)
    {
        if (request.Report is not { } report) return [];
        var guide = GuidePlan.For(request.Model, LaplaceFit.Clauses(algorithm, plan.Blocks)).Required;
        return FitForecast.Report(request, guide, report, guide.Parameters.Sum(p => (long)p.Shape.Size * guide.Precision.Size()));
    }

    /// <summary>Why the fit cannot fit into memory, with the structures that would; null if it can.</summary>
    public static Diagnostic? Shortage(Laplace algorithm, FitRequest request)
    {
        request = request with { Memory = request.Memory ?? MemoryBudget.OfProcess() };
        if (algorithm.Forecast(request).Value is not { Fits: false } forecast) return null;
        var others = LaplaceChoices.Structures.All.Where(s => s != algorithm.Structure)
            .Select(s => (Change: $"structure = {s.Name}", (algorithm with { Structure = s }).Forecast(request).Value?.Peak))
            .Where(o => o.Peak < forecast.Peak).Select(o => (o.Change, o.Peak!.Value)).ToList();
        return MemoryRefusal.Of(forecast, others);
    }

    // The sums, the prior's part, a factor with its copy in reverse order and its inverse, all in double precision; then the posterior's parameters.
    private static EqArray<MemoryPart> Parts(Laplace algorithm, FitRequest request, CurvaturePlan plan)
    {
        const int dense = 6, factors = 4, diagonal = 4;
        var size = plan.Chunk.Graph.Precision.Size();
        long Squares(Func<BlockPlan, bool> which) => plan.Blocks.Where(which).Sum(b => (long)b.Sizes.Sum() * b.Sizes.Sum());
        var products = plan.Blocks.Where(b => b.Kind == BlockKind.Kronecker).Sum(b => Square(b.Use!.Input.Shape[b.Use.InnerAxis]) + Square(b.Use.Product.Shape[b.Use.OutputAxis]));
        var components = plan.Blocks.Sum(b => (long)b.Sizes.Sum());
        var backend = new PlanningBackend(request.Backend);
        var blocks = plan.Blocks.Where(b => b.Kind != BlockKind.Point).Select(b => LaplaceFit.Empty(b, request.Model.Rows)).ToEqArray();
        var point = new CurvaturePoint(request.Model, new Dictionary<string, HostTensor>(), new Dictionary<string, HostTensor>(), request.Train, backend, request.Threads);
        LikelihoodCurvature.Compile(point, plan, (a, f) => algorithm.Hessian.Of(a, f)!, blocks);
        return
        [
            new("curvature of the blocks", Squares(b => b.Kind == BlockKind.Dense) * (dense * sizeof(double) + 2 * size)),
            new("Kronecker factors", products * (factors * sizeof(double) + 2 * size)),
            new("diagonals and the point", components * (diagonal * sizeof(double) + 2 * size)),
            new("plans of gradients by row", backend.Bytes),
        ];
    }

    private static long Square(long x) => x * x;
}
