using System.CommandLine;
using System.CommandLine.Parsing;
using ProbNet.Language;

namespace ProbNet.Cli;

/// <summary>Says what is wrong with a command line, naming the word and the nearest one that is known.</summary>
internal static class Usage
{
    /// <summary>The first fault, or null.</summary>
    public static CommandFailure? Fault(ParseResult parsed, RootCommand root)
    {
        var command = parsed.CommandResult.Command;
        var help = command == root ? "probnet --help" : $"probnet {command.Name} --help";
        if (UnknownOption(parsed) is { } option)
        {
            var name = option.Split('=')[0];
            var near = Suggest.Nearest(name, Names(command, root));
            return CommandFailure.Usage($"there is no option '{name}'{(command == root ? "" : $" of '{command.Name}'")}", near is not null ? $"did you mean '{near}'?"
                : command.Options.Any(o => o.Name == SharedOptions.SetName) ? $"{help} lists the options; those of the infer declaration are set with {SharedOptions.SetName} {name.TrimStart('-')}=VALUE"
                : $"{help} lists the options");
        }
        if (command == root && parsed.UnmatchedTokens.FirstOrDefault() is { } verb)
        {
            var verbs = root.Subcommands.Select(c => c.Name).ToList();
            return CommandFailure.Usage($"there is no command '{verb}'", Suggest.Nearest(verb, verbs) is { } near ? $"did you mean '{near}'?" : $"the commands are {string.Join(", ", verbs)}");
        }
        if (parsed.Errors.Count == 0) return null;
        if (command == root) return CommandFailure.Usage("a command is needed", $"the commands are {string.Join(", ", root.Subcommands.Select(c => c.Name))}; {help} says more");
        if (Missing(parsed) is { } missing) return CommandFailure.Usage($"'{command.Name}' needs {missing}", $"{help} shows how it is called");
        if (parsed.UnmatchedTokens.FirstOrDefault() is { } extra) return CommandFailure.Usage($"'{command.Name}' has no use for '{extra}'", $"{help} shows how it is called");
        return CommandFailure.Usage(parsed.Errors[0].Message.TrimEnd('.'), $"{help} shows how it is called");
    }

    // The parser takes an unknown option for a value where it can; a word that looks like an option and is none is more likely a slip.
    private static string? UnknownOption(ParseResult parsed)
    {
        var values = parsed.CommandResult.Children.OfType<OptionResult>().SelectMany(o => o.Tokens).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.Tokens.FirstOrDefault(t => t.Type == TokenType.Argument && !values.Contains(t) && IsOption(t.Value))?.Value;
    }

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && (word[1] == '-' ? word.Length > 2 : char.IsLetter(word[1]));

    private static IEnumerable<string> Names(Command command, RootCommand root) =>
        command.Options.Concat(root.Options.Where(o => o.Recursive)).SelectMany(o => o.Aliases.Prepend(o.Name)).Where(n => n.StartsWith('-'));

    private static string? Missing(ParseResult parsed)
    {
        foreach (var argument in parsed.CommandResult.Command.Arguments)
        {
            if (argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is not { Tokens.Count: > 0 }) return argument.HelpName ?? argument.Name;
        }
        return parsed.CommandResult.Command.Options.FirstOrDefault(o => o.Required && parsed.GetResult(o) is not { Tokens.Count: > 0 })?.Name;
    }
}
