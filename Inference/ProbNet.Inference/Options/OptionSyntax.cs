using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Options;

/// <summary>Reads option values from the syntax tree: the right-hand side of <c>infer name = vi guide { … }</c>, a family in a guide clause.</summary>
public static class OptionSyntax
{
    /// <summary>
    /// The option value that an expression writes. A name that is declared as a guide stands for its clauses: a list of
    /// <c>on family "pattern"</c> applications.
    /// </summary>
    /// <param name="expression">The expression.</param>
    /// <param name="guides">The program's guide declarations: lists of clauses, and programs, each of which stands for <c>program "name"</c>.</param>
    public static Checked<OptionValue> Read(Expr expression, IEnumerable<Declaration> guides)
    {
        var found = new List<Diagnostic>();
        var value = Read(expression, guides.Where(g => NameOf(g) is not null).ToDictionary(g => NameOf(g)!), found);
        return new(found.Count == 0 ? value : null, found.ToEqArray());
    }

    private static string? NameOf(Declaration declaration) => declaration switch
    {
        Declaration.Guide guide => guide.Name,
        Declaration.GuideProgram program => program.Name,
        _ => null,
    };

    private static OptionValue Read(Expr e, IReadOnlyDictionary<string, Declaration> guides, List<Diagnostic> found)
    {
        switch (e)
        {
            case IntLiteral i: return new OptionValue.Integer(i.Value) { Span = e.Span };
            case FloatLiteral f: return new OptionValue.Number(f.Value) { Span = e.Span };
            case BoolLiteral b: return new OptionValue.Boolean(b.Value) { Span = e.Span };
            case StringLiteral s: return new OptionValue.Text(s.Value) { Span = e.Span };
            case Name n when guides.GetValueOrDefault(n.Identifier) is Declaration.Guide guide: return Clauses(guide, guides, e.Span, found) with { Declared = n.Identifier };
            case Name n when guides.ContainsKey(n.Identifier): return new OptionValue.Call("program", [new OptionValue.Text(n.Identifier) { Span = e.Span }], []) { Span = e.Span, Declared = n.Identifier };
            case Name n: return new OptionValue.Call(n.Identifier) { Span = e.Span };
            case ListLiteral l: return new OptionValue.List(l.Items.Map(x => Read(x, guides, found))) { Span = e.Span };
            case Unary { Operator: UnaryOperator.Negate } u:
                switch (Read(u.Operand, guides, found))
                {
                    case OptionValue.Integer i: return new OptionValue.Integer(-i.Value) { Span = e.Span };
                    case OptionValue.Number x: return new OptionValue.Number(-x.Value) { Span = e.Span };
                }
                break;
            case Apply { Function: Name f } a:
                var record = a.Arguments is [.., RecordLiteral last] ? last : null;
                var positional = record is null ? a.Arguments : a.Arguments[..^1];
                return new OptionValue.Call(f.Identifier, positional.Map(x => Read(x, guides, found)), record is null ? [] : Fields(record, guides, found)) { Span = e.Span };
        }
        found.Add(new(InferenceCodes.NotAnOption, "this is no option value", e.Span) { Hint = "a number, true or false, a text, a list, or a name with arguments and options, e.g. adam 1e-3" });
        return new OptionValue.List([]);
    }

    private static EqArray<NamedOption> Fields(RecordLiteral record, IReadOnlyDictionary<string, Declaration> guides, List<Diagnostic> found) =>
        record.Fields.Map(f => new NamedOption(f.Name, Read(f.Value, guides, found)) { NameSpan = f.NameSpan });

    private static OptionValue Clauses(Declaration.Guide guide, IReadOnlyDictionary<string, Declaration> guides, SourceSpan use, List<Diagnostic> found)
    {
        // A guide's own clauses name families and programs only: a declared guide of the same name must not be expanded inside itself.
        var programs = guides.Where(g => g.Value is Declaration.GuideProgram).ToDictionary();
        return new OptionValue.List(guide.Clauses.Map(c =>
        {
            var family = Read(c.Family, programs, found);
            return c.Selector is { } pattern ? new OptionValue.Call("on", [family, new OptionValue.Text(pattern) { Span = c.Span }], []) { Span = c.Span } : family;
        })) { Span = use };
    }
}
