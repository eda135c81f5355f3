using System.CommandLine;
using ProbNet.Backends.Torch;
using ProbNet.Cli.Output;
using ProbNet.Cli.Verbs;
using ProbNet.Inference.Artifacts;
using ProbNet.Language;

namespace ProbNet.Cli;

/// <summary>The <c>probnet</c> command: finds the verb, runs it, and turns every failure into a message and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Set to 1, a fault of ProbNet itself is shown with where it happened.</summary>
    public const string TraceVariable = "PROBNET_TRACE";

    /// <summary>Runs a command.</summary>
    /// <param name="args">The words after <c>probnet</c>.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where progress and messages go.</param>
    /// <param name="stop">Asks for a clean end.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken stop = default) => Run(args, new Terminal(output, error), stop);

    /// <inheritdoc cref="Run(string[], TextWriter, TextWriter, CancellationToken)"/>
    public static int Run(string[] args, Terminal terminal, CancellationToken stop)
    {
        var json = args.TakeWhile(a => a != "--").Contains(SharedOptions.JsonName);
        try
        {
            return Dispatch(args, terminal, stop);
        }
        catch (Exception e) when (Explain(e, stop) is { } failure)
        {
            return Report(failure, terminal, json);
        }
        catch (IOException e) when (IsBrokenPipe(e))
        {
            return ExitCode.BrokenPipe;
        }
        catch (Exception e)
        {
            var trace = Environment.GetEnvironmentVariable(TraceVariable) is "1";
            return Report(new CommandFailure(ExitCode.Bug, $"this is a fault of probnet, not of your program: {e.GetType().Name}: {OneLine(e.Message)}",
                trace ? e.StackTrace : $"please report it with what {TraceVariable}=1 shows"), terminal, json);
        }
    }

    private static int Dispatch(string[] args, Terminal terminal, CancellationToken stop)
    {
        var root = new RootCommand("Probabilistic programs: check them, fit them to data, predict.");
        foreach (var verb in VerbTable.All) root.Add(verb(terminal, stop));
        var parsed = root.Parse(InferVerb.Words(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        // A line that a shell wants completed is not finished, so nothing is wrong with it yet.
        if (args is not [['[', ..], ..] && Usage.Fault(parsed, root) is { } fault) throw fault;
        return parsed.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Err, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    // What a user can do something about; null for everything else.
    private static CommandFailure? Explain(Exception e, CancellationToken stop) => e switch
    {
        CommandFailure failure => failure,
        DiagnosticException d => new(ExitCode.Of(d.Diagnostics), "", null, d.Diagnostics),
        ArtifactException a => CommandFailure.BadData(a.Message),
        OperationCanceledException when stop.IsCancellationRequested => new(ExitCode.Interrupted, "stopped; nothing was written"),
        IOException i when !IsBrokenPipe(i) => new(ExitCode.InputOutput, $"reading or writing failed: {OneLine(i.Message)}"),
        OverflowException o when o.Message.Contains("elements", StringComparison.Ordinal) => new(ExitCode.Diagnostics, $"this would compute with a tensor that is too large: {OneLine(o.Message)}",
            "fewer members, particles, samples or components, or a smaller batch"),
        OutOfMemoryException m => CommandFailure.BadData($"there is not enough memory for this: {OneLine(m.Message)}", "fewer --draws, a smaller batch or a smaller model need less"),
        TorchException t => TorchFaults.Explain(t),
        _ => null,
    };

    private static int Report(CommandFailure failure, Terminal terminal, bool json)
    {
        try
        {
            Messages.Write(terminal, failure, json);
            return failure.ExitCode;
        }
        catch (IOException e) when (IsBrokenPipe(e))
        {
            return ExitCode.BrokenPipe;
        }
    }

    // EPIPE, and the Windows codes for a closed and a closing pipe.
    private static bool IsBrokenPipe(IOException e) => (e.HResult & 0xFFFF) is 32 or 109 or 232;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
