using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Export;

/// <summary>How to export.</summary>
public sealed record ExportOptions
{
    /// <summary>The number of posterior draws.</summary>
    public required int Draws { get; init; }

    /// <summary>The seed of the draws.</summary>
    public required long Seed { get; init; }

    /// <summary>How the program comes by its draws.</summary>
    public DrawSource Source { get; init; } = DrawSource.Inside;

    /// <summary>The most rows of a chunk; fewer where a row has very many numbers.</summary>
    public int RowChunk { get; init; } = 256;

    /// <summary>The most bytes that the program's values may take.</summary>
    public long MostBytes { get; init; } = 1L << 30;
}

/// <summary>Makes programs that predict without the run they come from.</summary>
public static class Exporter
{
    /// <summary>The predictive of a run for new rows: the numbers of <see cref="Posterior.Predict"/> with the same draws and seed, up to rounding.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">How.</param>
    /// <param name="backend">What computes the values that the program holds.</param>
    public static Exporting Run(SavedRun run, ExportOptions options, IBackend backend)
    {
        if (run.Info.Preprocessing is not { } preprocessing) return new Exporting.Refused("the run was fitted without data, so what its columns are is not known", "fit the model to a file");
        var (model, guide) = (run.Posterior.Model, run.Posterior.Guide);
        var two = model.Elaborate(2);
        if (Reason(model, two) is { } reason) return reason;
        var draws = PredictiveGraph.Draws(model, guide, two, options.Draws);
        var predict = new PredictOptions { Draws = draws, RowChunk = options.RowChunk, SharedDraws = options.Source == DrawSource.Frozen };
        var (rows, most) = ChunkSizes.For(model, model.Elaborate(Math.Max(2, options.RowChunk)), predict);
        var drawChunk = Enumerable.Range(1, Math.Min(most, draws)).Last(d => draws % d == 0);

        var needed = Needed(model, guide.Parts.Where(p => p.IsAmortised).SelectMany(p => p.Needs), two);
        if (needed.FirstOrDefault(n => preprocessing[n] is null) is { } absent) return new Exporting.Refused($"'{absent}' was bound to no column when the run was fitted", "fit the model to data that has it");
        var predictive = PredictiveGraph.Of(model, guide, needed.Contains, rows, predict);
        if (predictive.Given.FirstOrDefault(g => !g.PerRow) is { Name: not null } fixedSize)
            return new Exporting.Refused($"'{fixedSize.Name}' has a fixed number of rows, so that there is no chunk of rows to predict", "give its leading axis the dimension that counts rows");
        var raw = predictive.Given.Map(g => (Binding: preprocessing[g.Name]!, g.Input, Raw: RawColumns.Input(preprocessing[g.Name]!, rows)));
        var (step, finish, states, outputs) = Expressions(predictive, preprocessing, drawChunk, draws);

        var encode = raw.ToDictionary(r => r.Input, r => RawColumns.Encode(r.Binding, r.Raw, r.Input));
        Tensor[] counters = [predictive.First, predictive.Total, predictive.Seed, predictive.Start];
        var whole = Pipeline.Optimize(new TensorGraph(
            [.. predictive.Parameters, .. raw.Select(r => r.Raw), .. counters, .. states], states.Zip(Substitution.Apply(step, encode), (s, next) => (s.InputName(), next))));

        var isFrozen = options.Source == DrawSource.Frozen;
        HashSet<Tensor> open = [.. raw.Select(r => r.Raw), predictive.First, predictive.Total, .. states];
        if (!isFrozen) open.UnionWith([predictive.Seed, predictive.Start]);
        var bytes = KeptValues.Bytes(whole, open, predictive.Start, draws / drawChunk);
        if (bytes > options.MostBytes) return TooLarge(bytes, options, draws);
        var known = predictive.Parameters.Zip(guide.Parameters, (input, p) => (input, Value: run.Posterior.Parameters[p.Name])).ToDictionary(p => p.input, p => p.Value);
        known[predictive.Seed] = HostTensor.Scalar(options.Seed);
        var split = KeptValues.Compute(backend, whole, open, known, predictive.Start, [.. Enumerable.Range(0, draws / drawChunk).Select(c => (long)c * drawChunk)]);
        var kept = split.Graph.Inputs[^split.Values.Count..];
        return new Exporting.Done(new()
        {
            Inputs = raw.Map(r => RawColumns.Describe(r.Binding, r.Input)),
            Step = new([.. raw.Select(r => r.Raw), .. counters, .. kept, .. states], split.Graph.Outputs),
            Finish = Pipeline.Optimize(new(states, finish.Zip(outputs, (value, o) => (o.Name, Convert(value, run.Precision))))),
            Values = split.Values, Outputs = outputs, Rows = rows, Draws = draws, DrawChunk = drawChunk, Seed = options.Seed, Source = options.Source,
        });
    }

    // Rows are predicted one chunk after the other, each row by itself.
    private static Exporting.Refused? Reason(BoundModel model, ModelGraph graph)
    {
        if (graph.Rows is null) return new("the model has no dimension that counts rows, so that there is nothing to predict row by row", "probnet predict and probnet eval take such a run");
        if (graph.Sites.FirstOrDefault(s => Outcome.SpansRows(s) && model.IsObserved(s)) is { } spanning)
            return new($"one event of '{spanning.Name}' spans all rows, so that rows cannot be predicted one by one", "probnet predict takes a whole file at once");
        if (SharedDiscrete.Of(model, graph) is [var shared, ..])
            return new($"the rows share the discrete value '{shared.Name}', so that they cannot be predicted one by one", "probnet predict takes a whole file at once");
        return null;
    }

    private static Exporting.Refused TooLarge(long bytes, ExportOptions options, int draws) => new(
        $"the archive would hold {PlanText.Bytes(bytes)} of values, more than {PlanText.Bytes(options.MostBytes)}",
        options.Source == DrawSource.Frozen ? $"draws sampled inside it need the guide's parameters alone, and fewer than {draws} draws need less" : "raise the limit");

    // The arguments, and the observed sites from which a guide computes its draws.
    private static HashSet<string> Needed(BoundModel model, IEnumerable<string> guides, ModelGraph graph) =>
        [.. graph.Arguments.Select(a => a.Name), .. guides.Where(n => graph.Sites.Any(s => s.Name == n && model.IsObserved(s)))];

    private static (Tensor[] Step, Tensor[] Finish, Tensor[] States, EqArray<ProgramOutput> Outputs) Expressions(PredictiveGraph predictive, Preprocessing preprocessing, int drawChunk, int draws)
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
