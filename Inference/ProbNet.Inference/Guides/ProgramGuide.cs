using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// A guide written as a program (<c>guide g for m (x : …) = prob { … }</c>): q is the program's joint distribution of its draws given the data it takes, and its
/// parameters are the program's <c>param</c>s. A site with a value for each data row is amortised: its distribution is computed from the row's data, so rows that were never
/// trained on have a posterior too.
/// </summary>
/// <remarks>
/// Source: Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014; Rezende, Mohamed, Wierstra, Stochastic backpropagation, ICML 2014. Parameters are called
/// <c>guide:g:name</c>.
/// </remarks>
public sealed record ProgramGuide : GuideFamily
{
    /// <summary>The name of the guide declaration.</summary>
    public string Program { get; init; } = "";

    /// <inheritdoc/>
    public override string Name => "program";

    /// <inheritdoc/>
    public override string Doc => "a guide declared as a program";

    /// <inheritdoc/>
    public override string Source => "Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014";

    /// <inheritdoc/>
    public override string Described => $"guide {Program}";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        new("name", "the guide declaration's name", "a text", g => new OptionValue.Text(((ProgramGuide)g).Program),
            (g, v) => v is OptionValue.Text text ? (ProgramGuide)g with { Program = text.Value } : Option.Wrong("name", v, "a text")),
    ];

    /// <summary>What the names of the program's parameters begin with.</summary>
    internal string Prefix => $"guide:{Program}:";

    /// <inheritdoc/>
    public override EqArray<string>? Drawn(BoundModel model) => model.Guides.TryGetValue(Program, out var program) ? program(Math.Max(2, model.Rows)).Sites.Map(s => s.Name) : null;

    /// <inheritdoc/>
    public override Checked<GuidePart> Build(EqArray<GuideSite> sites, GuideContext context)
    {
        var model = context.Model ?? throw new ArgumentException("a guide program needs its model", nameof(context));
        if (!model.Guides.TryGetValue(Program, out var elaborate))
        {
            return new(null, [new(InferenceCodes.UnknownName, $"there is no guide '{Program}' for model '{model.Name}'", context.Span)
            {
                Hint = model.Guides.Count == 0 ? $"declare it: guide {Program} for {model.Name} = prob {{ … }}" : Nearest.Hint(Program, [.. model.Guides.Keys]),
            }]);
        }
        var found = Faults(sites, context, model, elaborate);
        if (!found.IsEmpty) return new(null, found);
        return new ProgramPart(context.Name, this, sites, elaborate, elaborate(model.Rows));
    }

    private EqArray<Diagnostic> Faults(EqArray<GuideSite> sites, GuideContext context, BoundModel model, Func<int, ModelGraph> elaborate)
    {
        // Axes are told apart by their sizes, so an axis of rows needs at least two.
        var count = Math.Max(2, model.Rows);
        var (graph, other) = (elaborate(count), elaborate(count + 1));
        var found = new List<Diagnostic>();
        foreach (var site in graph.Sites.Where(s => model.Observed.Contains(s.Name)))
            found.Add(new(InferenceCodes.GuideData, $"the guide '{Program}' draws '{site.Name}', which is bound to data", site.Span) { Hint = $"take it as a parameter instead, or leave out the data for '{site.Name}'" });
        foreach (var site in graph.Sites.Where(s => !model.Observed.Contains(s.Name) && sites.All(own => own.Name != s.Name)))
            found.Add(new(InferenceCodes.GuideRefuses, $"the guide '{Program}' draws '{site.Name}' too, which another clause covers or its selector leaves out", site.Span) { Hint = "a guide program gives all its draws together: widen its selector, or put it first" });
        foreach (var site in sites.Where(s => graph.Sites.All(own => own.Name != s.Name)))
            found.Add(new(InferenceCodes.GuideRefuses, $"the guide '{Program}' does not draw '{site.Name}', which its selector gives to it", context.Span) { Hint = $"it draws {Nearest.Listed(graph.Sites.Select(s => s.Name).ToList())}: name only these in the selector, or draw '{site.Name}' in the guide" });
        var known = model.Elaborate(count).Arguments.Select(a => a.Name).Concat(model.Observed).ToHashSet();
        foreach (var argument in graph.Arguments.Where(a => !known.Contains(a.Name)))
            found.Add(new(InferenceCodes.GuideData, $"the guide '{Program}' takes '{argument.Name}', which is not bound to data", argument.Span) { Hint = $"bind data to '{argument.Name}', or use a guide that does not need it" });
        found.AddRange(LearnedPoints.Faults(graph, other, mayHaveRows: true));
        if (graph.Rows is null || found.Count > 0) return found.ToEqArray();
        foreach (var (site, where) in RowAnalysis.Obstacles(graph))
        {
            found.Add(new(InferenceCodes.MixedRows, $"the guide '{Program}' draws '{site.Name}' from several data rows at once: an operation {where.Why}", site.Span)
            {
                Notes = where.Location.Length > 0 ? [new($"it stands at {where.Location}", default)] : [],
                Hint = site.PerRow ? "compute a row's draw from that row alone: batches and new rows lack the others" : "a site with one value for all rows is learned by param, or by a family: a saved posterior does not hold the rows",
            });
        }
        if (found.Count == 0 && RowCount.Dependence(graph, other) is { } dependence)
        {
            found.Add(new(InferenceCodes.MixedRows, $"the guide '{Program}' depends on the number of data rows: it {dependence.Why}", dependence.Site.Span)
            {
                Notes = dependence.Location.Length > 0 ? [new($"it stands at {dependence.Location}", default)] : [],
                Hint = "that number is another one in a batch and for new rows",
            });
        }
        return found.ToEqArray();
    }
}
