using System.CommandLine;
using System.Text;
using ProbNet.Cli.Output;
using ProbNet.Language.Syntax.Formatting;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet format FILE…</c>: lays programs out, in place.</summary>
internal static class FormatVerb
{
    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var files = new Argument<string[]>("FILE") { Description = "programs, .prob files", Arity = ArgumentArity.OneOrMore };
        var check = new Option<bool>("--check") { Description = "change nothing; end with 1 if a file is not laid out" };
        var stdout = new Option<bool>("--stdout") { Description = "write the text to standard output and change nothing" };
        var command = new Command("format", "Lay programs out: indentation and blanks; comments and line breaks are kept.") { files, check, stdout };
        command.SetAction(p => Run(terminal, p.GetRequiredValue(files), p.GetValue(check), p.GetValue(stdout)));
        return command;
    }

    private static int Run(Terminal terminal, string[] paths, bool check, bool stdout)
    {
        // All files are read and formatted before any is written.
        var formatted = paths.Select(path =>
        {
            var file = ProgramFile.Read(path);
            var (text, diagnostics) = Formatter.Format(file.Source);
            return (File: file, Text: text ?? throw new CommandFailure(ExitCode.Of(diagnostics), "", null, diagnostics));
        }).ToList();
        var changed = formatted.Where(f => f.Text != f.File.Source.Text).ToList();
        if (stdout)
        {
            foreach (var (_, text) in formatted) terminal.Out.Write(text);
        }
        else if (check)
        {
            foreach (var (file, _) in changed) terminal.Out.WriteLine($"{file.Path}: not laid out as probnet format would");
        }
        else
        {
            foreach (var (file, text) in changed)
            {
                ResultFile.Write(file.Path, new UTF8Encoding(false).GetBytes(text));
                terminal.Out.WriteLine($"{file.Path}: formatted");
            }
        }
        return check && changed.Count > 0 ? ExitCode.Diagnostics : ExitCode.Ok;
    }
}
