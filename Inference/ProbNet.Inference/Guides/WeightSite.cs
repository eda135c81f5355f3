using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>A site that is the weight of linear maps, with the inputs and outputs of these.</summary>
/// <param name="Site">The site.</param>
/// <param name="Inputs">Which input each element belongs to.</param>
/// <param name="Outputs">Which output each element belongs to.</param>
/// <param name="MeetsData">Whether no other latent value enters what the weight is multiplied with, as in a net's first layer.</param>
internal sealed record WeightSite(GuideSite Site, WeightUnits Inputs, WeightUnits Outputs, bool MeetsData)
{
    /// <summary>The site's name.</summary>
    public string Name => Site.Name;

    /// <summary>Where locations start: spread around the typical value with variance 1 / (3 inputs), never at one place.</summary>
    public Tensor Start(RandomSource random) => Site.Typical + random.Normal(Site.Typical.DType, Site.Shape) * Math.Sqrt(1.0 / (3 * Inputs.Count));

    /// <summary>The sites as weights, or for each that is none a diagnostic that says why.</summary>
    public static Checked<Found> Of(EqArray<GuideSite> sites, GuideContext context, string family)
    {
        var model = context.Model ?? throw new ArgumentException($"{family} needs its model, which says what a weight's inputs are", nameof(context));
        var finder = new WeightUses(model);
        var (found, refused) = (new List<WeightSite>(), new List<Diagnostic>());
        foreach (var site in sites)
        {
            var (weight, why) = finder.Find(site);
            if (weight is not null) found.Add(weight);
            else
            {
                refused.Add(new(InferenceCodes.GuideRefuses, $"{family} needs the weights of a linear map, and '{site.Name}' {site.Shape} is none: {why}", site.Site.Span)
                { Hint = $"select the weights and give the rest another family, e.g. {family} on \"*.w\", delta" });
            }
        }
        return refused.Count > 0 ? new(null, refused.ToEqArray()) : new(new(found.ToEqArray()), []);
    }

    /// <summary>All of them.</summary>
    public sealed record Found(EqArray<WeightSite> Sites);
}

/// <summary>Finds which latent sites of a model are weights of linear maps.</summary>
internal sealed class WeightUses
{
    private readonly ModelGraph _graph;
    private readonly BoundModel _model;
    private readonly Users _users;

    /// <summary>Indexes a model's expressions.</summary>
    public WeightUses(BoundModel model)
    {
        (_model, _graph) = (model, model.ElaborateMarginal(Math.Max(2, model.Rows)));
        _users = new([.. _graph.Sites.SelectMany(s => s.Kind == SiteKind.Observe ? s.Distribution.Arguments.Add(s.Value) : s.Distribution.Arguments), .. _graph.Factors.Select(f => f.LogDensity)]);
    }

    /// <summary>The site as a weight, or why it is none.</summary>
    public (WeightSite? Weight, string Why) Find(GuideSite site)
    {
        if (site.PerRow) return (null, "it has a value for each data row");
        if (!site.IsReal) return (null, $"its values are constrained ({site.Site.Distribution.Family.Name})");
        if (site.Shape.Rank == 0) return (null, "it is a single number");
        var uses = new List<Use>();
        var hole = _graph.Sites.First(s => s.Name == site.Name).Value;
        if (Follow(_users, hole, hole, [], uses) is { } why) return (null, why);
        if (uses.Count == 0) return (null, "no matrix product takes it");
        var units = uses.Select(u => (Inputs: u.Units(site.Shape, outputs: false), Outputs: u.Units(site.Shape, outputs: true))).ToList();
        // Order says how the units stand in one product; which elements go together must be the same in all.
        if (units.Exists(u => u.Inputs with { Order = [] } != units[0].Inputs with { Order = [] }))
            return (null, "several matrix products take it, and what is an input in one is none in another");
        if (units.Exists(u => u.Outputs with { Order = [] } != units[0].Outputs with { Order = [] }))
            return (null, "several matrix products take it, and what is an output in one is none in another");
        var latent = _graph.Sites.Where(s => !_model.IsObserved(s)).Select(s => s.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var meetsData = uses.TrueForAll(u => !u.InLoop && !Topology.Sort([u.Product.Inputs[1 - u.Side]]).Any(latent.Contains));
        return (new(site, units[0].Inputs, units[0].Outputs, meetsData), "");
    }

    // Follows a value to the matrix products it enters; says what else it enters.
    private static string? Follow(Users users, Tensor hole, Tensor value, EqArray<PathStep> path, List<Use> uses, bool inLoop = false)
    {
        foreach (var step in users.Of(value))
        {
            var (node, side) = (step.Node, step.Side);
            switch (node.Op)
            {
                case OpCode.MatMul:
                    uses.Add(new(node, side, path, inLoop));
                    continue;
                case OpCode.Mul when Topology.Sort([node.Inputs[1 - side]]).Any(n => ReferenceEquals(n, hole)):
                    return $"it is multiplied with itself{LinearUses.At(node)}";
                case OpCode.Reshape or OpCode.Transpose or OpCode.Slice or OpCode.Neg or OpCode.Mul or OpCode.Add or OpCode.Sub:
                case OpCode.Div when side == 0:
                case OpCode.Broadcast when LinearUses.AddsLeadingAxesOnly(node) && users.Of(node) is [{ Node.Op: OpCode.MatMul }]:
                    if (Follow(users, hole, node, path.Add(step), uses, inLoop) is { } why) return why;
                    continue;
                case OpCode.Scan when node.Attributes is Attributes.Loop loop:
                    if (side < loop.Carries + loop.Sequences) return $"it is taken apart step by step in a loop{LinearUses.At(node)}";
                    var own = loop.Body.Inputs[side];
                    if (Follow(new([.. loop.Body.Outputs.Select(o => o.Value)]), own, own, path, uses, inLoop: true) is { } inside) return inside;
                    continue;
                default:
                    return $"it enters {LinearUses.Describe(node)}, which is no matrix product";
            }
        }
        return users.Of(value).Count == 0 && path.Count > 0 ? "it is itself a parameter of a distribution" : null;
    }

    private sealed record Use(Tensor Product, int Side, EqArray<PathStep> Path, bool InLoop)
    {
        public WeightUnits Units(Shape shape, bool outputs)
        {
            var own = Path.Count > 0 && Path[^1].Node.Op == OpCode.Broadcast ? Path.SkipLast(1) : Path;
            return WeightUnits.Of(Product, Side, own, shape, LinearUse.WindowsOf(Product, Side), outputs);
        }
    }

    // The operations that take each value of some expressions.
    private sealed class Users
    {
        private readonly Dictionary<Tensor, List<PathStep>> _of = new(ReferenceEqualityComparer.Instance);

        public Users(IReadOnlyList<Tensor> roots)
        {
            foreach (var node in Topology.Sort(roots))
            {
                for (var i = 0; i < node.Inputs.Length; i++)
                {
                    if (!_of.TryGetValue(node.Inputs[i], out var list)) _of[node.Inputs[i]] = list = [];
                    list.Add(new(node, i));
                }
            }
        }

        public List<PathStep> Of(Tensor value) => _of.GetValueOrDefault(value) ?? [];
    }
}
