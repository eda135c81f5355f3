using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ProbNet.Graph;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Posteriors;

/// <summary>Gathers the outputs of a predictive graph, chunk by chunk, into summaries. Mutable; owned by one prediction.</summary>
/// <param name="outcomes">The predicted sites, whose outputs come first.</param>
/// <param name="likelihoods">The sites whose per-row log-densities follow.</param>
internal sealed class PredictionBuilder(EqArray<Outcome> outcomes, EqArray<string> likelihoods)
{
    private readonly Part[] _parts = [.. outcomes.Select(o => new Part(o))];
    private readonly List<double>[] _logDensities = [.. likelihoods.Select(_ => new List<double>())];
    private readonly List<double> _joint = [];
    private PredictiveLogDensity[] _running = [];
    private PredictiveLogDensity? _runningJoint;
    private int _rows;

    /// <summary>Starts a chunk of rows, all of whose draws follow.</summary>
    public void Begin(int rows, bool isFirst)
    {
        _rows = rows;
        foreach (var part in _parts) part.Begin(rows, isFirst);
        _running = [.. likelihoods.Select(_ => new PredictiveLogDensity(rows))];
        _runningJoint = likelihoods.IsEmpty ? null : new(rows);
    }

    /// <summary>Adds some draws of the chunk: the outputs with a leading axis of draws, of which the first <paramref name="draws"/> count.</summary>
    public void Add(HostTensor[] outputs, int draws)
    {
        var next = 0;
        foreach (var part in _parts) part.Add(outputs, ref next, draws);
        if (_runningJoint is null) return;
        double[] joint = new double[_rows], term = new double[_rows];
        for (var s = 0; s < draws; s++)
        {
            Array.Clear(joint);
            for (var l = 0; l < _running.Length; l++)
            {
                Copy(outputs[next + l], s, term);
                _running[l].Add(term);
                for (var i = 0; i < _rows; i++) joint[i] += term[i];
            }
            _runningJoint.Add(joint);
        }
    }

    /// <summary>Ends the chunk.</summary>
    public void End()
    {
        foreach (var part in _parts) part.End();
        for (var l = 0; l < _running.Length; l++) _logDensities[l].AddRange(_running[l].PerRow());
        if (_runningJoint is not null) _joint.AddRange(_runningJoint.PerRow());
    }

    /// <summary>The predictions.</summary>
    public Predictions Finish(int rows, int draws)
    {
        var byName = likelihoods.Zip(_logDensities).ToDictionary(l => l.First, l => l.Second.ToEqArray());
        return new(rows, draws, _parts.Select(p => p.Finish(byName.TryGetValue(p.Name, out var log) ? log : null)).ToEqArray(), likelihoods.IsEmpty ? null : _joint.ToEqArray());
    }

    // Of one draw of [draws', rows', …] the first numbers.
    private static void Copy(HostTensor output, int draw, Span<double> to)
    {
        var from = draw * output.Shape[1..].Size;
        switch (output.Data)
        {
            case float[] values:
                Widen(values.AsSpan(from, to.Length), to);
                break;
            case double[] values:
                values.AsSpan(from, to.Length).CopyTo(to);
                break;
            default:
                for (var i = 0; i < to.Length; i++) to[i] = output[from + i];
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(ReadOnlySpan<float> values, Span<double> to)
    {
        var i = 0;
        for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var (lower, upper) = Vector512.Widen(Vector512.Create(values.Slice(i, Vector512<float>.Count)));
            lower.CopyTo(to[i..]);
            upper.CopyTo(to[(i + Vector512<double>.Count)..]);
        }
        for (; i < values.Length; i++) to[i] = values[i];
    }

    /// <summary>One site's accumulators.</summary>
    private sealed class Part(Outcome outcome)
    {
        private readonly List<ClassSummary> _classes = [];
        private readonly List<RealSummary> _reals = [];
        private ClassAccumulator? _class;
        private RealAccumulator? _real;
        private double[] _one = [], _other = [];
        private int _elements;

        public string Name => outcome.Site.Name;

        // A site that is no plate over rows is the same in every chunk.
        public void Begin(int rows, bool isFirst)
        {
            _elements = (outcome.Site.PerRow ? rows : 1) * outcome.ElementsPerRow;
            (_class, _real) = (null, null);
            if (!outcome.Site.PerRow && !isFirst) return;
            if (outcome.Classes > 0) _class = new(_elements, outcome.Classes);
            else _real = new(_elements);
            (_one, _other) = (new double[_elements * Math.Max(1, outcome.Classes)], new double[_class is null ? _elements : 0]);
        }

        public void Add(HostTensor[] outputs, ref int next, int draws)
        {
            for (var s = 0; s < draws && _class is not null; s++)
            {
                Copy(outputs[next], s, _one);
                _class.Add(_one);
            }
            for (var s = 0; s < draws && _real is not null; s++)
            {
                Copy(outputs[next], s, _one);
                Copy(outputs[next + 1], s, _other);
                _real.AddMoments(_one, _other);
                Copy(outputs[next + 2], s, _one);
                _real.AddDraws(_one);
            }
            next += outcome.Outputs.Count;
        }

        public void End()
        {
            if (_class is not null) _classes.Add(_class.Summary());
            if (_real is not null) _reals.Add(_real.Summary());
        }

        public SitePrediction Finish(EqArray<double>? logDensity) => outcome.Classes > 0
            ? new SitePrediction.Class(Name, outcome.RowShape, logDensity, new ClassSummary(_classes.Sum(c => c.Rows), outcome.Classes,
                Join(_classes, c => c.Probabilities), Join(_classes, c => c.Entropy), Join(_classes, c => c.MutualInformation)))
            : new SitePrediction.Real(Name, outcome.RowShape, logDensity, new RealSummary(_reals.Sum(r => r.Rows),
                Join(_reals, r => r.Mean), Join(_reals, r => r.AleatoricVariance), Join(_reals, r => r.EpistemicVariance), Join(_reals, r => r.Quantiles)), outcome.HasMoments);

        private static EqArray<double> Join<T>(List<T> chunks, Func<T, EqArray<double>> part) => chunks.SelectMany(c => part(c)).ToEqArray();
    }
}
