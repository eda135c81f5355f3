using System.Text;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Cli.Explain;

/// <summary>What the checker found: the models with the types of their arguments, sites and reported values, and the functions.</summary>
internal static class TypesText
{
    /// <summary>The types of a program's models and functions.</summary>
    /// <param name="program">A checked program.</param>
    /// <param name="only">The only model to show, or null for all.</param>
    public static string Of(CheckedProgram program, CheckedModel? only)
    {
        var text = new StringBuilder();
        foreach (var model in program.Models.Where(m => only is null || m == only)) Write(text, model);
        var functions = program.Declarations<Declaration.Let>().ToList();
        if (only is null && functions.Count > 0)
        {
            text.Append("functions\n");
            foreach (var function in functions) text.Append("  ").Append(Signature(function.Binding)).Append(Comment(function.Doc)).Append('\n');
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, CheckedModel model)
    {
        text.Append("model ").Append(model.Name);
        foreach (var argument in model.Arguments) text.Append(" (").Append(argument.Name).Append(" : ").Append(argument.Type).Append(')');
        text.Append(" : prob ").Append(model.Result).Append(Comment(model.Doc)).Append('\n');
        Rows(text, "arguments with defaults", [.. model.StaticArguments.Select(a => (a.Name, $"{a.Type} = {a.Value}", ""))]);
        if (!model.Dimensions.IsEmpty) text.Append("  dimensions ").AppendJoin(", ", model.Dimensions).Append('\n');
        Rows(text, "sites", [.. model.Sites.Select(s => (s.Kind == SiteKind.Observe ? $"observe ({s.Name})" : s.Name, s.Type, s.Family.Name))]);
        Rows(text, "reported", [.. model.Deterministics.Select(d => (d.Name, d.Type, ""))]);
        text.Append('\n');
    }

    private static void Rows(StringBuilder text, string heading, (string Name, object Type, string Family)[] rows)
    {
        if (rows.Length == 0) return;
        text.Append("  ").Append(heading).Append('\n');
        var (names, types) = (rows.Max(r => r.Name.Length), rows.Max(r => r.Type.ToString()!.Length));
        foreach (var (name, type, family) in rows)
            text.Append($"    {name.PadRight(names)} : {type.ToString()!.PadRight(types)}{(family.Length > 0 ? $"  ~ {family}" : "")}".TrimEnd()).Append('\n');
    }

    private static string Signature(LetBinding binding) =>
        string.Join(' ', binding.Parameters.Select(p => p.Type is null ? Text(p.Pattern) : $"({Text(p.Pattern)} : {Text(p.Type)})").Prepend(Text(binding.Pattern)));

    private static string Text(Pattern pattern) => pattern switch
    {
        Pattern.Variable v => v.Name,
        Pattern.Wildcard => "_",
        Pattern.Tuple t => $"({string.Join(", ", t.Items.Map(Text))})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A written type as the user wrote it.
    private static string Text(TypeExpr type) => type.Span.Source is { } source ? source.Text[type.Span.Start..type.Span.End] : "_";

    private static string Comment(string doc) => doc.Length == 0 ? "" : $"   // {doc.ReplaceLineEndings(" ")}";
}
