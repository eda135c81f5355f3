using System.CommandLine;
using System.Text;
using ProbNet.Cli.Output;
using ProbNet.Inference.Artifacts;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet predict RUN --data FILE</c>: predictions for the rows of a file, from the run folder alone.</summary>
internal static class PredictVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var options = new RunOptions();
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "the CSV file to write [default: standard output]" };
        var command = new Command("predict", "Predict the rows of a file with a fitted model; needs only the run folder.");
        options.AddTo(command);
        command.Add(output);
        command.SetAction(p => Run(terminal, stop, options.Read(p), p.GetValue(output)));
        return command;
    }

    private static int Run(Terminal terminal, CancellationToken stop, RunRequest request, string? output)
    {
        var prediction = RunPrediction.Make(terminal, request);
        stop.ThrowIfCancellationRequested();
        var rows = prediction.Rows;
        var csv = Csv(rows);
        if (output is not null) ResultFile.Write(output, csv);
        if (request.Json) terminal.Out.WriteLine(PredictJson.Of(prediction, output is null));
        else if (output is null) terminal.Out.Write(Encoding.UTF8.GetString(csv));
        else terminal.Out.WriteLine($"{Numbers.Of(rows.Lines.Count, "prediction")} in {output}");
        return ExitCode.Ok;
    }

    private static byte[] Csv(Inference.Workflow.Evaluated rows)
    {
        using var buffer = new MemoryStream();
        PredictionsCsv.Write(buffer, rows.Lines, rows.RowSites);
        return buffer.ToArray();
    }
}
