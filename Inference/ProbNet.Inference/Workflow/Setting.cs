using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Workflow;

/// <summary>An option given outside the program, as in <c>--set optimizer="adam 1e-2"</c>; its value is written as in the program.</summary>
/// <param name="Name">The option's name.</param>
/// <param name="Text">Its value in the language's text.</param>
public sealed record Setting(string Name, string Text)
{
    // What makes an expression of the text into a declaration; the positions of diagnostics are moved back by its length.
    private const string Lead = "let ";

    /// <summary>The option with its value read, or the diagnostics; their positions are in the text <c>name=value</c>.</summary>
    /// <param name="guides">The guides that the value may name.</param>
    public Checked<NamedOption> Read(IEnumerable<Declaration> guides)
    {
        var shown = new SourceText("--set", $"{Name}={Text}");
        var parsed = Parser.Parse(new SourceText(shown.Name, Lead + shown.Text));
        // The clauses of a guide are no expression.
        if (!parsed.Diagnostics.IsEmpty && Parser.Parse(new SourceText(shown.Name, "guide " + shown.Text)) is { Diagnostics.IsEmpty: true, Program.Declarations: [Declaration.Guide clauses] })
        {
            var guide = OptionSyntax.Read(new Name(clauses.Name), [clauses, .. guides.OfType<Declaration.GuideProgram>().Where(g => g.Name != clauses.Name)]);
            return guide.Value is { } list ? new NamedOption(Name, list) : new Checked<NamedOption>(null, guide.Diagnostics);
        }
        if (!parsed.Diagnostics.IsEmpty) return new(null, parsed.Diagnostics.Map(d => Moved(d, shown)));
        if (parsed.Program.Declarations is not [Declaration.Let { Binding: { Pattern: Pattern.Variable name, Parameters.IsEmpty: true, Body: var body } }] || name.Name != Name)
        {
            return new(null, [new Diagnostic(InferenceCodes.NotAnOption, "this is no option with a value", new(shown, 0, shown.Text.Length)) { Hint = "--set option=value, e.g. epochs=10 or optimizer=\"adam 1e-2\"" }]);
        }
        var value = OptionSyntax.Read(body, guides);
        return value.Value is { } read
            ? new NamedOption(Name, read) { NameSpan = name.Span }
            : new Checked<NamedOption>(null, value.Diagnostics.Map(d => Moved(d, shown)));
    }

    /// <summary>The value as an expression, for a static argument of a model, or the diagnostics; the positions of the latter are in the text <c>name=value</c>.</summary>
    public Checked<Expr> Expression()
    {
        var shown = new SourceText("--set", $"{Name}={Text}");
        var parsed = Parser.Parse(new SourceText(shown.Name, Lead + shown.Text));
        if (!parsed.Diagnostics.IsEmpty) return new(null, parsed.Diagnostics.Map(d => Moved(d, shown)));
        if (parsed.Program.Declarations is [Declaration.Let { Binding: { Pattern: Pattern.Variable name, Parameters.IsEmpty: true, Body: var body } }] && name.Name == Name) return body;
        return new(null, [new Diagnostic(InferenceCodes.NotAnOption, "this is no argument with a value", new(shown, 0, shown.Text.Length)) { Hint = "--set argument=value, e.g. units=128 or widths=\"[50; 50]\"" }]);
    }

    /// <summary>Moves the positions of diagnostics about settings into the texts that the user wrote.</summary>
    internal static EqArray<Diagnostic> Moved(EqArray<Diagnostic> diagnostics, IEnumerable<Setting> settings)
    {
        var shown = settings.ToDictionary(s => $"{Lead}{s.Name}={s.Text}", s => new SourceText("--set", $"{s.Name}={s.Text}"));
        return diagnostics.Map(d => d.Span.Source is { Name: "--set" } source && shown.TryGetValue(source.Text, out var text) ? Moved(d, text) : d);
    }

    private static Diagnostic Moved(Diagnostic diagnostic, SourceText shown) => diagnostic with
    {
        Span = Moved(diagnostic.Span, shown),
        Notes = diagnostic.Notes.Map(n => n with { Span = n.Span.Source?.Name == shown.Name ? Moved(n.Span, shown) : n.Span }),
    };

    private static SourceSpan Moved(SourceSpan span, SourceText shown)
    {
        var start = Math.Clamp(span.Start - Lead.Length, 0, shown.Text.Length);
        return new(shown, start, Math.Clamp(span.End - Lead.Length, start, shown.Text.Length) - start);
    }
}
