using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The maximum likelihood point: the values of the latent sites at which the data is most probable, priors left out of the objective. <see cref="Vi"/> with the <see cref="DeltaGuide"/> and
/// no weight on the divergence; priors still say which values are possible, and where the search starts.
/// </summary>
/// <remarks>Source: Bishop, Pattern recognition and machine learning (2006), sec. 1.2.4. Discrete sites that are summed out keep their priors: these are part of the likelihood.</remarks>
public sealed record Ml : Algorithm
{
    /// <summary>Optimiser, length, batches and stopping.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override string Name => "ml";

    /// <inheritdoc/>
    public override string Doc => "the point of highest likelihood: priors are left out";

    /// <inheritdoc/>
    public override string Source => "Bishop, Pattern recognition and machine learning (2006), sec. 1.2.4";

    /// <inheritdoc/>
    public override EqArray<Option> Options => TrainingOptions.Declare<Ml>(a => a.Training, (a, v) => a with { Training = v });

    /// <inheritdoc/>
    public override FitOutcome Fit(FitRequest request) => Faults(request.Model) is { IsEmpty: false } faults ? new FitOutcome.Refused(faults) : AsVi.Fit(request);

    /// <inheritdoc/>
    public override Checked<Explanation> Explain(BoundModel model) => Faults(model) is { IsEmpty: false } faults ? new(null, faults) : AsVi.Explain(model);

    /// <inheritdoc/>
    public override Checked<MemoryForecast> Forecast(FitRequest request) => Faults(request.Model) is { IsEmpty: false } faults ? new(null, faults) : AsVi.Forecast(request);

    private Vi AsVi => new() { Guide = [new(new DeltaGuide())], Training = Training, Temperature = 0 };

    // Sites that the likelihood does not reach have no maximum, and a value for each row fits its own row alone.
    private static EqArray<Diagnostic> Faults(BoundModel model)
    {
        var marginal = model.SumOut(model.Rows);
        if (marginal.Value is not { Graph: var graph }) return marginal.Diagnostics;
        var data = Marginal.DataHoles(graph, model.IsObserved);
        Tensor[] likelihood =
        [
            .. graph.Sites.Where(s => model.IsObserved(s) && !s.IsAbsorbed).Select(s => s.Distribution.LogDensity(s.Value)),
            .. graph.Factors.Where(f => !f.IsPrior && Marginal.DependsOn(f.LogDensity, data)).Select(f => f.LogDensity),
        ];
        var reached = Topology.Sort(likelihood).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var found = new List<Diagnostic>();
        foreach (var site in graph.Sites.Where(s => !model.IsObserved(s)))
        {
            if (!reached.Contains(site.Value))
            {
                found.Add(new(InferenceCodes.Unidentified, $"no likelihood depends on '{site.Name}' but through the priors of other sites, and ml leaves priors out: every value of it is as likely", site.Span)
                { Hint = $"use map or vi, bind data to what '{site.Name}' is about, or make it a number" });
            }
            else if (site.PerRow)
            {
                found.Add(new(InferenceCodes.Unidentified, $"'{site.Name}' has a value for each data row, which without its prior fits that row alone and says nothing of others", site.Span)
                { Hint = "use vi, whose guide keeps what is not known of each row" });
            }
        }
        return found.ToEqArray();
    }
}
