using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Curvature;

/// <summary>What is kept of the curvature in a block.</summary>
internal enum BlockKind
{
    /// <summary>Nothing: the sites stay at their point.</summary>
    Point,
    /// <summary>The diagonal.</summary>
    Diagonal,
    /// <summary>All of it.</summary>
    Dense,
    /// <summary>A Kronecker product.</summary>
    Kronecker,
}

/// <summary>A block of the curvature before it is computed.</summary>
/// <param name="Sites">Its sites, in model order.</param>
/// <param name="Kind">What is kept.</param>
/// <param name="Reason">Why it is not what was asked for; empty if it is.</param>
internal sealed record BlockPlan(EqArray<Site> Sites, BlockKind Kind, string Reason = "")
{
    /// <summary>Where the weights are used, of a Kronecker product.</summary>
    public LinearUse? Use { get; init; }

    /// <summary>The number of components of each site in unconstrained space.</summary>
    public required EqArray<int> Sizes { get; init; }
}

/// <summary>What the curvature of a model is made of: blocks of sites, and how rows are walked through.</summary>
/// <param name="Model">The model.</param>
/// <param name="Chunk">The model with the rows of a chunk.</param>
/// <param name="ChunkRows">Their number.</param>
/// <param name="ByRow">The names of the observed sites whose rows have terms of their own; the others are one term.</param>
/// <param name="Uses">Site → its linear use in <paramref name="Chunk"/>, or the reason why there is none.</param>
internal sealed record CurvaturePlan(BoundModel Model, CurvatureGraph Chunk, int ChunkRows, EqArray<string> ByRow, IReadOnlyDictionary<string, (LinearUse? Use, string Why)> Uses)
{
    // Gradients of all rows of a chunk together: 16 MiB in single precision.
    private const int ChunkNumbers = 1 << 22;
    private const int MostRows = 256;

    /// <summary>The most components of a site that is kept densely where its Kronecker factors are not defined.</summary>
    public const int SmallSite = 1024;

    /// <summary>The blocks.</summary>
    public EqArray<BlockPlan> Blocks { get; init; } = [];

    /// <summary>The number of components of a site in unconstrained space.</summary>
    public int SizeOf(Site site) => Chunk.Unconstrained[Enumerable.Range(0, Chunk.Latent.Count).First(i => Chunk.Latent[i].Name == site.Name)].Shape.Size;

    /// <summary>A block of some sites.</summary>
    public BlockPlan Block(BlockKind kind, string reason, params EqArray<Site> sites) => new(sites, kind, reason) { Sizes = sites.Map(SizeOf) };

    /// <summary>What is kept of a site that has no Kronecker factors: all where it is small, else the diagonal.</summary>
    public BlockPlan Without(Site site, string why) => Block(SizeOf(site) <= SmallSite ? BlockKind.Dense : BlockKind.Diagonal, why, site);

    /// <summary>The plan of a model with some structure, or why its curvature is not defined.</summary>
    public static Checked<CurvaturePlan> Of(BoundModel model, LaplaceStructure structure, LaplaceHessian hessian)
    {
        var summed = model.SumOut(model.Rows);
        if (summed.Value is null) return new(null, summed.Diagnostics);
        var graph = model.Elaborate(model.Rows);
        var faults = CurvatureFaults.Of(model, graph, summed.Value.Summed);
        if (!faults.IsEmpty) return new(null, faults);

        var dimension = graph.Sites.Where(s => !model.IsObserved(s)).Sum(s => (long)s.Value.Shape.Size);
        // Compared with another number of rows, but not with one: an axis of size 1 looks like any other.
        var isByRow = graph.Rows is not null && model.Rows > 1 && RowObstacles.For(model, model.Rows == 2 ? 3 : 2).IsEmpty;
        var rows = isByRow ? (int)Math.Clamp(ChunkNumbers / Math.Max(1, dimension), 2, Math.Min(MostRows, model.Rows)) : model.Rows;
        var chunk = new CurvatureGraph(model, rows);
        EqArray<string> byRow = isByRow ? [.. chunk.Likelihood.Where(a => a.Site.PerRow && a.Site.Distribution.Batch.Rank > 0).Select(a => a.Site.Name)] : [];
        var unknown = chunk.Likelihood.Where(a => hessian.Of(a, a.Unconstrained()) is null).ToEqArray();
        if (!unknown.IsEmpty)
        {
            return new(null, unknown.Map(a => new Diagnostic(InferenceCodes.LaplaceRefuses, $"the expected Fisher information of '{a.Site.Name}' ({a.Site.Distribution.Family.Name}) is not known in closed form", a.Site.Span)
                { Hint = "hessian = ggn takes the curvature at the observed values instead" }));
        }
        var plan = new CurvaturePlan(model, chunk, rows, byRow, LinearUsesOf(chunk, byRow));
        var blocks = structure.Blocks(plan);
        return new(blocks.Value is { } list ? plan with { Blocks = list.Items } : null, blocks.Diagnostics);
    }

    private static Dictionary<string, (LinearUse?, string)> LinearUsesOf(CurvatureGraph chunk, EqArray<string> byRow)
    {
        if (byRow.IsEmpty || chunk.Likelihood.Any(a => !byRow.Contains(a.Site.Name)))
            return chunk.Latent.ToDictionary(s => s.Name, _ => ((LinearUse?)null, "an outcome has no term of its own for each data row"));
        Tensor[] roots = [.. chunk.Likelihood.SelectMany(a => a.Parts.Select(p => a.Site.Distribution.Arguments[p.Index]))];
        var uses = new LinearUses(roots, RowAnalysis.Of(roots, RowAnalysis.PerRowInputs(chunk.Graph)));
        return chunk.Latent.ToDictionary(s => s.Name, s => uses.Find(s.Value) is { Use: { } use } ? Plain(use) : uses.Find(s.Value));
    }

    // The factors are those of the weights themselves: what stands between the site and the product may only name its components anew.
    private static (LinearUse?, string) Plain(LinearUse use) =>
        use.OwnShape.Rank != 2 ? (null, "the weights differ along more axes than inputs and outputs")
        : use.OwnPath.FirstOrDefault(p => p.Node.Op != OpCode.Reshape).Node is { } node ? (null, $"{node.Op.ToString().ToLowerInvariant()} stands between it and the matrix product")
        : (use, "");
}

/// <summary>The blocks that a structure makes.</summary>
internal sealed record BlockList(EqArray<BlockPlan> Items);
