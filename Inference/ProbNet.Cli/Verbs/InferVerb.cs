using System.CommandLine;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Inference.Workflow;
using ProbNet.Language;

namespace ProbNet.Cli.Verbs;

/// <summary><c>probnet infer [NAME]</c>: the algorithms, guide families and so on that there are, and the options of each.</summary>
internal static class InferVerb
{
    private const string Name = "infer";

    private static readonly string[] Help = ["--help", "-h", "-?"];

    /// <summary>The verb's command.</summary>
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var name = new Argument<string?>("NAME") { HelpName = "NAME", Arity = ArgumentArity.ZeroOrOne, Description = "an algorithm, a guide family, an estimator, an optimiser, a schedule; all of them without" };
        name.CompletionSources.Add(_ => Names().Order(StringComparer.Ordinal).Select(n => new System.CommandLine.Completions.CompletionItem(n)));
        var (list, json) = (new Option<bool>("--list") { Description = "one line for each, as without a name" }, SharedOptions.Json());
        var command = new Command(Name, "Tell what infer and guide declarations may name, and the options of each: probnet infer swag.") { name, list, json };
        command.SetAction(p => Run(terminal, p.GetValue(name), p.GetValue(list), p.GetValue(json)));
        return command;
    }

    /// <summary>The words of a command, in which help on a component is the component's page: <c>infer swag --help</c> means <c>infer swag</c>.</summary>
    public static string[] Words(string[] args) => args is [Name, not ['-', ..], ..] ? [.. args.Where(a => !Help.Contains(a))] : args;

    private static int Run(Terminal terminal, string? name, bool list, bool json)
    {
        if (name is not null && list) throw CommandFailure.Usage("--list tells all, and NAME one", "leave one of them out");
        var found = name is null ? Catalogue.Registries.SelectMany(r => r.Components.Select(c => (r, c))).ToEqArray() : Find(name);
        if (json) terminal.Out.WriteLine(ComponentJson.Of(found));
        else if (name is null) ComponentText.List(terminal);
        else Pages(terminal, found);
        return ExitCode.Ok;
    }

    private static EqArray<(IComponentRegistry, Component)> Find(string name)
    {
        var found = Catalogue.Find(name);
        if (!found.IsEmpty) return found;
        throw CommandFailure.Usage($"nothing is called '{name}': no {string.Join(", ", Catalogue.Registries.Map(r => r.Kind))}",
            Suggest.Nearest(name, Names()) is { } near ? $"did you mean '{near}'?" : "probnet infer --list tells all names");
    }

    private static void Pages(Terminal terminal, EqArray<(IComponentRegistry Registry, Component Component)> components)
    {
        for (var i = 0; i < components.Count; i++)
        {
            if (i > 0) terminal.Out.WriteLine();
            ComponentText.Page(terminal, components[i].Registry, components[i].Component);
        }
    }

    private static IEnumerable<string> Names() => Catalogue.Registries.SelectMany(r => r.Components).Select(c => c.Name).Distinct();
}
