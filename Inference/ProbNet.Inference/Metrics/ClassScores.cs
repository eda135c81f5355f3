using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
namespace ProbNet.Inference.Metrics;

/// <summary>Scores of predicted class probabilities. Probabilities are row-major [n, k], rows summing to one; labels are ids below k, [n].</summary>
public static class ClassScores
{
    /// <summary>The number of bins of <see cref="ExpectedCalibrationError"/>.</summary>
    public const int CalibrationBins = 15;

    /// <summary>The class of highest probability in each row, [n]; the lowest id of equals.</summary>
    public static int[] Predicted(ReadOnlySpan<double> probabilities, int classes)
    {
        var result = new int[Shapes.Draws(probabilities.Length, classes, nameof(probabilities))];
        for (var i = 0; i < result.Length; i++)
        {
            for (var c = 1; c < classes; c++)
            {
                if (probabilities[i * classes + c] > probabilities[i * classes + result[i]]) result[i] = c;
            }
        }
        return result;
    }

    /// <summary>The fraction of rows whose class of highest probability is the label.</summary>
    public static double Accuracy(ReadOnlySpan<double> probabilities, int classes, ReadOnlySpan<long> labels)
    {
        Shapes.Require(probabilities.Length, labels.Length * classes, nameof(probabilities));
        var predicted = Predicted(probabilities, classes);
        var right = 0;
        for (var i = 0; i < predicted.Length; i++) right += predicted[i] == labels[i] ? 1 : 0;
        return (double)right / predicted.Length;
    }

    /// <summary>
    /// The mean over rows of sum_c (p_c - [c = y])^2, from 0 (certain and right) to 2 (certain and wrong).
    /// Source: Brier (1950), Verification of forecasts expressed in terms of probability, eq. 2: all classes are summed, also for two.
    /// </summary>
    public static double Brier(ReadOnlySpan<double> probabilities, int classes, ReadOnlySpan<long> labels)
    {
        Shapes.Require(probabilities.Length, labels.Length * classes, nameof(probabilities));
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            for (var c = 0; c < classes; c++)
            {
                var miss = probabilities[i * classes + c] - (labels[i] == c ? 1 : 0);
                sum += miss * miss;
            }
        }
        return sum / labels.Length;
    }

    /// <summary>
    /// The expected calibration error of the predicted class: sum over bins of (rows in the bin / n) |accuracy - mean confidence|. Confidence is
    /// the highest probability; bin m of <see cref="CalibrationBins"/> equal widths is ((m - 1) / 15, m / 15], the first one closed.
    /// Source: Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, eq. 3.
    /// </summary>
    public static double ExpectedCalibrationError(ReadOnlySpan<double> probabilities, int classes, ReadOnlySpan<long> labels)
    {
        Shapes.Require(probabilities.Length, labels.Length * classes, nameof(probabilities));
        var predicted = Predicted(probabilities, classes);
        Span<double> gap = stackalloc double[CalibrationBins];
        for (var i = 0; i < predicted.Length; i++)
        {
            var confidence = probabilities[i * classes + predicted[i]];
            gap[Bin(confidence)] += (predicted[i] == labels[i] ? 1 : 0) - confidence;
        }
        // (rows in bin / n) |mean right - mean confidence| = |sum right - sum confidence| / n.
        var sum = 0.0;
        foreach (var g in gap) sum += Math.Abs(g);
        return sum / predicted.Length;
    }

    /// <summary>-sum_c p_c log p_c in nats, with 0 log 0 = 0.</summary>
    public static double Entropy(ReadOnlySpan<double> probabilities)
    {
        Span<double> result = [0.0];
        Entropies(probabilities, probabilities.Length, new double[probabilities.Length], result);
        return result[0];
    }

    /// <summary>The entropies of n rows of k probabilities.</summary>
    /// <param name="probabilities">[n, k].</param>
    /// <param name="classes">k.</param>
    /// <param name="terms">Receives p log p, [n, k].</param>
    /// <param name="entropies">Receives the entropies in nats, [n].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Entropies(ReadOnlySpan<double> probabilities, int classes, Span<double> terms, Span<double> entropies)
    {
        var i = 0;
        for (; i <= probabilities.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            Terms(Vector512.Create(probabilities.Slice(i, Vector512<double>.Count))).CopyTo(terms[i..]);
        if (i < probabilities.Length)
        {
            Span<double> rest = stackalloc double[Vector512<double>.Count];
            rest.Clear();
            probabilities[i..].CopyTo(rest);
            Terms(Vector512.Create<double>(rest)).CopyTo(rest);
            rest[..(probabilities.Length - i)].CopyTo(terms[i..]);
        }
        for (var row = 0; row < entropies.Length; row++)
        {
            var sum = 0.0;
            foreach (var term in terms.Slice(row * classes, classes)) sum -= term;
            entropies[row] = sum;
        }
    }

    // p * 0 keeps NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Terms(Vector512<double> p) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(p, Vector512<double>.Zero), p * Vector512.Log(p), p * 0.0);

    /// <summary>The bin of a confidence, from 0: the least m with confidence &lt;= (m + 1) / 15, so that an edge belongs to the bin below it.</summary>
    internal static int Bin(double confidence)
    {
        var bin = 0;
        while (bin < CalibrationBins - 1 && confidence > (bin + 1) / (double)CalibrationBins) bin++;
        return bin;
    }
}
