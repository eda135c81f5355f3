using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ProbNet.Graph;

namespace ProbNet.Inference.Metrics;

/// <summary>
/// Gathers predictive class probabilities draw by draw in memory that does not grow with the number of draws: a sum of probabilities and a sum
/// of entropies a row. Draws are added in turn, so the result does not depend on how they are cut into chunks.
/// </summary>
/// <param name="rows">n.</param>
/// <param name="classes">k, at least 2.</param>
public sealed class ClassAccumulator(int rows, int classes)
{
    private readonly double[] _probability = new double[rows * classes];
    private readonly double[] _entropy = new double[rows];
    private readonly double[] _own = new double[rows], _terms = new double[rows * classes];
    private int _draws;

    /// <summary>Adds some draws.</summary>
    /// <param name="probabilities">p(class | row, draw), [s, n, k].</param>
    public void Add(ReadOnlySpan<double> probabilities)
    {
        var draws = Shapes.Draws(probabilities.Length, rows * classes, nameof(probabilities));
        for (var s = 0; s < draws; s++)
        {
            AddDraw(probabilities.Slice(s * rows * classes, rows * classes));
        }
        _draws += draws;
    }

    /// <summary>Adds some draws of a truth value: class 1 has the probability given, class 0 the rest.</summary>
    /// <param name="probabilityOfTrue">[s, n]; <c>classes</c> must be 2.</param>
    public void AddBernoulli(ReadOnlySpan<double> probabilityOfTrue)
    {
        Shapes.Require(classes, 2, nameof(classes));
        var draws = Shapes.Draws(probabilityOfTrue.Length, rows, nameof(probabilityOfTrue));
        var both = new double[rows * 2];
        for (var s = 0; s < draws; s++)
        {
            for (var i = 0; i < rows; i++)
            {
                both[2 * i + 1] = probabilityOfTrue[s * rows + i];
                both[2 * i] = 1 - both[2 * i + 1];
            }
            AddDraw(both);
        }
        _draws += draws;
    }

    /// <summary>The prediction over the draws added so far, at least one.</summary>
    public ClassSummary Summary()
    {
        if (_draws == 0) throw new InvalidOperationException("no draws were added");
        var mean = Array.ConvertAll(_probability, p => p / _draws);
        var entropy = new double[rows];
        var information = new double[rows];
        ClassScores.Entropies(mean, classes, _terms, entropy);
        for (var i = 0; i < rows; i++)
        {
            // Never negative by Jensen's inequality; rounding may leave -1e-17.
            information[i] = Math.Max(0, entropy[i] - _entropy[i] / _draws);
        }
        return new(rows, classes, [.. mean], [.. entropy], [.. information]);
    }

    // A prediction is often over before the runtime would compile this well.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddDraw(ReadOnlySpan<double> p)
    {
        var sums = _probability.AsSpan(0, p.Length);
        var next = 0;
        for (; next <= p.Length - Vector512<double>.Count; next += Vector512<double>.Count)
            (Vector512.Create<double>(sums.Slice(next, Vector512<double>.Count)) + Vector512.Create(p.Slice(next, Vector512<double>.Count))).CopyTo(sums[next..]);
        for (; next < p.Length; next++) sums[next] += p[next];
        ClassScores.Entropies(p, classes, _terms, _own);
        for (var i = 0; i < rows; i++) _entropy[i] += _own[i];
    }
}

/// <summary>A predicted class with its uncertainty taken apart.</summary>
/// <param name="Rows">n.</param>
/// <param name="Classes">k.</param>
/// <param name="Probabilities">The posterior predictive probabilities p_i, the mean over draws, row-major [n, k].</param>
/// <param name="Entropy">The predictive (total) entropy H[p_i] of each row in nats, [n].</param>
/// <param name="MutualInformation">
/// The epistemic part, H[mean_s p_is] - mean_s H[p_is], in nats, [n]; what is left of the entropy is aleatoric.
/// Source: Houlsby, Huszár, Ghahramani and Lengyel (2011), Bayesian active learning for classification and preference learning, eq. 2.
/// </param>
public sealed record ClassSummary(int Rows, int Classes, EqArray<double> Probabilities, EqArray<double> Entropy, EqArray<double> MutualInformation)
{
    /// <summary>The class of highest probability in each row, [n].</summary>
    public int[] Predicted => ClassScores.Predicted(Probabilities.AsSpan(), Classes);

    /// <summary>The metrics that apply to classes: all but rmse and coverage95. Entropy and mutual information are means over rows.</summary>
    /// <param name="labels">The observed ids, [n].</param>
    /// <param name="nll">The negative mean log predictive density (<see cref="PredictiveLogDensity.NegMean"/>).</param>
    public MetricTable Score(ReadOnlySpan<long> labels, double nll) => new()
    {
        Accuracy = ClassScores.Accuracy(Probabilities.AsSpan(), Classes, labels),
        Nll = nll,
        Ece = ClassScores.ExpectedCalibrationError(Probabilities.AsSpan(), Classes, labels),
        Brier = ClassScores.Brier(Probabilities.AsSpan(), Classes, labels),
        Entropy = Entropy.Average(),
        MutualInformation = MutualInformation.Average(),
    };
}
