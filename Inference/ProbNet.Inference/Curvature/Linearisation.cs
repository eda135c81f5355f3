using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>Directional derivatives of expressions.</summary>
internal static class Linearisation
{
    /// <summary>
    /// The derivatives J t of expressions along tangents t of variables. The gradient of v^T f is J^T v, which is linear in v; the gradient of t^T J^T v with respect to v is J t, so two
    /// reverse passes make a forward one.
    /// </summary>
    /// <param name="outputs">The expressions.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="tangents">A direction for each variable, of its shape.</param>
    public static Tensor[] Derivatives(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> variables, IReadOnlyList<Tensor> tangents)
    {
        Tensor[] cotangents = [.. outputs.Select((o, i) => Input($"cotangent.{i}", o.DType, o.Shape))];
        var pulled = Vjp.Gradients(outputs.Zip(cotangents, (o, v) => SumAll(o * v)).Aggregate((a, b) => a + b), variables);
        var along = pulled.Zip(tangents, (g, t) => SumAll(g * t)).Aggregate((a, b) => a + b);
        var derivatives = Vjp.Gradients(along, cotangents);
        // What is linear in the cotangents has a derivative without them, but branches that select may still name them.
        var zeros = cotangents.ToDictionary(v => v, ZerosLike, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance);
        return [.. Substitution.Apply(derivatives, zeros)];
    }
}
