using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Cli;

/// <summary>Ends a command with a message for the user; caught where commands are run, and nowhere else.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">One sentence; empty where the diagnostics say all.</param>
/// <param name="hint">What to do, or null.</param>
/// <param name="diagnostics">What is wrong with the program or its data.</param>
internal sealed class CommandFailure(int exitCode, string message, string? hint = null, EqArray<Diagnostic> diagnostics = default) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What to do, or null.</summary>
    public string? Hint { get; } = hint;

    /// <summary>What is wrong with the program or its data.</summary>
    public EqArray<Diagnostic> Diagnostics { get; } = diagnostics;

    /// <summary>A command that was called wrongly.</summary>
    public static CommandFailure Usage(string message, string? hint = null) => new(Cli.ExitCode.Usage, message, hint);

    /// <summary>A file or a run folder that is missing, damaged or does not fit.</summary>
    public static CommandFailure BadData(string message, string? hint = null) => new(Cli.ExitCode.Data, message, hint);
}
