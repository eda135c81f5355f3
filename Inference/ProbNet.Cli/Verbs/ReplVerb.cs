using System.CommandLine;
using ProbNet.Cli.Interaction;
using ProbNet.Cli.Output;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet repl</c>: a dialogue that evaluates expressions, draws from distributions and shows types.</summary>
internal static class ReplVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var file = new Argument<string?>("FILE") { Description = "a program whose definitions are there from the start", Arity = ArgumentArity.ZeroOrOne };
        var seed = SharedOptions.Seed();
        var command = new Command("repl", "Evaluate expressions, draw from distributions and show types, line by line.") { file, seed };
        command.SetAction(p => new Dialogue(terminal, p.GetValue(seed) ?? 0, stop).Run(Console.In, p.GetValue(file)));
        return command;
    }
}
