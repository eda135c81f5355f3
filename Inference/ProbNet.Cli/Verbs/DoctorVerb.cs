using System.CommandLine;
using ProbNet.Cli.Doctor;
using ProbNet.Cli.Output;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet doctor</c>: what this computer has that matters here, where libtorch was looked for, and what is missing.</summary>
internal static class DoctorVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var json = SharedOptions.Json();
        var command = new Command("doctor", "Tell what this computer has: .NET, processor, memory, libtorch and CUDA devices; what is missing, and how to get it.") { json };
        command.SetAction(p => Run(terminal, p.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, bool json)
    {
        var found = Examination.Make(Environment.GetEnvironmentVariable, AppContext.BaseDirectory);
        if (json) terminal.Out.WriteLine(DoctorJson.Of(found));
        else DoctorText.Write(terminal, found);
        return found.ExitCode;
    }
}
