using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Guides;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// A draw of the latent sites seen through the model linearised at the draws' locations: the arguments of an observed site's distribution that depend on them are, in unconstrained form,
/// f(u*) + J (u - u*) with u the draw and u* its location in unconstrained space.
/// </summary>
/// <remarks>
/// Source: Immer, Korzepa, Bauer, Improving predictions of Bayesian neural nets via local linearization, AISTATS 2021, eq. 8. An argument that is a latent site itself keeps the draw, which is the
/// same but where the bijectors of the two supports differ. f(u*) and what the derivative has in common for all draws are computed once, since nothing of them depends on the draw.
/// </remarks>
internal sealed class LinearisedDraw
{
    private readonly HashSet<Tensor> _latent = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Tensor Variable, Tensor Location, Tensor Tangent)> _sites = [];
    private readonly Dictionary<string, Tensor> _constrained = [];
    private readonly ModelGraph _graph;

    /// <summary>Prepares the draw.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">Its graph with the rows at hand.</param>
    /// <param name="drawn">The guide's draws.</param>
    public LinearisedDraw(BoundModel model, ModelGraph graph, IReadOnlyDictionary<string, SiteDraw> drawn)
    {
        _graph = graph;
        foreach (var site in graph.Sites.Where(s => !model.IsObserved(s) && drawn.ContainsKey(s.Name)))
        {
            var (draw, bijector) = (drawn[site.Name], Bijector.For(site.Distribution)!);
            var variable = Input("u*:" + site.Name, draw.Location.DType, draw.Location.Shape);
            _latent.Add(site.Value);
            _constrained[site.Name] = bijector.Forward(variable);
            _sites.Add((variable, draw.Location, (draw.Unconstrained ?? bijector.Inverse(draw.Value)) - draw.Location));
        }
    }

    /// <summary>The arguments of an observed site that depend on latent values, each with its value at this draw.</summary>
    /// <param name="site">The site.</param>
    /// <param name="values">What fills the other holes that it depends on.</param>
    public IEnumerable<(Tensor Argument, Tensor Value)> ArgumentsOf(Site site, IReadOnlyDictionary<Tensor, Tensor> values)
    {
        var table = LikelihoodArguments.Of(site, _latent);
        table = table with { Parts = table.Parts.Where(p => site.Distribution.Arguments[p.Index].Op != OpCode.Input).ToEqArray() };
        if (table.Parts.IsEmpty) return [];
        var holes = values.Where(v => !_latent.Contains(v.Key)).ToDictionary(v => v.Key, v => v.Value, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance);
        var constrained = MovingSupports.Fill(_graph, _constrained, holes.Select(h => (h.Key, h.Value)));
        foreach (var other in _graph.Sites.Where(s => _latent.Contains(s.Value))) holes[other.Value] = constrained[other.Name];
        // The values of arguments met before are those of this draw already, and would hide the latent values in them.
        foreach (var argument in _graph.Sites.SelectMany(s => s.Distribution.Arguments).Where(a => a.Op != OpCode.Input)) holes.Remove(argument);
        var f = Substitution.Apply([table.Unconstrained()], holes)[0];
        var change = Linearisation.Derivatives([f], [.. _sites.Select(s => s.Variable)], [.. _sites.Select(s => s.Tangent)])[0];
        var at = _sites.ToDictionary(s => s.Variable, s => s.Location, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance);
        var drawn = table.At(Substitution.Apply([f + change], at)[0]);
        return [.. table.Parts.Select(p => (site.Distribution.Arguments[p.Index], drawn.Arguments[p.Index]))];
    }
}
