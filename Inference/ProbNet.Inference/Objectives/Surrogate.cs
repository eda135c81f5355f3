using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Objectives;

/// <summary>
/// An expression whose gradient is the estimate of a bound's gradient: the bound itself for what the draws carry, and for draws that carry none sum_k stop(c_k) log q(z_k), with c_k what
/// draw k adds to the bound (<see cref="Bound.Contributions"/>).
/// </summary>
/// <param name="Choice">What is maximised, and how.</param>
/// <param name="Weights">The terms at the draws.</param>
/// <param name="Scores">log q of the draws that carry no gradient, with the draws held fixed: [K], or [K, B] for one number for each row.</param>
/// <param name="IsByRow">Whether the bound is a sum of one for each row.</param>
/// <param name="RowsAreApart">Whether the values that belong to a row enter that row's terms only.</param>
/// <param name="GuideParameters">The inputs of the guide's parameters.</param>
/// <param name="Learned">The inputs of the model's own learned values.</param>
internal sealed record Surrogate(
    ObjectiveChoice Choice, LogWeights Weights, EqArray<(Tensor Value, bool PerRow)> Scores, bool IsByRow, bool RowsAreApart, EqArray<Tensor> GuideParameters, EqArray<Tensor> Learned)
{
    /// <summary>The expression, [], in nats for the whole data set.</summary>
    /// <param name="factor">The factor on the divergence, a scalar; null for 1.</param>
    public Tensor Of(Tensor? factor)
    {
        var bound = Choice.Bound;
        var total = Weights.Total(factor);
        var weights = IsByRow ? Weights.Rows(factor) : total;
        var value = Choice.Gradient.HoldsDensity && !bound.IsMean ? DoublyReparameterised(weights) : bound.Of(weights, 0);
        var result = Weights.Batch.Estimate(value, IsByRow);
        if (Scores.IsEmpty) return result;
        // What a row's own value adds is seen in the row's terms; all others are noise to it.
        var ofRow = RowsAreApart && Scores.Any(s => s.PerRow) ? StopGradient(bound.Contributions(Weights.Rows(factor))) : null;
        var ofAll = StopGradient(bound.Contributions(total));
        foreach (var (score, perRow) in Scores)
        {
            var added = perRow && ofRow is not null ? Weights.Estimate(score * ofRow, perRow: true) : Weights.Estimate(score, perRow) * ofAll;
            result += Sum(added, 0);
        }
        return result;
    }

    // With v_k the draws' shares, the guide's parameters move draw k by a v_k + (1 - a) v_k^2; the model's own learned values move the bound as usual.
    private Tensor DoublyReparameterised(Tensor weights)
    {
        var (shares, order) = (Choice.Bound.Shares(weights), Choice.Bound.Order);
        var counts = StopGradient(shares * order + Square(shares) * (1 - order));
        var guide = Sum(counts * Held(weights, Learned), 0);
        return Learned.IsEmpty ? guide : guide + Choice.Bound.Of(Held(weights, GuideParameters), 0);
    }

    private static Tensor Held(Tensor x, EqArray<Tensor> inputs) => inputs.IsEmpty ? x
        : Substitution.Apply([x], inputs.ToDictionary(i => i, StopGradient, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance))[0];
}
