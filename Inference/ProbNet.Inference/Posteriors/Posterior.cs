using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// The result of inference: a distribution over a model's latent sites, given by a guide and the values of its parameters. Immutable; every method is a
/// function of its arguments, and the same seed gives the same draws however they are batched.
/// </summary>
/// <remarks>
/// All algorithms end here. A method that keeps draws or members instead of a density is a guide family whose parameters are those draws.
/// </remarks>
public sealed class Posterior
{
    private Posterior(BoundModel model, GuidePlan guide, IReadOnlyDictionary<string, HostTensor> parameters) => (Model, Guide, Parameters) = (model, guide, parameters);

    /// <summary>The model it belongs to.</summary>
    public BoundModel Model { get; }

    /// <summary>The guide.</summary>
    public GuidePlan Guide { get; }

    /// <summary>The values of the guide's parameters by name: all there is to save.</summary>
    public IReadOnlyDictionary<string, HostTensor> Parameters { get; }

    /// <summary>Whether every draw is the same.</summary>
    public bool IsPoint => Guide.IsPoint;

    /// <summary>The posterior with these parameters, e.g. loaded from a file, or the diagnostics that say what is missing or does not fit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="clauses">The guide as written.</param>
    /// <param name="parameters">A value for every parameter of the guide.</param>
    public static Checked<Posterior> FromParameters(BoundModel model, EqArray<GuideClause> clauses, IReadOnlyDictionary<string, HostTensor> parameters)
    {
        var plan = GuidePlan.For(model, clauses);
        if (plan.Value is not { } guide) return new(null, plan.Diagnostics);
        var found = FromParameters(model, guide, parameters);
        return new(found.Value, [.. plan.Diagnostics, .. found.Diagnostics]);
    }

    /// <inheritdoc cref="FromParameters(BoundModel, EqArray{GuideClause}, IReadOnlyDictionary{string, HostTensor})"/>
    public static Checked<Posterior> FromParameters(BoundModel model, GuidePlan guide, IReadOnlyDictionary<string, HostTensor> parameters)
    {
        var found = new List<Diagnostic>();
        foreach (var expected in guide.Parameters)
        {
            if (!parameters.TryGetValue(expected.Name, out var value))
                found.Add(new(InferenceCodes.ParameterMismatch, $"the parameter '{expected.Name}' is missing", default));
            else if (value.DType != guide.Precision || value.Shape != expected.Shape)
                found.Add(new(InferenceCodes.ParameterMismatch, $"the parameter '{expected.Name}' is {value.DType.Name()}{value.Shape}, not {guide.Precision.Name()}{expected.Shape}", default));
        }
        foreach (var extra in parameters.Keys.Except(guide.Parameters.Select(p => p.Name)))
            found.Add(new(InferenceCodes.ParameterMismatch, $"the guide has no parameter '{extra}'", default));
        return found.Count > 0 ? new(null, found.ToEqArray()) : new(new(model, guide, parameters), []);
    }

    /// <summary>Draws of the latent sites, in their supports, and of the model's deterministic values.</summary>
    /// <param name="backend">Where to compute.</param>
    /// <param name="options">How many draws, the seed, and how they are batched.</param>
    /// <param name="data">
    /// Values of the model's arguments for all training rows. Without it, deterministic values that need arguments are left out.
    /// </param>
    public Draws Sample(IBackend backend, SampleOptions options, DataSet? data = null) => Sampler.Run(this, backend, options, data);

    /// <summary>
    /// Mean and marginal standard deviation of every latent site, in its own space: exact where the family knows them, or where there are finitely many draws, else from draws, of
    /// which no more are held than a few at a time.
    /// </summary>
    /// <param name="backend">Where to compute.</param>
    /// <param name="options">How many draws where some are needed, and their seed.</param>
    /// <param name="data">Arguments and observed values of the training rows, for guides that compute draws from them; without it the sites of such guides are left out.</param>
    /// <returns>The moments in model order, with all training rows of sites that have a value for each.</returns>
    public EqArray<SiteMoments> Moments(IBackend backend, SampleOptions options, DataSet? data = null) => MomentReader.Run(this, backend, options, data);

