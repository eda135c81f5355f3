using System.CommandLine;
using ProbNet.Cli.Output;
using ProbNet.Inference.Artifacts;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet eval RUN --data FILE</c>: how well a fitted model predicts the rows of a file.</summary>
internal static class EvalVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var options = new RunOptions();
        var command = new Command("eval", "Tell how well a fitted model predicts a file with known outcomes.");
        options.AddTo(command);
        command.SetAction(p => Run(terminal, stop, options.Read(p)));
        return command;
    }

    private static int Run(Terminal terminal, CancellationToken stop, RunRequest request)
    {
        var prediction = RunPrediction.Make(terminal, request);
        stop.ThrowIfCancellationRequested();
        if (prediction.Rows.Metrics is not { } metrics)
        {
            var columns = prediction.Run.Info.Preprocessing!.Bindings.Where(b => b.IsSite).SelectMany(b => b.Columns).Select(c => $"'{c}'");
            throw CommandFailure.BadData($"'{request.Data}' has no outcomes to compare predictions with", $"the columns {string.Join(", ", columns)} hold them in the training data");
        }
        if (request.Json)
        {
            terminal.Out.WriteLine(PredictJson.Of(prediction, withRows: false));
            return ExitCode.Ok;
        }
        terminal.Out.WriteLine($"{prediction.Run.Info.Model}: {prediction.Run.Info.Infer}, {Numbers.Of(prediction.Rows.Lines.Count, "row")} of {request.Data}, {Numbers.Of(prediction.Draws, "draw")}");
        terminal.Out.WriteLine();
        FitText.MetricsTable(prediction.IsTraining ? new RunMetrics(metrics) : new RunMetrics(null, null, metrics)).Write(terminal);
        return ExitCode.Ok;
    }
}
