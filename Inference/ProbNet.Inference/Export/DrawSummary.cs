using ProbNet.Graph;
using ProbNet.Inference.Posteriors;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Export;

/// <summary>
/// The summary of one outcome over draws, as expressions in double precision: a state that takes in chunks of draws, and the results at its end. They are those of
/// <see cref="Metrics.ClassAccumulator"/> and <see cref="Metrics.RealAccumulator"/>.
/// </summary>
/// <param name="State">Inputs: what is known of the draws so far; zeros at first.</param>
/// <param name="Next">The same with a chunk of draws taken in.</param>
/// <param name="Results">The results by the name of the quantity, and whether their last axis counts classes.</param>
internal sealed record DrawSummary(EqArray<Tensor> State, EqArray<Tensor> Next, EqArray<(string Quantity, Tensor Value, bool ByClass)> Results)
{
    /// <summary>Of a class: p [draws, …, k] and logits [draws, …, k], or [draws, …] for the log-odds of a truth value.</summary>
    /// <param name="name">The site's name.</param>
    /// <param name="probabilities">The probabilities of each draw.</param>
    /// <param name="logits">The logits of each draw.</param>
    /// <param name="before">The number of draws so far, F64 [].</param>
    /// <param name="draws">The number of all draws.</param>
    public static DrawSummary OfClasses(string name, Tensor probabilities, Tensor logits, Tensor before, int draws)
    {
        var (p, l) = (Convert(probabilities, DType.F64), Convert(logits, DType.F64));
        var moments = Moments.Of(name, p, before);
        var entropy = Input(name + ".entropy", DType.F64, p.Shape[1..^1]);
        var sum = Input(name + ".logits", DType.F64, l.Shape[1..]);
        var total = Entropy(moments.Mean);
        // p (1 - p), the variance of the class's indicator, is E[p_s (1 - p_s)] + Var[p_s]; the mutual information is never negative by Jensen's inequality.
        var (variance, epistemic) = (moments.Mean * (1 - moments.Mean), moments.Squares / draws);
        var zero = Constant(DType.F64, 0);
        return new(
            [moments.Mean, moments.Squares, entropy, sum], [moments.NextMean, moments.NextSquares, entropy + Sum(Entropy(p), 0), sum + Sum(l, 0)],
            [
                ("logits", sum / draws, l.Rank == p.Rank), ("probabilities", moments.Mean, true), ("entropy", total, false),
                ("mutual_information", Max(zero, total - entropy / draws), false), ("variance", variance, true),
                ("aleatoric_variance", Max(zero, variance - epistemic), true), ("epistemic_variance", epistemic, true),
            ]);
    }

    /// <summary>Of numbers: mean and variance given each draw, [draws, …].</summary>
    /// <param name="name">The site's name.</param>
    /// <param name="mean">The mean given a draw.</param>
    /// <param name="variance">The variance given a draw.</param>
    /// <param name="before">The number of draws so far, F64 [].</param>
    /// <param name="draws">The number of all draws.</param>
    /// <param name="original">From the model's units to the file's: a mean, and a variance.</param>
    public static DrawSummary OfNumbers(string name, Tensor mean, Tensor variance, Tensor before, int draws, (Func<Tensor, Tensor> Mean, Func<Tensor, Tensor> Variance) original)
    {
        var moments = Moments.Of(name, Convert(mean, DType.F64), before);
        var sum = Input(name + ".variance", DType.F64, variance.Shape[1..]);
        var (aleatoric, epistemic) = (original.Variance(sum / draws), original.Variance(moments.Squares / draws));
        return new(
            [moments.Mean, moments.Squares, sum], [moments.NextMean, moments.NextSquares, sum + Sum(Convert(variance, DType.F64), 0)],
            [("mean", original.Mean(moments.Mean), false), ("variance", aleatoric + epistemic, false), ("aleatoric_variance", aleatoric, false), ("epistemic_variance", epistemic, false)]);
    }

    /// <summary>
    /// The logits of one draw: the family's own where it has some ([…] log-odds of a truth value, […, k] otherwise), else logarithms of the probabilities, of which the log-odds of a truth
    /// value are the difference.
    /// </summary>
    public static Tensor Logits(Outcome outcome, PosteriorScope scope)
    {
        var distribution = outcome.Site.Distribution;
        var isBinary = distribution.Family.Support is Support.Binary;
        if (distribution.Family.Parameters[0].Name == "logits" && !scope.Varies(distribution.Arguments[0])) return scope.At(distribution.Arguments[0]);
        var logs = Log(outcome.Outputs[0]);
        return isBinary ? Index(logs, -1, 1) - Index(logs, -1, 0) : logs;
    }

    // p log p keeps NaN, and is 0 at 0.
    private static Tensor Entropy(Tensor p) => Sum(-Select(Less(ZerosLike(p), p), p * Log(p), p * 0), -1);

    /// <summary>Mean and sum of squared deviations, by merging those of each chunk (Chan, Golub and LeVeque 1983): large values with small differences lose nothing.</summary>
    private sealed record Moments(Tensor Mean, Tensor Squares, Tensor NextMean, Tensor NextSquares)
    {
        public static Moments Of(string name, Tensor x, Tensor before)
        {
            var (mean, squares) = (Input(name + ".mean", DType.F64, x.Shape[1..]), Input(name + ".squares", DType.F64, x.Shape[1..]));
            var own = TensorMath.Mean(x, 0);
            var count = Constant(DType.F64, x.Shape[0]);
            var (step, share) = (own - mean, count / (before + count));
            return new(mean, squares, mean + step * share, squares + Sum(Square(x - ExpandDims(own, 0)), 0) + Square(step) * (before * share));
        }
    }
}
