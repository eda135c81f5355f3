using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Data;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Algorithms;

/// <summary>What Laplace's approximation keeps of the curvature. One record a structure, one line in <see cref="LaplaceChoices"/>.</summary>
public abstract record LaplaceStructure : Component
{
    /// <summary>The blocks of a model's curvature, or why the structure is not defined for it.</summary>
    internal abstract Checked<BlockList> Blocks(CurvaturePlan plan);
}

/// <summary>The diagonal: independent components.</summary>
public sealed record DiagonalStructure : LaplaceStructure
{
    /// <inheritdoc/>
    public override string Name => "diagonal";

    /// <inheritdoc/>
    public override string Doc => "the diagonal of the curvature: independent components";

    /// <inheritdoc/>
    public override string Source => "MacKay, A practical Bayesian framework for backpropagation networks, Neural Computation 4 (1992)";

    internal override Checked<BlockList> Blocks(CurvaturePlan plan) => new BlockList(plan.Chunk.Latent.Map(s => plan.Block(BlockKind.Diagonal, "", s)));
}

/// <summary>Kronecker factors for the weights of each linear map.</summary>
public sealed record KroneckerStructure : LaplaceStructure
{
    /// <inheritdoc/>
    public override string Name => "kronecker";

    /// <inheritdoc/>
    public override string Doc => "a Kronecker product for the weights of each linear map; other sites densely where small, else their diagonal";

    /// <inheritdoc/>
    public override string Source => "Ritter, Botev, Barber, A scalable Laplace approximation for neural networks, ICLR 2018";

    internal override Checked<BlockList> Blocks(CurvaturePlan plan) => new BlockList(plan.Chunk.Latent.Map(s => plan.Uses[s.Name] is { Use: { } use }
        ? plan.Block(BlockKind.Kronecker, "", s) with { Use = use }
        : plan.Without(s, plan.Uses[s.Name].Why)));
}

/// <summary>All of the curvature.</summary>
public sealed record FullStructure : LaplaceStructure
{
    /// <inheritdoc/>
    public override string Name => "full";

    /// <inheritdoc/>
    public override string Doc => "all of the curvature: one joint normal law";

    /// <inheritdoc/>
    public override string Source => "MacKay, A practical Bayesian framework for backpropagation networks, Neural Computation 4 (1992)";

    internal override Checked<BlockList> Blocks(CurvaturePlan plan)
    {
        var dimension = plan.Chunk.Latent.Sum(s => (long)plan.SizeOf(s));
        if (dimension > MultivariateNormalGuide.MaximumDimension)
        {
            return new(null, [new(InferenceCodes.LaplaceRefuses, $"the full curvature of {dimension:N0} components holds {dimension * dimension:N0} numbers; at most {MultivariateNormalGuide.MaximumDimension} components are kept together", default)
                { Hint = "structure = kronecker, diagonal or lastLayer" }]);
        }
        return new BlockList(plan.Chunk.Latent.IsEmpty ? [] : [plan.Block(BlockKind.Dense, "", plan.Chunk.Latent)]);
    }
}

/// <summary>All of the curvature of the last linear layer; everything else stays at its point.</summary>
public sealed record LastLayerStructure : LaplaceStructure
{
    /// <inheritdoc/>
    public override string Name => "lastLayer";

    /// <inheritdoc/>
    public override string Doc => "all of the curvature of the last linear map with its bias; the rest stays at its point";

    /// <inheritdoc/>
    public override string Source => "Kristiadi, Hein, Hennig, Being Bayesian, even just a bit, fixes overconfidence in ReLU networks, ICML 2020";

    internal override Checked<BlockList> Blocks(CurvaturePlan plan)
    {
        var last = LastLayer.Of(plan);
        if (last.IsEmpty)
        {
            var why = plan.Chunk.Latent.Select(s => $"'{s.Name}': {plan.Uses[s.Name].Why}").Take(3);
            return new(null, [new(InferenceCodes.LaplaceRefuses, $"no latent site is the weights of a last linear map ({string.Join("; ", why)})", default) { Hint = "structure = full or diagonal" }]);
        }
        var dimension = last.Sum(s => (long)plan.SizeOf(s));
        if (dimension > MultivariateNormalGuide.MaximumDimension)
        {
            return new(null, [new(InferenceCodes.LaplaceRefuses, $"the last layer ({Nearest.Listed([.. last.Map(s => s.Name)])}) has {dimension:N0} components; at most {MultivariateNormalGuide.MaximumDimension} are kept together", default)
                { Hint = "structure = kronecker or diagonal" }]);
        }
        return new BlockList([plan.Block(BlockKind.Dense, "", last), .. plan.Chunk.Latent.Where(s => !last.Contains(s)).Select(s => plan.Block(BlockKind.Point, "not in the last layer", s))]);
    }
}
