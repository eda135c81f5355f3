using System.CommandLine;
using System.Globalization;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;
using ProbNet.Language.Elaboration;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet prior FILE</c>: what a model expects before it has seen data.</summary>
internal static class PriorVerb
{
    private const int DefaultDraws = 1000, DefaultSize = 10;

    private sealed record Request(
        string File, string? Model, Dictionary<string, string> Data, Dictionary<string, string> Set, Dictionary<string, string> Size, int Draws, long Seed, string? Out, BackendWords Backend, DType Precision, int Threads, bool Json);

    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var (file, model, data, set, size) = (SharedOptions.File(), SharedOptions.Model(), SharedOptions.DataPaths(), SharedOptions.Set(),
            SharedOptions.Pairs("--size", "dimension=n", $"the size of a dimension that no data gives [default: {DefaultSize}]; may be given several times"));
        var (draws, seed, backend, precision, threads, json) = (SharedOptions.Draws("1000", "prior draws"), SharedOptions.Seed(), new BackendOptions(), SharedOptions.Precision(), SharedOptions.Threads(), SharedOptions.Json());
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "write all draws as CSV: a row a draw, a column a component" };
        var command = new Command("prior", "Draw from a model before any data: prior predictive draws and their summary.") { file, model, draws, seed, size, data, set, output, backend.Backend, backend.Compute, precision, threads, json };
        command.SetAction(p => Run(terminal, new(p.GetRequiredValue(file), p.GetValue(model), p.GetRequiredValue(data), p.GetRequiredValue(set), p.GetRequiredValue(size), p.GetValue(draws) ?? DefaultDraws,
            p.GetValue(seed) ?? 0, p.GetValue(output), backend.Read(p), p.GetValue(precision) ?? DType.F32, p.GetValue(threads) ?? 0, p.GetValue(json))));
        return command;
    }

    private static int Run(Terminal terminal, Request request)
    {
        var file = ProgramFile.Read(request.File);
        var program = file.Check(terminal, request.Model, request.Set);
        var (model, data) = Bound(terminal, request, file, program);
        var draws = PriorSampler.Run(model, Backends.Open(terminal, request.Backend).Backend, new SampleOptions { Draws = request.Draws, Seed = request.Seed, Threads = request.Threads }, data);
        var summaries = PriorSummary.Of(draws);
        if (request.Out is { } path)
        {
            using var buffer = new MemoryStream();
            DrawsCsv.Write(buffer, draws);
            ResultFile.Write(path, buffer.ToArray());
        }
        if (request.Json) terminal.Out.WriteLine(PriorSummary.Json(model.Name, request.Draws, request.Seed, summaries));
        else PriorSummary.Write(terminal, model.Name, request.Draws, request.Seed, summaries);
        return ExitCode.Ok;
    }

    // With data at hand the draws are for its rows and arguments; without, a model without arguments is drawn at sizes of the user's choice.
    private static (BoundModel Model, DataSet? Data) Bound(Terminal terminal, Request request, ProgramFile file, CheckedProgram program)
    {
        var paths = DataPaths.Known(program, request.Data);
        var choice = Choices.Required(terminal, ModelChoice.Of(program, Choices.Model(program, request.Model), DataPaths.Chosen(program, paths), needsData: false));
        foreach (var dimension in request.Size.Keys) Named.Find(dimension, choice.Model.Dimensions, d => d, "dimension");
        var readable = choice.Data is { } data && (paths.ContainsKey(data.Name) || File.Exists(data.Resolve(file.Folder, paths)));
        if (readable && request.Size.Count == 0)
        {
            var bound = Choices.Required(terminal, BoundProgram.Read(choice, file.Folder, paths, request.Precision));
            return (bound.Model, bound.Training);
        }
        if (choice.Model.Arguments is [var argument, ..])
        {
            throw CommandFailure.Usage($"the model '{choice.Model.Name}' needs values for '{argument.Name}'{(readable ? ", whose sizes are those of the data, so --size has no place here" : "")}",
                readable ? "leave out --size" : "declare data for the model, or give its file with --data name=path");
        }
        var sizes = choice.Model.Dimensions.ToDictionary(d => d, d => request.Size.TryGetValue(d, out var given) ? Size(d, given) : DefaultSize);
        foreach (var dimension in choice.Model.Dimensions.Where(d => !request.Size.ContainsKey(d))) terminal.Err.WriteLine($"note: {dimension} = {DefaultSize}; choose another size with --size {dimension}=100");
        return (new BoundModel(choice.Model.Name, _ => choice.Model.Elaborate(sizes, null, request.Precision), [], 1), null);
    }

    private static int Size(string dimension, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n
        : throw CommandFailure.Usage($"--size {dimension}={text}: a size is an integer from 1");
}
