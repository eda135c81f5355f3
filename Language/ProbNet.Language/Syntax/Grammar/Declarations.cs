using ProbNet.Graph;
using Sprache;
using static ProbNet.Language.Syntax.Grammar.Combinators;
using static ProbNet.Language.Syntax.Grammar.Lexical;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>Top-level declarations.</summary>
internal static class Declarations
{
    private static readonly Parser<(string Text, SourceSpan Span)> Named = Identifier.Located((name, span) => (name, span));

    private static readonly Parser<(string Text, SourceSpan Span)> ModuleName = QualifiedName.Located((name, span) => (name, span));

    /// <summary><c>module Name</c>.</summary>
    public static readonly Parser<(string Text, SourceSpan Span)> Module =
        from word in Word("module")
        from name in ModuleName
        select name;

    private static readonly Parser<Declaration> Open =
        from word in Word("open")
        from name in ModuleName
        select (Declaration)new Declaration.Open(name.Text) { NameSpan = name.Span };

    private static readonly Parser<Declaration> Let =
        Blocks.LetBinding.Select(Declaration (binding) => new Declaration.Let(binding) { NameSpan = binding.Pattern.Span });

    private static readonly Parser<EqArray<string>> DimensionNames =
        (from open in LeftBracket
         from names in Identifier.SeparatedBy(Comma)
         from close in RightBracket
         select names);

    private static readonly Parser<EqArray<string>> Dimensions = FirstOf(DimensionNames, Parse.Return(default(EqArray<string>)));

    private static readonly Parser<Declaration> Model =
        from word in Word("model")
        from name in Named
        from dimensions in Dimensions
        from parameters in Patterns.ModelParameters
        from sign in EqualsSign
        from body in Blocks.Block
        select (Declaration)new Declaration.Model(name.Text, dimensions, parameters, body) { NameSpan = name.Span };

    private static readonly Parser<string> On = from word in Word("on") from selector in Text select selector;

    private static readonly Parser<GuideClause> Clause =
        (from family in Expressions.Application.Named("a guide family")
         from selector in On.OrNull()
         select new GuideClause(family, selector)).Located((clause, span) => clause with { Span = span });

    private static readonly Parser<Func<(string Text, SourceSpan Span), Declaration>> Clauses =
        from sign in EqualsSign
        from open in OpenBlock
        from clauses in Clause.SeparatedBy(Comma)
        from close in CloseBlock
        select (Func<(string Text, SourceSpan Span), Declaration>)(name => new Declaration.Guide(name.Text, clauses));

    private static readonly Parser<Func<(string Text, SourceSpan Span), Declaration>> Program =
        from word in Word("for")
        from model in Identifier
        from parameters in Patterns.GuideParameters
        from sign in EqualsSign
        from body in Blocks.Block
        select (Func<(string Text, SourceSpan Span), Declaration>)(name => new Declaration.GuideProgram(name.Text, model, parameters, body));

    private static readonly Parser<Func<(string Text, SourceSpan Span), Declaration>> ClausesOrProgram = FirstOf(Clauses, Program);

    private static readonly Parser<Declaration> Guide =
        from word in Word("guide")
        from name in Named
        from rest in ClausesOrProgram
        select rest(name) with { NameSpan = name.Span };

    private static readonly Parser<Declaration> Infer =
        from word in Word("infer")
        from name in Named
        from sign in EqualsSign
        from algorithm in Blocks.Block
        select (Declaration)new Declaration.Infer(name.Text, algorithm) { NameSpan = name.Span };

    private static readonly Parser<Declaration> Data =
        from word in Word("data")
        from name in Named
        from sign in EqualsSign
        from source in Blocks.Block
        select (Declaration)new Declaration.Data(name.Text, source) { NameSpan = name.Span };

    /// <summary>Any declaration but the module header.</summary>
    public static readonly Parser<Declaration> Declaration =
        FirstOf(Let, Model, Infer, Data, Guide, Open).Named(Expectation.Declaration).Located((declaration, span) => declaration with { Span = span });
}
