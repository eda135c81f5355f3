using ProbNet.Graph;

namespace ProbNet.Inference.Estimators;

/// <summary>The rules of <see cref="RowAnalysis"/>: the status of a node from those of its operands.</summary>
internal static class RowRules
{
    /// <summary>The status of <paramref name="node"/>.</summary>
    public static RowStatus Apply(Tensor node, RowStatus[] operands)
    {
        foreach (var operand in operands)
        {
            if (operand is RowStatus.Mixed) return operand;
        }
        if (operands.All(o => o is RowStatus.None)) return RowStatus.Independent;
        if (operands.OfType<RowStatus.Packed>().FirstOrDefault() is { } packed) return LoopRows.Unpack(node, packed);
        return node.Op switch
        {
            OpCode.Broadcast => Axis(operands[0]) is var a && node.Inputs[0].Shape[a] == node.Shape[a + node.Rank - node.Inputs[0].Rank]
                ? RowStatus.Along(a + node.Rank - node.Inputs[0].Rank) : Mixed(node, "repeats a single data row"),
            OpCode.Scan => LoopRows.Apply(node, operands),
            OpCode.Reshape => Reshape(node, node.Inputs[0].Shape, node.Shape, Axis(operands[0])),
            OpCode.Transpose => RowStatus.Along(IndexOf(((Attributes.Axes)node.Attributes).Value, Axis(operands[0]))),
            OpCode.Slice => Axis(operands[0]) is var a && node.Shape[a] == node.Inputs[0].Shape[a] ? operands[0] : Mixed(node, "takes only some of the data rows"),
            OpCode.Pad => Axis(operands[0]) is var a && node.Shape[a] == node.Inputs[0].Shape[a] ? operands[0] : Mixed(node, "adds rows to the data rows"),
            OpCode.Concat => Aligned(node, operands) is RowStatus.Row row && row.Axis == ((Attributes.Axis)node.Attributes).Value
                ? Mixed(node, "joins data rows with other rows") : Aligned(node, operands),
            OpCode.Gather => Gather(node, operands),
            OpCode.ScatterAdd => Axis(operands[1] is RowStatus.Row ? operands[1] : operands[0]) is var a && operands[0] is RowStatus.None && a >= node.Inputs[0].Rank
                ? RowStatus.Along(a - node.Inputs[0].Rank + 1) : Mixed(node, "adds data rows up by index"),
            OpCode.ReduceSum => Reduce(node, Axis(operands[0]), ((Attributes.Axes)node.Attributes).Value, "sums over the data rows"),
            OpCode.ReduceMax => Reduce(node, Axis(operands[0]), ((Attributes.Axes)node.Attributes).Value, "takes the maximum over the data rows"),
            OpCode.ArgMax => Reduce(node, Axis(operands[0]), [node.Inputs[0].Rank - 1], "takes the position of the maximum over the data rows"),
            OpCode.MatMul => MatMul(node, operands),
            OpCode.Unfold or OpCode.Fold or OpCode.WindowPick or OpCode.WindowRoute => Aligned(node, operands) is RowStatus.Row window && window.Axis < node.Rank - 3
                ? window : Mixed(node, "takes windows over the data rows"),
            OpCode.Cholesky => Axis(operands[0]) < node.Rank - 2 ? operands[0] : Mixed(node, "factors a matrix over the data rows"),
            OpCode.TriangularSolve => Solve(node, operands),
            OpCode.RandomUniform or OpCode.RandomNormal or OpCode.RandomSign or OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial => Random(node, operands),
            // What is left is elementwise: all operands have the result's shape.
            _ => Aligned(node, operands),
        };
    }

    private static int Axis(RowStatus status) => ((RowStatus.Row)status).Axis;

    private static RowStatus Mixed(Tensor node, string why) => new RowStatus.Mixed(node, why);

    private static RowStatus Aligned(Tensor node, RowStatus[] operands)
    {
        var rows = operands.OfType<RowStatus.Row>().Distinct().ToArray();
        return rows.Length == 1 ? rows[0] : Mixed(node, "combines each data row with every other");
    }

    // The row axis survives if some axis of the result has its size and as many elements before it.
    internal static RowStatus Reshape(Tensor node, Shape from, Shape to, int axis)
    {
        for (var a = 0; a < to.Rank; a++)
        {
            if (to[a] == from[axis] && to[..a].Size == from[..axis].Size) return RowStatus.Along(a);
        }
        return Mixed(node, "merges the data rows with another axis");
    }

    private static int IndexOf(EqArray<int> permutation, int axis)
    {
        var position = 0;
        while (permutation[position] != axis) position++;
        return position;
    }

    private static RowStatus Gather(Tensor node, RowStatus[] operands) => (operands[0], operands[1]) switch
    {
        (RowStatus.None, RowStatus.Row i) => i,
        (RowStatus.Row(0), _) => Mixed(node, "picks data rows by index"),
        (RowStatus.Row x, RowStatus.None) => RowStatus.Along(x.Axis - 1 + node.Inputs[1].Rank),
        _ => Mixed(node, "picks by a per-row index from a per-row table"),
    };

    private static RowStatus Reduce(Tensor node, int axis, EqArray<int> axes, string why) =>
        axes.Contains(axis) ? Mixed(node, why) : RowStatus.Along(axis - axes.Count(a => a < axis));

    private static RowStatus MatMul(Tensor node, RowStatus[] operands)
    {
        int rank = node.Rank, m = rank - 2, n = rank - 1;
        return (operands[0], operands[1]) switch
        {
            (RowStatus.Row x, RowStatus.None) when x.Axis <= m => x,
            (RowStatus.None, RowStatus.Row y) when y.Axis < m || y.Axis == n => y,
            (RowStatus.Row x, RowStatus.Row y) when x.Axis == y.Axis && x.Axis < m => x,
            (RowStatus.Row x, RowStatus.Row y) when x.Axis == m && y.Axis == n => Mixed(node, "multiplies every data row with every other"),
            _ => Mixed(node, "sums over the data rows in a matrix product"),
        };
    }

    private static RowStatus Solve(Tensor node, RowStatus[] operands)
    {
        int m = node.Rank - 2, n = node.Rank - 1;
        return (operands[0], operands[1]) switch
        {
            (RowStatus.None, RowStatus.Row b) when b.Axis != m => b,
            (RowStatus.Row l, RowStatus.None) when l.Axis < m => l,
            (RowStatus.Row l, RowStatus.Row b) when l.Axis == b.Axis && l.Axis < m => l,
            (_, RowStatus.Row b) when b.Axis == n => Mixed(node, "solves every data row against every other"),
            _ => Mixed(node, "solves a system over the data rows"),
        };
    }

    // Operands: seed, step, draw and perhaps a parameter of the result's shape.
    private static RowStatus Random(Tensor node, RowStatus[] operands) =>
        Aligned(node, [.. operands.Skip(2)]) is RowStatus.Row row && operands[0] is RowStatus.None && operands[1] is RowStatus.None ? row : Mixed(node, "draws with a per-row seed");
}
