using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// The arguments of an observed site's distribution that depend on latent values, in unconstrained form and laid out as a table: f [elements, width], a row for each independent element of the
/// site. They are what generalised Gauss–Newton matrices and linearised predictions take as the output of the model.
/// </summary>
/// <param name="Site">The observed site.</param>
/// <param name="Parts">The arguments: position, the bijector from the reals onto the parameter's support, and the shape in unconstrained space.</param>
internal sealed record LikelihoodArguments(Site Site, EqArray<(int Index, Bijector Bijector, Shape Shape)> Parts)
{
    /// <summary>The number of independent elements.</summary>
    public int Elements => Site.Distribution.Batch.Size;

    /// <summary>The numbers of one element.</summary>
    public int Width { get; } = Parts.Sum(p => p.Shape[Site.Distribution.Batch.Rank..].Size);

    /// <summary>The shape of f.</summary>
    public Shape Shape => [Elements, Width];

    /// <summary>The observed sites of a graph whose distributions depend on latent values.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">Its graph.</param>
    public static EqArray<LikelihoodArguments> Of(BoundModel model, ModelGraph graph)
    {
        var latent = graph.Sites.Where(s => !model.IsObserved(s)).Select(s => s.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        return graph.Sites.Where(model.IsObserved).Select(s => Of(s, latent)).Where(a => !a.Parts.IsEmpty).ToEqArray();
    }

    /// <summary>One observed site's; without parts where nothing of it depends on the given holes.</summary>
    public static LikelihoodArguments Of(Site site, HashSet<Tensor> latent)
    {
        var (family, arguments) = (site.Distribution.Family, site.Distribution.Arguments);
        var parts = new List<(int, Bijector, Shape)>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!Marginal.DependsOn(arguments[i], latent)) continue;
            var bijector = BijectorTable.For(family.Parameters[i].Support, name => arguments[Enumerable.Range(0, arguments.Count).First(k => family.Parameters[k].Name == name)]) ?? IdentityBijector.Value;
            parts.Add((i, bijector, bijector.Inverse(arguments[i]).Shape));
        }
        return new(site, parts.ToEqArray());
    }

    /// <summary>f over the model's holes.</summary>
    public Tensor Unconstrained() =>
        Concat(Parts.Map(p => Reshape(p.Bijector.Inverse(Site.Distribution.Arguments[p.Index]), [Elements, p.Shape.Size / Elements])), 1);

    /// <summary>The distribution with its arguments taken from a table like f.</summary>
    public Instance At(Tensor table)
    {
        var arguments = Site.Distribution.Arguments.ToArray();
        var start = 0;
        foreach (var (index, bijector, shape) in Parts)
        {
            var width = shape.Size / Elements;
            arguments[index] = bijector.Forward(Reshape(SliceAxis(table, 1, start, start + width), shape));
            start += width;
        }
        return Site.Distribution with { Arguments = arguments.ToEqArray() };
    }
}
