using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Distributions;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// Monte Carlo dropout: <see cref="Vi"/> with <see cref="BernoulliDropoutGuide"/> on the weights of linear maps, <see cref="DeltaGuide"/> on all other latent sites, and masks of its own for each
/// row of a batch (<see cref="LocalEstimator"/>). What a weight is, and which its inputs are, is read off the model.
/// </summary>
/// <remarks>
/// Source: Gal and Ghahramani, Dropout as a Bayesian approximation: representing model uncertainty in deep learning, ICML 2016. With <c>learnRate</c> it is Gal, Hron, Kendall, Concrete dropout,
/// NeurIPS 2017. The prior's precision, which there is a weight decay to tune, is the model's. The saved posterior is the guide, one clause a weight; predictions draw masks, one for each
/// posterior draw.
/// </remarks>
public sealed record McDropout : Algorithm
{
    /// <summary>The probability that an input is dropped.</summary>
    public double Rate { get; init; } = 0.1;

    /// <summary>Whether each weight's rate is learned, starting from <see cref="Rate"/>.</summary>
    public bool LearnRate { get; init; }

    /// <summary>Whether the inputs of weights that meet data directly are dropped too.</summary>
    public bool Inputs { get; init; } = true;

    /// <summary>Draws averaged in each step.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Optimiser, length, batches and stopping.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override string Name => "mcDropout";

    /// <inheritdoc/>
    public override string Doc => "Monte Carlo dropout: inputs of linear maps dropped at random, in training and in prediction";

    /// <inheritdoc/>
    public override string Source => "Gal and Ghahramani, Dropout as a Bayesian approximation, ICML 2016";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.Number<McDropout>("rate", "the probability that an input is dropped", BernoulliDropoutGuide.Open, a => a.Rate, (a, v) => a with { Rate = v }),
        Option.Boolean<McDropout>("learnRate", "whether each weight's rate is learned, starting from rate (concrete dropout)", a => a.LearnRate, (a, v) => a with { LearnRate = v }),
        Option.Boolean<McDropout>("inputs", "whether the inputs of the first layer, the data themselves, are dropped too", a => a.Inputs, (a, v) => a with { Inputs = v }),
        .. TrainingOptions.Declare<McDropout>(a => a.Training, (a, v) => a with { Training = v }),
        Option.Integer<McDropout>("samples", "draws averaged in each step", 1, a => a.Samples, (a, v) => a with { Samples = v }),
    ];

    /// <inheritdoc/>
    public override FitOutcome Fit(FitRequest request)
    {
        var vi = AsVi(request.Model);
        return vi.Value is { } found ? found.Fit(request) : new FitOutcome.Refused(vi.Diagnostics);
    }

    /// <inheritdoc/>
    public override Checked<Explanation> Explain(BoundModel model)
    {
        var vi = AsVi(model);
        return vi.Value is { } found ? found.Explain(model) : new(null, vi.Diagnostics);
    }

    /// <inheritdoc/>
    public override Checked<MemoryForecast> Forecast(FitRequest request)
    {
        var vi = AsVi(request.Model);
        return vi.Value is { } found ? found.Forecast(request) : new(null, vi.Diagnostics);
    }

    /// <summary>The same as variational inference with a guide of clauses for this model.</summary>
    internal Checked<Vi> AsVi(BoundModel model)
    {
        var marginal = model.SumOut(model.Rows);
        if (marginal.Value is not { Graph: var graph }) return new(null, marginal.Diagnostics);
        var latent = graph.Sites.Where(s => !model.IsObserved(s)).ToList();
        // What no guide can take, vi refuses with the reason.
        var sites = latent.Exists(s => Bijector.For(s.Distribution) is null) ? [] : TypicalValues.Of(graph, latent);
        var uses = new WeightUses(model);
        var found = sites.Select(s => (Site: s, Use: uses.Find(s))).ToList();
        var weights = found.Where(f => f.Use.Weight is { } w && (Inputs || !w.MeetsData)).Select(f => f.Site.Name).ToList();
        if (weights.Count == 0 && sites.Count > 0)
        {
            var first = found[0];
            var why = first.Use.Weight is null ? $"'{first.Site.Name}', for one, is none: {first.Use.Why}" : $"'{first.Site.Name}' meets the data directly, and inputs = false";
            return new(null, [new(InferenceCodes.GuideRefuses, $"mcDropout drops inputs of linear maps, and model '{model.Name}' has no weight to do so: {why}", first.Site.Site.Span)
            { Hint = "use vi for it, or map for a point estimate" }]);
        }
        if (latent.Count == 0)
        {
            return new(null, [new(InferenceCodes.GuideRefuses, $"mcDropout drops inputs of linear maps with random weights, and model '{model.Name}' has no latent site", default)
            { Hint = "use ml or map for learned points" }]);
        }
        GuideFamily dropout = LearnRate ? new ConcreteDropoutGuide { InitialRate = Rate } : new BernoulliDropoutGuide { Rate = Rate };
        EqArray<GuideClause> clauses = [.. weights.Select(name => new GuideClause(dropout, name)), .. weights.Count < sites.Count || sites.IsEmpty ? [new GuideClause(new DeltaGuide())] : Array.Empty<GuideClause>()];
        return new Vi { Guide = clauses, Estimator = new LocalEstimator(), Samples = Samples, Training = Training };
    }
}
