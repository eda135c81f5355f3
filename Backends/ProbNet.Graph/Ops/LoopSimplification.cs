using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Loops that are none: no steps, one step, or steps that know nothing of one another.</summary>
internal static class LoopSimplification
{
    public static Tensor? Simplify(Tensor node)
    {
        var loop = (Attributes.Loop)node.Attributes;
        if (loop.Length == 0) return loop.Carries == 0 ? Full(node.DType, [0], 0) : Loops.Pack([.. node.Inputs.Take(loop.Carries), .. loop.Parts.Skip(loop.Carries).Select(part => Full(node.DType, part, 0))]);
        if (loop.Length == 1) return Once(node, loop);
        return loop.Carries == 0 ? Together(node, loop) : null;
    }

    private static Tensor Once(Tensor node, Attributes.Loop loop)
    {
        var values = Substitution.Apply([.. loop.Body.Outputs.Select(x => x.Value)], Operands(node, loop, x => Squeeze(x, 0)));
        return Loops.Pack(values);
    }

    /// <summary>Without carries all steps are computed at once.</summary>
    private static Tensor Together(Tensor node, Attributes.Loop loop)
    {
        var constants = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var sequences = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < node.Inputs.Length; i++) (i < loop.Sequences ? sequences : constants).Add(loop.Body.Inputs[i], node.Inputs[i]);
        var step = Substitution.Apply([.. loop.Body.Outputs.Select(x => x.Value)], constants);
        return Loops.Pack(Vmap.Batch(step, sequences, loop.Length));
    }

    private static Dictionary<Tensor, Tensor> Operands(Tensor node, Attributes.Loop loop, Func<Tensor, Tensor> slice)
    {
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < node.Inputs.Length; i++)
            map.Add(loop.Body.Inputs[i], i >= loop.Carries && i < loop.Carries + loop.Sequences ? slice(node.Inputs[i]) : node.Inputs[i]);
        return map;
    }
}
