using ProbNet.Graph;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Workflow;

/// <summary>How unsure a classifier is between two classes: the rows whose two most probable classes these are.</summary>
/// <param name="First">The class with the lower id.</param>
/// <param name="Second">The other one.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Entropy">Their mean predictive entropy, nats.</param>
/// <param name="MutualInformation">Its epistemic part: their mean mutual information of class and parameters, nats.</param>
public sealed record PairUncertainty(string First, string Second, int Rows, double Entropy, double MutualInformation)
{
    /// <summary>The pairs that occur, in the order of class ids. Of equally probable classes the lower id counts as more probable.</summary>
    /// <param name="classes">Class names by id, at least two.</param>
    /// <param name="summary">The predictions.</param>
    public static EqArray<PairUncertainty> Of(EqArray<string> classes, ClassSummary summary)
    {
        var groups = new SortedDictionary<(int, int), List<int>>();
        for (var row = 0; row < summary.Rows; row++)
        {
            var pair = TopTwo(summary.Probabilities.AsSpan().Slice(row * summary.Classes, summary.Classes));
            if (!groups.TryGetValue(pair, out var rows)) groups.Add(pair, rows = []);
            rows.Add(row);
        }
        return groups.Select(g => new PairUncertainty(classes[g.Key.Item1], classes[g.Key.Item2], g.Value.Count,
            g.Value.Average(r => summary.Entropy[r]), g.Value.Average(r => summary.MutualInformation[r]))).ToEqArray();
    }

    private static (int, int) TopTwo(ReadOnlySpan<double> probabilities)
    {
        var (first, second) = probabilities[1] > probabilities[0] ? (1, 0) : (0, 1);
        for (var c = 2; c < probabilities.Length; c++)
        {
            if (probabilities[c] > probabilities[first]) (first, second) = (c, first);
            else if (probabilities[c] > probabilities[second]) second = c;
        }
        return (Math.Min(first, second), Math.Max(first, second));
    }
}
