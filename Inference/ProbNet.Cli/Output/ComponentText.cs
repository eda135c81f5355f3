using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli.Output;

/// <summary>Algorithms, guide families and the like as text: the list of all, and a page of one.</summary>
internal static class ComponentText
{
    /// <summary>Every component in one line, by kind.</summary>
    public static void List(Terminal terminal)
    {
        var registries = Catalogue.Registries;
        var indent = registries.SelectMany(r => r.Components).Max(c => c.Name.Length) + 4;
        foreach (var registry in registries)
        {
            Heading(terminal, Plural(registry.Kind));
            foreach (var c in registry.Components) Paragraph(terminal, $"  {c.Name}".PadRight(indent), c.Doc);
            terminal.Out.WriteLine();
        }
        terminal.Out.WriteLine("'probnet infer NAME' shows the options of one.");
    }

    /// <summary>What a component is, where it comes from, its options and how it is written.</summary>
    public static void Page(Terminal terminal, IComponentRegistry registry, Component component)
    {
        Heading(terminal, $"{component.Name} ({registry.Kind})");
        Paragraph(terminal, "  ", component.Doc);
        Paragraph(terminal, "  source: ", component.Source);
        terminal.Out.WriteLine();
        if (!component.Options.IsEmpty)
        {
            Heading(terminal, "options, in the order in which they may stand without their names");
            foreach (var option in component.Options) Describe(terminal, component, option);
            terminal.Out.WriteLine();
        }
        if (Catalogue.Example(registry, component) is not { } example)
        {
            terminal.Out.WriteLine("Algorithms leave it behind; no program chooses it.");
            return;
        }
        Heading(terminal, "example");
        foreach (var line in example.Split('\n')) Paragraph(terminal, "  ", line, "    ");
    }

    private static void Describe(Terminal terminal, Component component, Option option)
    {
        var choices = option.Choices is null ? "" : $"; 'probnet infer {Catalogue.Default(component, option) ?? option.Choices.Components[0].Name}' shows its options";
        Paragraph(terminal, "  ", $"{option.Name} = {Catalogue.Default(component, option) ?? "(not set)"}", "    ");
        Paragraph(terminal, "      ", option.Doc);
        Paragraph(terminal, "      ", option.Expects + choices);
    }

    // The first line begins with the lead, the others under its end.
    private static void Paragraph(Terminal terminal, string lead, string text, string? indent = null)
    {
        const int longest = 100;
        var width = Math.Min(terminal.Width, longest);
        var (line, isFirst) = (lead, true);
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isFirst && line.Length + 1 + word.Length > width)
            {
                terminal.Out.WriteLine(line);
                (line, isFirst) = (indent ?? new string(' ', lead.Length), true);
            }
            line += isFirst ? word : " " + word;
            isFirst = false;
        }
        terminal.Out.WriteLine(line);
    }

    private static void Heading(Terminal terminal, string text) => terminal.Out.WriteLine(terminal is { OutIsInteractive: true, Colour: true } ? $"\e[1m{text}\e[0m" : text);

    private static string Plural(string kind) => kind.EndsWith('y') ? $"{kind[..^1]}ies" : $"{kind}s";
}
