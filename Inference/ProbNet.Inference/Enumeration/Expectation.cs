using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Expectations over summed-out sites: E[f(z)] is the derivative of log(sum over z of p(z) exp(λ f(z))) at λ = 0, so the elimination that sums sites out also averages
/// over them, exactly and in the same time.
/// </summary>
internal static class Expectation
{
    /// <summary>
    /// The mean of every component of a function over the summed-out sites, given the model's other values; null where the sites' elements cannot be told apart in it.
    /// </summary>
    /// <param name="marginal">The model with the sites summed out.</param>
    /// <param name="function">An expression in the model's holes.</param>
    /// <param name="given">Whether the sites are taken given the data, or from their prior.</param>
    public static Tensor? Of(Marginal marginal, Tensor function, bool given)
    {
        var holes = marginal.Summed.Select(s => s.Hole).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        if (!Marginal.DependsOn(function, holes)) return function;
        var weight = Input("weight", function.DType, function.Shape);
        var terms = marginal.Terms.Where(t => given || t.IsPrior).Select(t => t.Value).Append(weight * function);
        if (Elimination.Run(terms, marginal.Summed).Value is not { } eliminated) return null;
        var total = eliminated.Terms.Select(t => SumAll(t.Value)).Aggregate((a, b) => a + b);
        var gradient = Vjp.Gradients(total, [weight])[0];
        return Substitution.Apply([gradient], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [weight] = ZerosLike(weight) })[0];
    }
}