    /// <summary>
    /// The posterior probabilities of the labels of discrete latent sites, which were summed out: p(z = k | data), averaged over draws of the other latent values.
    /// </summary>
    /// <param name="backend">Where to compute.</param>
    /// <param name="data">Arguments and observed values of some rows.</param>
    /// <param name="options">How many draws, the seed, and what the rows are.</param>
    /// <returns>The probabilities, or diagnostics about the model or the data.</returns>
    public Checked<Memberships> Classify(IBackend backend, DataSet data, PredictOptions options) =>
        Classifier.Run(this, backend, data, Guide.DistinctDraws is { } distinct ? options with { Draws = distinct } : options);

    /// <summary>Predicts the observed sites for new values of the arguments.</summary>
    /// <remarks>
    /// Every number reported belongs to one row, and has the law that draws of the latent sites give it. Rows need not share the draws: where a row's product with independent normal
    /// weights can be drawn in place of the weights, each row has noise of its own (local reparameterisation; Kingma, Salimans, Welling 2015). <see cref="Sample"/> gives joint draws.
    /// </remarks>
    /// <param name="backend">Where to compute.</param>
    /// <param name="data">Arguments for some rows, and possibly observed values, whose predictive density is then computed.</param>
    /// <param name="options">How many draws, the seed, and how the work is cut.</param>
    /// <returns>The predictions, or diagnostics about the data.</returns>
    public Checked<Predictions> Predict(IBackend backend, DataSet data, PredictOptions options)
    {
        // The discrete values of training rows are drawn given their outcomes.
        var needsOutcomes = options.Rows == RowIdentity.Training && !Model.SumOut(data.Rows).Required.Summed.IsEmpty;
        var found = DataCheck.Of(Model, data, requireObserved: needsOutcomes);
        if (options.Rows == RowIdentity.Training)
        {
            found = [.. found, .. from part in Guide.Parts from name in part.Needs where !data.Values.ContainsKey(name)
                select new Diagnostic(InferenceCodes.DataMismatch, $"the guide of '{part.Sites[0].Name}' needs '{name}' of the training rows, which the data does not have", default)];
        }
        if (options.Trained is { } trained) found = [.. found, .. DataCheck.Of(Model, trained, requireObserved: true)];
        if (!found.IsEmpty) return new(null, found);
        using var predictor = Predictor.Compile(Model, Guide, backend, data, options);
        predictor.Write(Guide.Parameters.Map(p => Parameters[p.Name]));
        return predictor.Run(data, options.Seed);
    }
}

/// <summary>How to draw from a posterior.</summary>
public sealed record SampleOptions
{
    /// <summary>The number of draws.</summary>
    public int Draws { get; init; } = 1000;

    /// <summary>The seed.</summary>
    public long Seed { get; init; }

    /// <summary>The number of draws computed at once; does not change the result. Null: chosen so that a chunk has about a million numbers.</summary>
    public int? DrawChunk { get; init; }

    /// <summary>Threads to use; 0 means all cores.</summary>
    public int Threads { get; init; }
}

/// <summary>How to predict.</summary>
public sealed record PredictOptions
{
    /// <summary>The number of posterior draws.</summary>
    public int Draws { get; init; } = 100;

    /// <summary>The seed.</summary>
    public long Seed { get; init; }

    /// <summary>What the rows are, for models with latent values of their own for each row.</summary>
    public RowIdentity Rows { get; init; } = RowIdentity.New;

    /// <summary>
    /// Whether one draw is one function of the inputs, the same for all rows. Otherwise rows may see noise of their own in place of the same weights, which gives every row the same
    /// law at a lower cost.
    /// </summary>
    public bool SharedDraws { get; init; }

    /// <summary>
    /// For new rows, the training data: discrete sites that belong to no row are then drawn from their posterior given it. Null: from their prior. Without such sites it
    /// makes no difference.
    /// </summary>
    public DataSet? Trained { get; init; }

    /// <summary>The number of rows computed at once; does not change the result. Null: at most 2,048, fewer where a row has many numbers.</summary>
    public int? RowChunk { get; init; }

    /// <summary>The number of draws computed at once; does not change the result. Null: chosen so that the largest value of a chunk stays in a cache.</summary>
    public int? DrawChunk { get; init; }

    /// <summary>Threads to use; 0 means all cores.</summary>
    public int Threads { get; init; }
}

/// <summary>Which rows are predicted.</summary>
public enum RowIdentity
{
    /// <summary>Rows not trained on: latent values of their own are drawn from the prior given the other latent sites.</summary>
    New,
    /// <summary>The training rows, in order: their own latent values are drawn from the guide.</summary>
    Training,
}
