using System.CommandLine;
using System.Text;
using ProbNet.Cli.Output;
using ProbNet.Inference.Artifacts;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet classify RUN --data FILE</c>: the posterior probabilities of discrete latent sites, which a fit sums out.</summary>
internal static class ClassifyVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var options = new RunOptions(predicts: false);
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "the CSV file to write [default: standard output]" };
        var command = new Command("classify", "Tell to which class of a latent site, such as a mixture's, each row of a file belongs.");
        options.AddTo(command);
        command.Add(output);
        command.SetAction(p => Run(terminal, stop, options.Read(p), p.GetValue(output)));
        return command;
    }

    private static int Run(Terminal terminal, CancellationToken stop, RunRequest request, string? output)
    {
        var given = RunRows.Read(terminal, request);
        var memberships = given.Run.Posterior.Classify(given.Backend, given.Rows.Data, given.Options).Required;
        stop.ThrowIfCancellationRequested();
        using var buffer = new MemoryStream();
        MembershipsCsv.Write(buffer, given.Rows.Read.Lines, memberships);
        var csv = buffer.ToArray();
        if (output is not null) ResultFile.Write(output, csv);
        if (request.Json) terminal.Out.WriteLine(MembershipJson.Of(memberships, given));
        else if (output is null) terminal.Out.Write(Encoding.UTF8.GetString(csv));
        else terminal.Out.WriteLine($"the memberships of {Numbers.Of(memberships.Rows, "row")} in {output}");
        return ExitCode.Ok;
    }
}
