using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>Sums over rows of x x^T and of g g^T for the weights of linear maps, with x the vectors that meet the weights and g = J^T v the vector-Jacobian product in their products.</summary>
internal sealed class KroneckerPass : IDisposable
{
    private const string Present = "rows.present";

    private readonly CurvatureRun _inputs, _outputs;
    private readonly EqArray<KroneckerBlock> _blocks;
    private readonly EqArray<LikelihoodArguments> _arguments;
    private readonly int _rows;
    private readonly DType _type;

    /// <summary>Compiles the sums.</summary>
    /// <param name="point">Where.</param>
    /// <param name="graph">The model with the rows of a chunk, for which the blocks were made.</param>
    /// <param name="arguments">The observed sites that count, of this graph.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="rows">The rows of a chunk.</param>
    public KroneckerPass(CurvaturePoint point, CurvatureGraph graph, EqArray<LikelihoodArguments> arguments, EqArray<KroneckerBlock> blocks, int rows)
    {
        (_blocks, _arguments, _rows, _type) = (blocks, arguments, rows, graph.Graph.Precision);
        Tensor[] tables = [.. arguments.Select(a => a.Unconstrained())];
        Tensor[] cotangents = [.. tables.Select((t, i) => Input(Cotangent(i), t.DType, t.Shape))];
        var present = Input(Present, _type, [rows]);
        var gradients = Vjp.Gradients(tables.Zip(cotangents, (t, v) => SumAll(t * v)).Aggregate((a, b) => a + b), [.. blocks.Select(b => b.Use.Product)]);
        Tensor[] inputs = [.. blocks.Select(b => Product(b.Use.Input, b.Use.InnerAxis, b.Use.RowAxis, present))];
        Tensor[] outputs = [.. blocks.Select((b, i) => Product(gradients[i], b.Use.OutputAxis, b.Use.RowAxis, null))];
        _inputs = Compile(inputs);
        _outputs = Compile(outputs);

        CurvatureRun Compile(Tensor[] values) => CurvatureRun.Compile(point.Backend, point.Threads, [.. graph.At(values).Select((v, i) => ($"{i}", v))]);
    }

    /// <summary>The runs, to write rows to.</summary>
    public EqArray<CurvatureRun> Runs => [_inputs, _outputs];

    /// <summary>Adds the inputs' products of the rows written, of which the first <paramref name="present"/> count.</summary>
    public void AddInputs(int present)
    {
        _inputs.Write(Present, HostTensor.FromDoubles(_type, [_rows], [.. Enumerable.Range(0, _rows).Select(r => r < present ? 1.0 : 0.0)]));
        _inputs.Run();
        for (var i = 0; i < _blocks.Count; i++) _inputs.AddTo(i, _blocks[i].InputProducts);
    }

    /// <summary>Adds the outputs' products for the rows written and some cotangents.</summary>
    public void AddOutputs(double[][] cotangents)
    {
        for (var i = 0; i < _arguments.Count; i++) _outputs.Write(Cotangent(i), HostTensor.Of([cotangents[i].Length], cotangents[i]));
        _outputs.Run();
        for (var i = 0; i < _blocks.Count; i++) _outputs.AddTo(i, _blocks[i].OutputProducts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputs.Dispose();
        _outputs.Dispose();
    }

    private static string Cotangent(int site) => $"cotangent.{site}";

    // The sum of the outer products of all vectors along an axis; rows that are not present count as zeros.
    private static Tensor Product(Tensor x, int axis, int rowAxis, Tensor? present)
    {
        if (present is not null)
        {
            var dims = new int[x.Rank];
            Array.Fill(dims, 1);
            dims[rowAxis] = present.Shape[0];
            x *= BroadcastTo(Reshape(present, Shape.Create(dims)), x.Shape);
        }
        int[] order = [.. Enumerable.Range(0, x.Rank).Where(a => a != axis), axis];
        var vectors = Reshape(Transpose(x, [.. order]), [x.Shape.Size / x.Shape[axis], x.Shape[axis]]);
        return MatMul(TransposeLast(vectors), vectors);
    }
}
