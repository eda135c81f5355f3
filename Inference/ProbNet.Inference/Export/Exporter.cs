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

    /// <summary>The most rows of a chunk of many; fewer where a row has very many numbers.</summary>
    public int RowChunk { get; init; } = 256;

    /// <summary>The rows of a chunk of few.</summary>
    public int FewRows { get; init; } = 4;

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
        if (Needed(run).FirstOrDefault(n => preprocessing[n] is null) is { } absent) return new Exporting.Refused($"'{absent}' was bound to no column when the run was fitted", "fit the model to data that has it");
        options = options with { Draws = PredictiveGraph.Draws(model, guide, two, options.Draws) };
        var sizes = ChunkSizes.For(model, model.Elaborate(Math.Max(2, options.RowChunk)), Predict(options));
        var drawChunk = Enumerable.Range(1, Math.Min(sizes.Draws, options.Draws)).Last(d => options.Draws % d == 0);
        var parts = new[] { options.FewRows, sizes.Rows }.Where(r => r <= sizes.Rows).Distinct().Select(r => ExportPart.Of(run, options, r, drawChunk)).ToList();
        if (parts.FirstOrDefault(p => p.FixedSize is not null) is { } part)
            return new Exporting.Refused($"'{part.FixedSize}' has a fixed number of rows, so that there is no chunk of rows to predict", "give its leading axis the dimension that counts rows");
        if (parts.Max(p => p.Bytes) is var bytes && bytes > options.MostBytes) return TooLarge(bytes, options);

        var values = new List<KeptValue>();
        EqArray<ProgramPart> programs = [.. parts.Select(p => p.Program(backend, values))];
        return new Exporting.Done(new()
        {
            Inputs = parts[0].Inputs, Parts = programs, Values = [.. values], Outputs = parts[0].Outputs,
            Draws = options.Draws, DrawChunk = drawChunk, Seed = options.Seed, Source = options.Source,
        });
    }

    /// <summary>The prediction that a program repeats.</summary>
    internal static PredictOptions Predict(ExportOptions options) => new() { Draws = options.Draws, RowChunk = options.RowChunk, SharedDraws = options.Source == DrawSource.Frozen };

    /// <summary>The arguments, and the observed sites from which a guide computes its draws.</summary>
    internal static HashSet<string> Needed(SavedRun run)
    {
        var (model, graph) = (run.Posterior.Model, run.Posterior.Model.Elaborate(2));
        var observed = graph.Sites.Where(model.IsObserved).Select(s => s.Name).ToHashSet();
        return [.. graph.Arguments.Select(a => a.Name), .. run.Posterior.Guide.Parts.Where(p => p.IsAmortised).SelectMany(p => p.Needs).Where(observed.Contains)];
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

    private static Exporting.Refused TooLarge(long bytes, ExportOptions options) => new(
        $"the archive would hold {PlanText.Bytes(bytes)} of values, more than {PlanText.Bytes(options.MostBytes)}",
        (options.Source == DrawSource.Frozen ? "with --sampling inside it holds the guide's parameters alone; fewer --draws need less; " : "") + "--size-limit SIZE allows more");
}
