using System.CommandLine;
using ProbNet.Cli.Output;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet completion SHELL</c>: the script that makes a shell complete verbs, options and their values.</summary>
internal static class CompletionVerb
{
    // The command line library answers `probnet "[suggest:POSITION]" "LINE"` with what may stand at that position of the line.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] =
            """
            # probnet completion bash >> ~/.bashrc
            _probnet() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(probnet "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _probnet probnet
            """,
        ["zsh"] =
            """
            # probnet completion zsh >> ~/.zshrc
            _probnet() {
                local -a words_found
                words_found=("${(@f)$(probnet "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
                compadd -a words_found
                _files
            }
            compdef _probnet probnet
            """,
        ["fish"] =
            """
            # probnet completion fish > ~/.config/fish/completions/probnet.fish
            function __probnet
                set -l line (commandline -cp)
                probnet "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c probnet -a "(__probnet)"
            """,
    };

    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Scripts.Keys) };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Print the script that makes a shell complete probnet's verbs and options.") { shell };
        command.SetAction(p =>
        {
            terminal.Out.WriteLine(Scripts[p.GetRequiredValue(shell)]);
            return ExitCode.Ok;
        });
        return command;
    }
}
