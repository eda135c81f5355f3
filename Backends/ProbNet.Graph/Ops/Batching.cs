using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>The batching rules that many primitives share. The batched axis is always axis 0.</summary>
internal static class Batching
{
    /// <summary>An operand with the leading axis: as it is where batched, repeated where not.</summary>
    public static Tensor Lift(Tensor x, bool batched, int size) => batched ? x : BroadcastTo(x, x.Shape.Prepend(size));

    /// <summary>All operands with the leading axis.</summary>
    public static ImmutableArray<Tensor> LiftAll(ImmutableArray<Tensor> operands, ImmutableArray<bool> batched, int size)
    {
        var lifted = ImmutableArray.CreateBuilder<Tensor>(operands.Length);
        for (var i = 0; i < operands.Length; i++) lifted.Add(Lift(operands[i], batched[i], size));
        return lifted.MoveToImmutable();
    }

    /// <summary>The rule of primitives that treat leading axes as a batch: the same primitive over lifted operands.</summary>
    public static Tensor Leading(Tensor node, ImmutableArray<Tensor> operands, ImmutableArray<bool> batched, int size) =>
        Tensor.Create(node.Op, LiftAll(operands, batched, size), node.Attributes);
}
