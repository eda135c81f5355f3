using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>What <see cref="Swag"/> and <see cref="MultiSwag"/> share: options, checks, and the way from moments to the parameters of <see cref="SwagPosterior"/>.</summary>
internal static class SwagMoments
{
    /// <summary>The options of the covariance.</summary>
    public static EqArray<Option> Declare<T>(Func<T, int> rank, Func<T, int, T> setRank, Func<T, double> scale, Func<T, double, T> setScale) where T : Component =>
    [
        Option.Integer<T>("rank", "the most deviations of points from their mean that the covariance holds; 0 for a diagonal one", 0, rank, setRank),
        Option.Number<T>("scale", "factor on the covariance; 1 is that of the points", Interval.Positive, scale, setScale),
    ];

    /// <summary>The epochs collected, or why the options cannot be.</summary>
    public static Checked<Collection> Check(int rank, int? burnIn, int every, TrainingOptions training, BoundModel model)
    {
        if (!training.Conflicts.IsEmpty) return new(null, []);
        EqArray<Diagnostic> found = rank == 1
            ? [new(InferenceCodes.Conflict, "rank = 1 holds one deviation, which says nothing of a covariance: its divisor K - 1 is 0", default) { Hint = "hold two or more, or none with rank = 0" }]
            : [];
        if (!model.Elaborate(model.Rows).Sites.Any(s => !model.IsObserved(s)))
            found = found.Add(new(InferenceCodes.NothingLatent, $"the model '{model.Name}' has no latent site: learned values have no posterior", default) { Hint = "swa averages learned values too" });
        var collection = Collection.Of(burnIn, every, training, model);
        return found.IsEmpty ? collection : new(null, [.. found, .. collection.Diagnostics]);
    }

    /// <summary>The number of deviations that a whole run leaves.</summary>
    public static int Columns(int rank, Collection collection) => Math.Min(rank, collection.Count);

    /// <summary>Smaller ranks worth a try.</summary>
    public static IEnumerable<int> Ranks(int rank) => new[] { rank / 2, rank / 4, 0 }.Where(r => r != 1 && r < rank).Distinct();

    /// <summary>The plan with the moments it gathers and the posterior that they make.</summary>
    public static Checked<TrainedPlan> Planned(TrainedPlan plan, BoundModel model, Collection collection, int rank, GuideFamily result)
    {
        var left = GuidePlan.For(model, [new(result)]);
        if (left.Value is null) return new(null, left.Diagnostics);
        var (shapes, precision) = (plan.Guide.Parameters.Map(p => p.Shape), plan.Guide.Precision);
        return plan with
        {
            Result = left.Value.Clauses,
            Gathering = () => new RunningMoments(collection, shapes, precision, rank),
            // The deviations twice: as they are held, and put together.
            GatheredBytes = RunningMoments.Bytes(shapes.Sum(s => (long)s.Size), precision, 2 * Columns(rank, collection), withSquares: true),
        };
    }

    /// <summary>The parameters of the posterior; of values learned as points, the mean.</summary>
    /// <param name="trained">The guide of points that was trained.</param>
    /// <param name="moments">What was gathered of its parameters.</param>
    /// <param name="leading">1 where the leading axis counts members, else 0.</param>
    public static Dictionary<string, HostTensor> Parameters(GuidePlan trained, RunningMoments moments, int leading = 0)
    {
        var parameters = new Dictionary<string, HostTensor>();
        for (var i = 0; i < trained.Parameters.Count; i++)
        {
            var own = trained.Parameters[i];
            if (trained.Learned.Contains(own))
            {
                parameters[own.Name] = moments.Mean(i);
                continue;
            }
            var names = SwagPosterior.ParametersOf(own.Sites[0], moments.Held);
            parameters[names[0]] = moments.Mean(i);
            parameters[names[1]] = moments.Variance(i);
            if (moments.Held > 0) parameters[names[2]] = moments.Deviations(i, leading);
        }
        return parameters;
    }
}
