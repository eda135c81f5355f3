using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Export;

/// <summary>The expressions of a program for chunks of some size, before anything is computed.</summary>
internal sealed class ExportPart
{
    private readonly SavedRun _run;
    private readonly ExportOptions _options;
    private readonly PredictiveGraph _predictive;
    private readonly TensorGraph _whole, _finish;
    private readonly Tensor[] _raw, _states;
    private readonly HashSet<Tensor> _open;
    private readonly int _rows, _drawChunk;

    private ExportPart(SavedRun run, ExportOptions options, int rows, int drawChunk)
    {
        (_run, _options, _rows, _drawChunk) = (run, options, rows, drawChunk);
        var preprocessing = run.Info.Preprocessing!;
        _predictive = PredictiveGraph.Of(run.Posterior.Model, run.Posterior.Guide, Exporter.Needed(run).Contains, rows, Exporter.Predict(options));
        FixedSize = _predictive.Given.FirstOrDefault(g => !g.PerRow).Name;
        var given = _predictive.Given.Map(g => (Binding: preprocessing[g.Name]!, g.Input));
        Inputs = given.Map(g => RawColumns.Describe(g.Binding, g.Input));
        _raw = [.. given.Select(g => RawColumns.Input(g.Binding, rows))];
        var (step, finish, states, outputs) = Summaries(_predictive, preprocessing, drawChunk, options.Draws);
        (_states, Outputs) = (states, outputs);
        var encode = given.Zip(_raw).ToDictionary(g => g.First.Input, g => RawColumns.Encode(g.First.Binding, g.Second, g.First.Input));
        _whole = Pipeline.Optimize(new TensorGraph(
            [.. _predictive.Parameters, .. _raw, .. Counters, .. states], states.Zip(Substitution.Apply(step, encode), (s, next) => (s.InputName(), next))));
        _finish = Pipeline.Optimize(new(states, finish.Zip(outputs, (value, o) => (o.Name, Convert(value, run.Precision)))));
        _open = [.. _raw, _predictive.First, _predictive.Total, .. states];
        if (options.Source == DrawSource.Inside) _open.UnionWith([_predictive.Seed, _predictive.Start]);
    }

    /// <summary>Builds them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">How.</param>
    /// <param name="rows">The rows of a chunk.</param>
    /// <param name="drawChunk">The draws of a chunk.</param>
    public static ExportPart Of(SavedRun run, ExportOptions options, int rows, int drawChunk) => new(run, options, rows, drawChunk);

    /// <summary>The columns it takes.</summary>
    public EqArray<RawInput> Inputs { get; }

    /// <summary>The results.</summary>
    public EqArray<ProgramOutput> Outputs { get; }

    /// <summary>An argument whose leading axis does not count rows, or null.</summary>
    public string? FixedSize { get; }

    /// <summary>The bytes of the values that it would hold.</summary>
    public long Bytes => KeptValues.Bytes(_whole, _open, _predictive.Start, Starts.Length);

    /// <summary>Computes its values; those that <paramref name="values"/> has already are shared.</summary>
    public ProgramPart Program(IBackend backend, List<KeptValue> values)
    {
        var posterior = _run.Posterior;
        var known = _predictive.Parameters.Zip(posterior.Guide.Parameters).ToDictionary(p => p.First, p => posterior.Parameters[p.Second.Name]);
        known[_predictive.Seed] = HostTensor.Scalar(_options.Seed);
        var split = KeptValues.Compute(backend, _whole, _open, known, _predictive.Parameters, _predictive.Start, Starts);
        EqArray<int> places = split.Values.Map(v => Place(v, values));
        var kept = split.Graph.Inputs[^split.Values.Count..];
        return new(_rows, new([.. _raw, .. Counters, .. kept, .. _states], split.Graph.Outputs), _finish, places);
    }

    private Tensor[] Counters => [_predictive.First, _predictive.Total, _predictive.Seed, _predictive.Start];

    private long[] Starts => [.. Enumerable.Range(0, _options.Draws / _drawChunk).Select(c => (long)c * _drawChunk)];

    private static int Place(KeptValue value, List<KeptValue> values)
    {
        var known = values.FindIndex(v => v.PerChunk == value.PerChunk && v.Value.Equals(value.Value));
        if (known >= 0) return known;
        var name = value.Name;
        for (var n = 2; values.Exists(v => v.Name == name); n++) name = $"{value.Name}.{n}";
        values.Add(value with { Name = name });
        return values.Count - 1;
    }

    private static (Tensor[] Step, Tensor[] Finish, Tensor[] States, EqArray<ProgramOutput> Outputs) Summaries(PredictiveGraph predictive, Preprocessing preprocessing, int drawChunk, int draws)
    {
        // Logits beside what a prediction computes.
        var wanted = predictive.Outcomes.Map(o => o.Classes > 0 ? [o.Outputs[0], DrawSummary.Logits(o, predictive.Scope)] : new[] { o.Outputs[0], o.Outputs[1] });
        var lifted = predictive.Lift(wanted.SelectMany(w => w), drawChunk);
        var before = Convert(predictive.Start, DType.F64);
        List<Tensor> step = [], finish = [], states = [];
        List<ProgramOutput> outputs = [];
        for (var i = 0; i < predictive.Outcomes.Count; i++)
        {
            var outcome = predictive.Outcomes[i];
            var (name, binding) = (outcome.Site.Name, preprocessing[outcome.Site.Name]);
            var summary = outcome.Classes > 0 ? DrawSummary.OfClasses(name, lifted[2 * i], lifted[2 * i + 1], before, draws)
                : DrawSummary.OfNumbers(name, lifted[2 * i], lifted[2 * i + 1], before, draws, Original(outcome, binding));
            states.AddRange(summary.State);
            step.AddRange(summary.Next);
            foreach (var (quantity, value, byClass) in summary.Results)
            {
                finish.Add(value);
                var classes = !byClass ? [] : binding is { Classes.IsEmpty: false } ? binding.Classes : Enumerable.Range(0, outcome.Classes).Select(c => $"{c}").ToEqArray();
                outputs.Add(new(predictive.Outcomes.Count > 1 ? $"{name}.{quantity}" : quantity, name, quantity, outcome.Site.PerRow, classes));
            }
        }
        return ([.. step], [.. finish], [.. states], [.. outputs]);
    }

    // Numbers leave in the units of the file.
    private static (Func<Tensor, Tensor>, Func<Tensor, Tensor>) Original(Outcome outcome, FittedBinding? binding)
    {
        if (binding is null || binding.Scales.All(s => s == Affine.Identity) || binding.Scales.Count != outcome.ElementsPerRow) return (x => x, x => x);
        Tensor Each(Func<Affine, double> part) => Constant(HostTensor.Of(outcome.RowShape, [.. binding.Scales.Select(part)]));
        return (x => Each(s => s.Offset) + Each(s => s.Scale) * x, x => Each(s => s.Scale * s.Scale) * x);
    }
}
