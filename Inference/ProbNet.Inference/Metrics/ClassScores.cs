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
        var sum = 0.0;
        foreach (var p in probabilities) sum -= p > 0 ? p * Math.Log(p) : p * 0; // p * 0 keeps NaN
        return sum;
    }

    /// <summary>The bin of a confidence, from 0: the least m with confidence &lt;= (m + 1) / 15, so that an edge belongs to the bin below it.</summary>
    internal static int Bin(double confidence)
    {
        var bin = 0;
        while (bin < CalibrationBins - 1 && confidence > (bin + 1) / (double)CalibrationBins) bin++;
        return bin;
    }
}
