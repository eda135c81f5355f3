using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Metrics;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Inference.Algorithms;

/// <summary>Scores validation rows during a fit with a predictor compiled once.</summary>
internal sealed class ValidationScore : IDisposable
{
    private readonly Predictor _predictor;
    private readonly DataSet _rows;
    private readonly long _seed;

    public ValidationScore(FitRequest request, GuidePlan guide, DataSet rows, int draws)
    {
        var graph = request.Model.Elaborate(rows.Rows);
        var isFixed = graph.Noises.IsEmpty && SharedDiscrete.Of(request.Model, graph).Count == 0;
        var options = new PredictOptions { Draws = isFixed && guide.DistinctDraws is { } distinct ? distinct : draws, Threads = request.Threads, Trained = request.Train };
        _predictor = Predictor.Compile(request.Model, guide, request.Backend, rows, options);
        (_rows, _seed) = (rows, request.Seed);
    }

    /// <summary>The record with the scores of these parameters.</summary>
    public EpochRecord Add(EpochRecord record, EqArray<HostTensor> parameters)
    {
        _predictor.Write(parameters);
        var predictions = _predictor.Run(_rows, _seed);
        record = record with { ValidationNll = predictions.Nll };
        if (predictions.Sites.OfType<SitePrediction.Class>().FirstOrDefault() is not { } site) return record;
        var labels = _rows.Values.TryGetValue(site.Site, out var observed) ? Labels(observed, site.Summary.Rows) : null;
        return record with
        {
            PredictiveEntropy = site.Summary.Entropy.Average(),
            ValidationAccuracy = labels is null ? null : ClassScores.Accuracy(site.Summary.Probabilities.AsSpan(), site.Summary.Classes, labels),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    // One label an element, or one-hot vectors along a last axis.
    private static long[] Labels(HostTensor observed, int elements)
    {
        var labels = new long[elements];
        var width = observed.Shape.Size / elements;
        for (var i = 0; i < elements; i++)
        {
            if (width == 1) labels[i] = (long)observed[i];
            else while (observed[i * width + (int)labels[i]] == 0) labels[i]++;
        }
        return labels;
    }
}
