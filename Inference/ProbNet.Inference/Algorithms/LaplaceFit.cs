using System.Diagnostics;
using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>What Laplace's approximation does once the point is found.</summary>
internal static class LaplaceFit
{
    /// <summary>The approximation around a point.</summary>
    public static FitOutcome Around(Laplace algorithm, FitRequest request, CurvaturePlan plan, FitResult found)
    {
        var clock = Stopwatch.StartNew();
        var parameters = found.Posterior.Parameters;
        var places = plan.Chunk.Latent.ToDictionary(s => s.Name, s => parameters[s.Name + ".loc"]);
        var learned = found.Posterior.Guide.Learned.ToDictionary(p => p.Name, p => parameters[p.Name]);
        var point = new CurvaturePoint(request.Model, places, learned, request.Train, request.Backend, request.Threads);
        var made = Law(point, plan, algorithm.Hessian);
        if (made.Value is not { } law) return new FitOutcome.Refused(made.Diagnostics);
        var chosen = PrecisionSearch.Run(algorithm, request, law);
        if (law.Posterior(chosen.Of, algorithm.IsLinearised) is not { } posterior) return new FitOutcome.Refused([NotPositive(law.Blocks[0])]);
        var timing = found.Timing with { Total = found.Timing.Total + clock.Elapsed };
        return new FitOutcome.Fitted(found with
        {
            Posterior = posterior,
            Sites = Sites(algorithm, law.Planned, found.Sites),
            Timing = timing,
            Warnings = [.. found.Warnings, .. chosen.Warnings],
            Notes = [.. found.Notes, string.Create(CultureInfo.InvariantCulture, $"log evidence (Laplace{(plan.Blocks.Any(b => b.Kind == BlockKind.Point) ? ", given the sites that stay at their point" : "")}) {law.LogEvidence(chosen.Of):F3} nats"), .. chosen.Notes],
        });
    }

    /// <summary>The normal law around a point, or why there is none.</summary>
    public static Checked<LaplaceLaw> Law(CurvaturePoint point, CurvaturePlan plan, LaplaceHessian hessian)
    {
        using var prior = new PriorCurvature(point);
        var planned = plan.Blocks.Map(b => b.Kind == BlockKind.Kronecker && prior.Uniform(b.Sites[0].Name) is null
            ? plan.Without(b.Sites[0], "its components' priors differ in curvature, which an eigenbasis of Kronecker factors cannot hold") : b);
        var blocks = planned.Where(b => b.Kind != BlockKind.Point).Select(b => Empty(b, point.Model.Rows)).ToEqArray();
        try
        {
            LikelihoodCurvature.Gather(point, plan, (a, f) => hessian.Of(a, f)!, blocks);
        }
        catch (ArithmeticException e)
        {
            return new(null, [new(InferenceCodes.NotPositive, e.Message, default) { Hint = "train longer, or with smaller steps: the point may lie where the likelihood overflows" }]);
        }
        var fitted = blocks.Map(b => FittedBlock.Of(b, prior));
        if (fitted.FirstOrDefault(b => b.LogDeterminant(_ => 1) is null) is { } wrong) return new(null, [NotPositive(wrong)]);
        var logJoint = LogLikelihood(point) + prior.Factors + fitted.SelectMany(b => b.Sites).Sum(s => prior.LogDensity[s]);
        return new LaplaceLaw(point, fitted, [.. planned.Where(b => b.Kind == BlockKind.Point).SelectMany(b => b.Sites).Select(s => s.Name)], logJoint, prior.Normals) { Planned = planned };
    }

    /// <summary>The result with the point as its posterior.</summary>
    public static FitResult AsPoint(FitResult result) =>
        result with { Posterior = Posterior.FromParameters(result.Posterior.Model, (EqArray<GuideClause>)[new(new DeltaGuide())], result.Posterior.Parameters).Required };

    /// <summary>What is done with each site, from the plan of the point's fit.</summary>
    public static EqArray<SitePlan> Sites(Laplace algorithm, EqArray<BlockPlan> blocks, EqArray<SitePlan> point) => point.Map(s =>
        blocks.FirstOrDefault(b => b.Sites.Any(x => x.Name == s.Site)) is not { } block ? s : s with
        {
            Family = block.Kind switch
            {
                BlockKind.Point => "delta",
                BlockKind.Diagonal => "normal, diagonal curvature",
                BlockKind.Dense => block.Sites.Count > 1 ? $"normal, full curvature with {block.Sites.Count - 1} other {(block.Sites.Count == 2 ? "site" : "sites")}" : "normal, full curvature of the site",
                BlockKind.Kronecker => "normal, Kronecker factors of the curvature",
            },
            Estimator = algorithm.Hessian.Name,
            Reason = block.Reason,
        });

    /// <summary>The guide that the law will be.</summary>
    public static EqArray<GuideClause> Clauses(Laplace algorithm, EqArray<BlockPlan> blocks)
    {
        EqArray<GuideClause> clauses = [.. blocks.OrderBy(b => b.Kind == BlockKind.Point ? 0 : b.Sites.Count).Select(b => new GuideClause(Family(b), b.Sites.Count == 1 ? b.Sites[0].Name : null))];
        return algorithm.IsLinearised && !clauses.IsEmpty ? [new(new LinearisedGuide { Guide = clauses })] : clauses;

        static GuideFamily Family(BlockPlan block) => block.Kind switch
        {
            BlockKind.Point => new DeltaGuide(),
            BlockKind.Diagonal => new NormalGuide(),
            BlockKind.Dense => new MultivariateNormalGuide(),
            BlockKind.Kronecker => new KroneckerPrecisionGuide { Rows = block.Use!.OwnShape[0] },
        };
    }

    /// <summary>A block to be gathered.</summary>
    public static CurvatureBlock Empty(BlockPlan plan, int rows) => plan.Kind switch
    {
        BlockKind.Diagonal => new DiagonalBlock(plan.Sites[0].Name, plan.Sizes[0]),
        BlockKind.Kronecker => new KroneckerBlock(plan.Sites[0].Name, plan.Use!, rows),
        _ => new DenseBlock(plan.Sites.Map(s => s.Name), plan.Sizes),
    };

    private static Diagnostic NotPositive(FittedBlock block) =>
        new(InferenceCodes.NotPositive, $"the curvature of {(block.Sites.Count == 1 ? $"'{block.Sites[0]}'" : $"'{block.Sites[0]}' and {block.Sites.Count - 1} other sites together")} is not positive definite at the point found: it is no maximum, or one that is flat in some direction", default)
        { Hint = "train longer or with a falling step size (schedule = cosine), give sites without likelihood a prior with curvature (normal instead of cauchy), or use vi" };

    // With all rows at once, as the objective has it.
    private static double LogLikelihood(CurvaturePoint point)
    {
        var graph = new CurvatureGraph(point.Model, point.Model.Rows);
        var terms = graph.At([.. graph.Graph.Sites.Where(point.Model.IsObserved).Select(s => TensorMath.SumAll(TensorMath.Convert(s.Distribution.LogDensity(s.Value), DType.F64)))]);
        if (terms.Length == 0) return 0;
        using var run = CurvatureRun.Compile(point.Backend, point.Threads, [("log likelihood", terms.Aggregate((a, b) => a + b))]);
        point.WriteTo(run);
        point.WriteRows(run, graph, 0, point.Model.Rows);
        run.Run();
        return run.Read(0)[0];
    }
}
