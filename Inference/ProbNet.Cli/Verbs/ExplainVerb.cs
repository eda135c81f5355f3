using System.CommandLine;
using ProbNet.Backends.Torch;
using ProbNet.Cli.Explain;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Workflow;
using ProbNet.Language.Elaboration;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet explain FILE</c>: what the compiler makes of a program, stage by stage.</summary>
internal static class ExplainVerb
{
    private static readonly string[] Stages = ["syntax", "types", "sites", "graph", "plan", "torchscript", "graphviz", "html"];

    private const string DefaultStage = "sites";

    private sealed record Request(
        string File, string? Model, string? Infer, string Emit, Dictionary<string, string> Data, Dictionary<string, string> Set, BackendWords Backend, DType Precision, int Threads, bool Json);

    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var (file, model, infer, data, set) = (SharedOptions.File(), SharedOptions.Model(), SharedOptions.Infer(), SharedOptions.DataPaths(), SharedOptions.Set());
        var (backend, precision, threads, json) = (new BackendOptions(), SharedOptions.Precision(), SharedOptions.Threads(), SharedOptions.Json());
        var emit = SharedOptions.Word("--emit", string.Join('|', Stages), "the stage to show", DefaultStage, Stages);
        var command = new Command("explain", "Show what the compiler makes of a program: its sites, guides and estimators, or any stage.")
        {
            file, emit, infer, model, data, set, backend.Backend, backend.Compute, precision, threads, json,
        };
        command.SetAction(p => Run(terminal, new(p.GetRequiredValue(file), p.GetValue(model), p.GetValue(infer), p.GetValue(emit) ?? DefaultStage, p.GetRequiredValue(data),
            p.GetRequiredValue(set), backend.Read(p), p.GetValue(precision) ?? DType.F32, p.GetValue(threads) ?? 0, p.GetValue(json))));
        return command;
    }

    private static int Run(Terminal terminal, Request request)
    {
        var file = ProgramFile.Read(request.File);
        var program = file.Check(terminal, request.Model, request.Set);
        switch (request.Emit)
        {
            case "syntax":
                Write(terminal, request, SyntaxText.Of(program.Syntax));
                break;
            case "types":
                Write(terminal, request, TypesText.Of(program, Choices.Model(program, request.Model)));
                break;
            case "sites":
                Sites(terminal, request, file, program);
                break;
            case "graphviz":
                Write(terminal, request, GraphvizText.Of(Drawn(terminal, request, file, program)));
                break;
            case "html":
                Write(terminal, request, DiagramHtml.Of(Drawn(terminal, request, file, program)));
                break;
            case "graph":
                Write(terminal, request, Step(terminal, request, file, program).ToString());
                break;
            case "torchscript":
                Write(terminal, request, TorchScriptText.Of(Step(terminal, request, file, program), fused: request.Backend.Backend?.Kind == BackendKind.Torch));
                break;
            case "plan":
                Plan(terminal, request, file, program);
                break;
        }
        return ExitCode.Ok;
    }

    private static void Sites(Terminal terminal, Request request, ProgramFile file, CheckedProgram program)
    {
        var infer = Choices.Infer(terminal, program, request.Infer, request.Set, request.Model);
        var paths = DataPaths.Known(program, request.Data);
        var choice = Choices.Required(terminal, ModelChoice.Of(program, Choices.Model(program, request.Model), DataPaths.Chosen(program, paths), needsData: false));
        var readable = choice.Data is { } data && (paths.ContainsKey(data.Name) || File.Exists(data.Resolve(file.Folder, paths)));
        var bound = readable ? Choices.Required(terminal, BoundProgram.Read(choice, file.Folder, paths, request.Precision)) : null;
        var explanation = bound is null ? null : Choices.Required(terminal, infer.Algorithm.Explain(bound.Model));
        var rows = SiteRows.Of(choice.Model, bound, explanation);
        if (request.Json) terminal.Out.WriteLine(SiteRows.Json(choice.Model, infer, rows, explanation));
        else SiteRows.Write(terminal, choice.Model, infer, bound, rows, bound is null ? choice.Data : null, explanation);
    }

    private static Diagram Drawn(Terminal terminal, Request request, ProgramFile file, CheckedProgram program)
    {
        var paths = DataPaths.Known(program, request.Data);
        var choice = Choices.Required(terminal, ModelChoice.Of(program, Choices.Model(program, request.Model), DataPaths.Chosen(program, paths), needsData: false));
        var readable = choice.Data is { } data && (paths.ContainsKey(data.Name) || File.Exists(data.Resolve(file.Folder, paths)));
        return Diagram.Of(choice, readable ? Choices.Required(terminal, BoundProgram.Read(choice, file.Folder, paths, request.Precision)) : null);
    }

    // The graph of one step, as backends see it.
    private static TensorGraph Step(Terminal terminal, Request request, ProgramFile file, CheckedProgram program)
    {
        var infer = Choices.Infer(terminal, program, request.Infer, request.Set, request.Model);
        var bound = Choices.Bind(terminal, program, file.Folder, request.Model, request.Data, request.Precision);
        var explanation = Choices.Required(terminal, infer.Algorithm.Explain(bound.Model));
        return Pipeline.Optimize(explanation.Step ?? throw CommandFailure.Usage($"the algorithm '{infer.Algorithm.Name}' has no graph of a step"));
    }

    private static void Plan(Terminal terminal, Request request, ProgramFile file, CheckedProgram program)
    {
        var infer = Choices.Infer(terminal, program, request.Infer, request.Set, request.Model);
        var bound = Choices.Bind(terminal, program, file.Folder, request.Model, request.Data, request.Precision);
        var rows = bound.Data.Training.Lines.Count + bound.Data.Validation.Lines.Count + bound.Data.HeldOut.Lines.Count;
        RunDefaults.GiveBackReading();
        var fit = new FitRequest(bound.Model, bound.Training, Backends.Open(terminal, request.Backend).Backend, 0)
        {
            Validation = bound.Validation,
            Threads = request.Threads,
            Memory = MemoryBudget.OfProcess(),
            Report = new(RunDefaults.Draws, rows),
        };
        var forecast = Choices.Required(terminal, infer.Algorithm.Forecast(fit));
        if (request.Json) terminal.Out.WriteLine(PlanView.Json(request.File, forecast));
        else terminal.Out.Write(PlanView.Text(forecast, RunDefaults.Draws));
    }

    private static void Write(Terminal terminal, Request request, string text)
    {
        if (!request.Json)
        {
            terminal.Out.Write(text.EndsWith('\n') ? text : text + "\n");
            return;
        }
        terminal.Out.WriteLine(Json.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("file", request.File);
            writer.WriteString("emit", request.Emit);
            writer.WriteString("text", text);
            writer.WriteEndObject();
        }));
    }
}
