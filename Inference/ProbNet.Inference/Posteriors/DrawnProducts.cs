using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// Local reparameterisation in prediction: where independent normal weights w meet the rows x of the data in one matrix product, x @ w is normal for each row, with independent
/// elements. It is drawn directly, x @ loc + sqrt(x^2 @ scale^2) * eps, and the two products are the same for all draws: many draws cost their noise instead of one product each.
/// </summary>
/// <remarks>
/// The law of everything that is computed for one row is exactly that of drawn weights. The rows of a draw no longer share these weights, so nothing that belongs to several rows may be
/// computed from them. Layers whose inputs depend on the draw keep weights that all rows share: one product instead of two.
/// Source: Kingma, Salimans, Welling, Variational dropout and the local reparameterization trick, NeurIPS 2015, sec. 2.2, eq. 6.
/// </remarks>
internal static class DrawnProducts
{
    /// <summary>The products that may be drawn, each with what replaces it; none where the model has anything that does not belong to one row alone.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">Its graph with the rows at hand, at least two.</param>
    /// <param name="drawn">The guide's draws.</param>
    /// <param name="isFixed">Whether the value of a hole is the same for all draws.</param>
    /// <param name="random">Randomness of this draw.</param>
    /// <param name="rows">The rows at hand.</param>
    public static IReadOnlyDictionary<Tensor, Func<Rewriter, Tensor>> Of(
        BoundModel model, ModelGraph graph, IReadOnlyCollection<SiteDraw> drawn, Func<Tensor, bool> isFixed, RandomSource random, RowView rows)
    {
        var rules = new Dictionary<Tensor, Func<Rewriter, Tensor>>(ReferenceEqualityComparer.Instance);
        if (!BelongsToRows(model, graph)) return rules;
        var holes = graph.Sites.Where(s => s.Kind == SiteKind.Sample).ToDictionary(s => s.Name, s => s.Value);
        var known = holes.Values.ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        // What prediction computes, and what the guide takes from other sites' values.
        Tensor[] roots =
        [
            .. graph.Sites.Where(s => model.IsObserved(s) || s.PerRow).SelectMany(s => s.Distribution.Arguments.Append(s.Distribution.LogDensity(s.Value))),
            .. graph.Factors.Select(f => f.LogDensity),
            .. drawn.Select(d => d.Value).Where(v => Marginal.DependsOn(v, known)),
        ];
        var uses = new LinearUses(roots, RowAnalysis.Of(roots, RowAnalysis.PerRowInputs(graph)));
        foreach (var draw in drawn.Where(d => !d.Site.PerRow && d.Structure is MeanField))
        {
            // Several vectors of one row that meet the same weights have products that are not independent.
            if (uses.Find(holes[draw.Site.Name]).Use is not { VectorsPerRow: 1 } use) continue;
            Tensor[] operands = [use.Input, .. use.Path.SelectMany(step => step.Node.Inputs.Where((_, side) => side != step.Side))];
            if (!Topology.Sort(operands).All(n => n.Op != OpCode.Input || isFixed(n))) continue;
            var noise = rows.Keyed(random.Named(draw.Site.Name));
            var origin = new Origin(draw.Site.Name, use.Product.Origin?.Location ?? draw.Site.Site.Span.Location);
            rules[use.Product] = rewriter => Draw(new(use, node => rewriter[node]), (MeanField)draw.Structure!, noise, use.RowAxis, use.InnerAxis).WithOrigin(origin);
        }
        return rules;
    }

    // A loop's draws, discrete values and events over all rows are computed for all rows together.
    private static bool BelongsToRows(BoundModel model, ModelGraph graph) =>
        graph.Rows is not null && graph.Sites.All(s => s.Recurrence is null && !Outcome.SpansRows(s) && (s.PerRow || !model.IsObserved(s)))
        && graph.Sites.All(s => model.IsObserved(s) || DiscreteSite.Of(s) is null);

    private static Tensor Draw(LinearProduct product, MeanField factor, RandomSource noise, int rowAxis, int inner)
    {
        var mean = product.Multiply(product.Input, product.Weight(factor.Loc));
        // Squares of large inputs would overflow where the product does not: rows are measured in their largest element, scales in theirs.
        var (x, scale) = (product.Input, product.WeightChange(factor.Scale));
        Tensor unit = Unit(x, [inner]), spread = Unit(scale, [.. Enumerable.Range(0, scale.Rank)]);
        var deviation = Sqrt(product.Multiply(Square(x / BroadcastTo(unit, x.Shape)), Square(scale / BroadcastTo(spread, scale.Shape))));
        // A row's numbers belong to the row, so the source puts rows first.
        var normal = noise.Normal(mean.DType, mean.Shape.Without([rowAxis]));
        if (rowAxis > 0) normal = Transpose(normal, [.. Enumerable.Range(1, rowAxis), 0, .. Enumerable.Range(rowAxis + 1, mean.Rank - rowAxis - 1)]);
        return mean + deviation * BroadcastTo(unit, mean.Shape) * Reshape(spread, Shape.Scalar) * normal;
    }

    // The largest size along some axes, which stay with size 1; 1 where all are 0.
    private static Tensor Unit(Tensor x, int[] axes)
    {
        var dims = x.Shape.ToArray();
        foreach (var axis in axes) dims[axis] = 1;
        var largest = Reshape(ReduceMax(Abs(x), axes), Shape.Create(dims));
        return Select(Equal(largest, Like(largest, 0)), Like(largest, 1), largest);
    }
}
