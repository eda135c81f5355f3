using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// Sums over rows of g g^T, with g = J^T v the vector-Jacobian product of one row: the diagonal for diagonal blocks, all of it for dense ones. The model of a single row is batched over rows, so
/// that each row has a gradient of its own; outcomes that belong to no row are one batch of size 1 with the whole model.
/// </summary>
internal sealed class JacobianPass : IDisposable
{
    private readonly CurvatureRun _run;
    private readonly EqArray<CurvatureBlock> _blocks;
    private readonly int _sites;

    /// <summary>Compiles the sums.</summary>
    /// <param name="point">Where.</param>
    /// <param name="graph">The model of a single row; of all rows where <paramref name="rows"/> is null.</param>
    /// <param name="isUsed">Which observed sites count.</param>
    /// <param name="blocks">The diagonal and dense blocks.</param>
    /// <param name="rows">The number of rows of a batch, or null for outcomes that belong to no row.</param>
    public JacobianPass(CurvaturePoint point, CurvatureGraph graph, Func<LikelihoodArguments, bool> isUsed, EqArray<CurvatureBlock> blocks, int? rows)
    {
        _blocks = blocks;
        LikelihoodArguments[] used = [.. graph.Likelihood.Where(isUsed)];
        _sites = used.Length;
        var tables = graph.At([.. used.Select(a => a.Unconstrained())]);
        Tensor[] cotangents = [.. tables.Select((t, i) => Input(Cotangent(i), t.DType, t.Shape))];
        var gradients = Vjp.Gradients(tables.Zip(cotangents, (t, v) => SumAll(t * v)).Aggregate((a, b) => a + b), [.. graph.Unconstrained]);
        Tensor[] each = rows is { } count ? Batched(gradients, graph, cotangents, count) : [.. gradients.Select(g => ExpandDims(g, 0))];
        var index = graph.Latent.Select((s, i) => (s.Name, i)).ToDictionary(p => p.Name, p => p.i);
        _run = CurvatureRun.Compile(point.Backend, point.Threads, [.. blocks.Select((b, k) => ($"block.{k}", Squares(b, [.. b.Sites.Select(s => each[index[s]])])))]);
    }

    /// <summary>The run, to write rows to.</summary>
    public CurvatureRun Run => _run;

    /// <summary>Adds the sums for the rows written and some cotangents to the blocks.</summary>
    public void Add(double[][] cotangents)
    {
        for (var i = 0; i < _sites; i++) _run.Write(Cotangent(i), HostTensor.Of([cotangents[i].Length], cotangents[i]));
        _run.Run();
        for (var k = 0; k < _blocks.Count; k++) _run.AddTo(k, _blocks[k] is DenseBlock dense ? dense.Likelihood : ((DiagonalBlock)_blocks[k]).Likelihood);
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private static string Cotangent(int site) => $"cotangent.{site}";

    private static Tensor[] Batched(IReadOnlyList<Tensor> gradients, CurvatureGraph graph, Tensor[] cotangents, int rows)
    {
        var varying = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (_, input, perRow) in graph.Data.Values.Where(v => v.PerRow)) varying[input] = Input(input.InputName(), input.DType, input.Shape.Prepend(rows));
        foreach (var v in cotangents) varying[v] = Input(v.InputName(), v.DType, v.Shape.Prepend(rows));
        return [.. Vmap.Batch(gradients, varying, rows)];
    }

    private static Tensor Squares(CurvatureBlock block, Tensor[] gradients)
    {
        var rows = gradients[0].Shape[0];
        var joined = Concat(gradients.Select(g => Reshape(g, [rows, g.Shape[1..].Size])), 1);
        return block is DenseBlock ? MatMul(TransposeLast(joined), joined) : Sum(Square(joined), 0);
    }
}
