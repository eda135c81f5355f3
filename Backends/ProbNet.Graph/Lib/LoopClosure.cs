using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Makes the body of a loop a closed graph: the largest expressions that depend on neither carries nor slices become operands of the loop, computed once
/// outside. Literals stay in the body, where they simplify, and so do broadcasts, which cost nothing there.
/// </summary>
internal static class LoopClosure
{
    /// <summary>The loop whose body computes <paramref name="outputs"/> from placeholders.</summary>
    /// <param name="length">The number of steps.</param>
    /// <param name="reverse">The direction.</param>
    /// <param name="carries">Input nodes that stand for the carries.</param>
    /// <param name="initial">Their first values.</param>
    /// <param name="slices">Input nodes that stand for positions of the sequences.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="outputs">The next carries, then the outputs of a step.</param>
    /// <param name="origin">The origin of the loop.</param>
    /// <param name="outside">Expressions known to lie outside, whose operands need not be looked at.</param>
    public static Tensor Close(
        int length, bool reverse, IReadOnlyList<Tensor> carries, IReadOnlyList<Tensor> initial, IReadOnlyList<Tensor> slices, IReadOnlyList<Tensor> sequences,
        IReadOnlyList<Tensor> outputs, Origin? origin, IReadOnlyDictionary<Tensor, Tensor>? outside = null)
    {
        var inside = new HashSet<Tensor>([.. carries, .. slices], ReferenceEqualityComparer.Instance);
        foreach (var node in Topology.SortAbove(outputs, outside ?? ImmutableDictionary<Tensor, Tensor>.Empty))
        {
            foreach (var operand in node.Inputs)
            {
                if (inside.Contains(operand)) inside.Add(node);
            }
        }
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        List<Tensor> constants = [], operands = [];
        foreach (var node in Topology.SortAbove(outputs, outside ?? ImmutableDictionary<Tensor, Tensor>.Empty))
        {
            if (!inside.Contains(node)) continue;
            foreach (var operand in node.Inputs) Admit(operand);
        }
        foreach (var output in outputs) Admit(output);
        for (var i = 0; i < carries.Count; i++) map[carries[i]] = Input($"carry{i}", carries[i].DType, carries[i].Shape);
        for (var i = 0; i < slices.Count; i++) map[slices[i]] = Input($"item{i}", slices[i].DType, slices[i].Shape);
        var closed = Substitution.Apply(outputs, map);
        var body = new TensorGraph(
            [.. carries.Select(x => map[x]), .. slices.Select(x => map[x]), .. constants],
            closed.Select((x, i) => (i < carries.Count ? $"carry{i}" : $"out{i - carries.Count}", x)));
        return Tensor.Create(OpCode.Scan, [.. initial, .. sequences, .. operands], new Attributes.Loop(body, length, carries.Count, slices.Count, reverse), origin);

        void Admit(Tensor free)
        {
            if (inside.Contains(free) || map.ContainsKey(free) || IsLiteral(free)) return;
            if (free.Op == OpCode.Broadcast)
            {
                Admit(free.Inputs[0]);
                if (map.TryGetValue(free.Inputs[0], out var narrow)) map[free] = BroadcastTo(narrow, free.Shape).WithOrigin(free.Origin);
                return;
            }
            var constant = Input($"fixed{constants.Count}", free.DType, free.Shape);
            map[free] = constant;
            constants.Add(constant);
            operands.Add(free);
        }
    }

    // Literals that need no operand; a large table is better passed than copied into every body.
    private static bool IsLiteral(Tensor x) => x.Op == OpCode.Iota || (x.Op == OpCode.Constant && x.Shape.Size <= Folding.Limit) || (x.Op == OpCode.Broadcast && IsLiteral(x.Inputs[0]));
}
