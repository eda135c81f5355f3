using System.Globalization;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>
/// The canonical text of syntax: four columns of indentation, one blank around operators, parentheses only where the grammar needs them (and around
/// tuples). Parsing the text of a tree gives the tree again, comments being no part of it.
/// </summary>
public static class AstPrinter
{
    /// <summary>The text of a program, ended by a newline unless it is empty.</summary>
    public static string Print(Program program)
    {
        var output = new StringBuilder();
        if (program.Module is { } module) output.Append("module ").Append(module).Append('\n');
        Declaration? previous = null;
        foreach (var declaration in program.Declarations)
        {
            var text = Print(declaration);
            // Short declarations of one kind stay together, as people write them.
            var together = previous is not null and not (Declaration.Model or Declaration.GuideProgram) && previous.GetType() == declaration.GetType() && declaration.Doc.Length == 0 && !text.AsSpan(0, text.Length - 1).Contains('\n');
            if (output.Length > 0 && !together) output.Append('\n');
            output.Append(text);
            previous = text.AsSpan(0, text.Length - 1).Contains('\n') ? null : declaration;
        }
        return output.ToString();
    }

    /// <summary>The text of a declaration, ended by a newline.</summary>
    public static string Print(Declaration declaration)
    {
        var output = new StringBuilder();
        if (declaration.Doc.Length > 0)
        {
            foreach (var line in declaration.Doc.Split('\n')) output.Append(line.Length == 0 ? "///" : "/// " + line).Append('\n');
        }
        var writer = new ExprWriter(output);
        switch (declaration)
        {
            case Declaration.Open open:
                output.Append("open ").Append(open.Module);
                break;
            case Declaration.Let let:
                writer.Binding(let.Binding);
                break;
            case Declaration.Model model:
                output.Append("model ").Append(model.Name);
                if (!model.Dims.IsEmpty) output.Append(" [").AppendJoin(", ", model.Dims).Append(']');
                Parameters(writer, output, model.Parameters);
                writer.Body(model.Body);
                break;
            case Declaration.Guide guide:
                output.Append("guide ").Append(guide.Name).Append(" = ");
                for (var i = 0; i < guide.Clauses.Count; i++)
                {
                    if (i > 0) output.Append(", ");
                    writer.Application(guide.Clauses[i].Family);
                    if (guide.Clauses[i].Selector is { } selector) output.Append(" on ").Append(Quote(selector));
                }
                break;
            case Declaration.GuideProgram guide:
                output.Append("guide ").Append(guide.Name).Append(" for ").Append(guide.ModelName);
                Parameters(writer, output, guide.Parameters);
                writer.Body(guide.Body);
                break;
            case Declaration.Infer infer:
                output.Append("infer ").Append(infer.Name);
                writer.Body(infer.Algorithm);
                break;
            case Declaration.Data data:
                output.Append("data ").Append(data.Name);
                writer.Body(data.DataSource);
                break;
        }
        return output.Append('\n').ToString();
    }

    /// <summary>The text of an expression as it stands after <c>=</c> of a definition at the margin.</summary>
    public static string Print(Expr expression)
    {
        var output = new StringBuilder();
        new ExprWriter(output).Inline(expression);
        return output.ToString();
    }

    /// <summary>The text of a type.</summary>
    public static string Print(TypeExpr type)
    {
        var output = new StringBuilder();
        new ExprWriter(output).Write(type);
        return output.ToString();
    }

    private static void Parameters(ExprWriter writer, StringBuilder output, EqArray<Parameter> parameters)
    {
        if (parameters.IsEmpty) return;
        output.Append(" (");
        for (var i = 0; i < parameters.Count; i++)
        {
            if (i > 0) output.Append(", ");
            writer.Write(parameters[i].Pattern);
            if (parameters[i].Type is not { } type) continue;
            output.Append(" : ");
            writer.Write(type);
            if (parameters[i].Default is { } value) writer.Default(value);
        }
        output.Append(')');
    }

    /// <summary>A real number as the language writes it: always with a point or an exponent, and read back as the same number.</summary>
    internal static string Real(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E') ? text.Replace("E+", "e").Replace('E', 'e') : text.Contains('.') ? text : text + ".0";
    }

    /// <summary>A string in quotes, with escapes where it needs them.</summary>
    internal static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                text.Append(c).Append(value[++i]);
                continue;
            }
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                    => $"\\u{(int)c:X4}",
                _ => c.ToString(),
            });
        }
        return text.Append('"').ToString();
    }
}
