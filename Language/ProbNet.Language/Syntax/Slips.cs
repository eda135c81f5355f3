using ProbNet.Graph;
using ProbNet.Language.Syntax.Grammar;

namespace ProbNet.Language.Syntax;

/// <summary>Explains failures: the mistakes people make, most telling first, each a function that recognises it.</summary>
internal static class Slips
{
    private static readonly EqArray<string> DeclarationWords = ["model", "let", "guide", "infer", "data", "open", "module"];

    private static readonly EqArray<string> StatementWords = ["let!", "let", "do!", "return", "return!"];

    // First words of declarations in other languages.
    private static readonly IReadOnlyDictionary<string, string> ForeignDeclarations = new Dictionary<string, string>
    {
        ["def"] = "functions are written 'let f x = ...'",
        ["fn"] = "functions are written 'let f x = ...'",
        ["func"] = "functions are written 'let f x = ...'",
        ["function"] = "functions are written 'let f x = ...'",
        ["fun"] = "functions are written 'let f x = ...'",
        ["var"] = "definitions are written 'let x = ...'",
        ["val"] = "definitions are written 'let x = ...'",
        ["const"] = "definitions are written 'let x = ...'",
        ["define"] = "definitions are written 'let x = ...'",
        ["import"] = "other modules are opened with 'open Module'",
        ["from"] = "other modules are opened with 'open Module'",
        ["using"] = "other modules are opened with 'open Module'",
        ["include"] = "other modules are opened with 'open Module'",
        ["library"] = "other modules are opened with 'open Module'",
        ["class"] = "there are no classes; group functions in a module",
        ["type"] = "there are no type declarations; types are written on parameters: '(x : real[n])'",
        ["parameters"] = "unknowns are drawn where they are used: 'let! x = distribution' inside 'model name = prob { }'",
    };

    // Words that other languages begin expressions or statements with.
    private static readonly IReadOnlyDictionary<string, string> ForeignExpressions = new Dictionary<string, string>
    {
        ["match"] = "there is no 'match'; choose with 'if c then a else b'",
        ["with"] = "there is no 'with'; write the whole record",
        ["while"] = "programs have no loops; use 'iid', 'map', 'fold' or 'scan'",
        ["for"] = "programs have no loops; use 'iid', 'map', 'fold' or 'scan'",
        ["rec"] = "there is no recursion; use 'map', 'fold' or 'scan'",
        ["mutable"] = "values do not change; define a new name with 'let'",
        ["type"] = "there are no type declarations; types are written on parameters: '(x : real[n])'",
    };

    private static readonly EqArray<Func<Failure, Diagnostic?>> All =
    [
        Declaration, Blocks, EmptyProb, Statement, ProbBraces, StatementOutsideProb, Power, ForeignWord, ReservedName, Assignment, ForeignOperator, BracketIndex,
        Separator, OutdentedOperator, Arrow, Function, Choice, Annotation, Selector, Result, Equals, MissingExpression, NewItem, BlankBeforeDot, Juxtaposed,
    ];

    /// <summary>The diagnostic for a failure.</summary>
    public static Diagnostic Explain(Failure f)
    {
        foreach (var slip in All)
        {
            if (slip(f) is { } diagnostic) return diagnostic;
        }
        return f.Enclosing is { } bracket && f.Expected.Any(e => e.Length == 3 && e[1] is ')' or ']' or '}')
            ? Make(f, SyntaxCodes.UnexpectedToken, $"expected {f.ExpectedDescription}, found {f.Description}", null) with { Notes = [new DiagnosticNote($"inside this '{bracket.Text}'", f.At(bracket))] }
            : Make(f, SyntaxCodes.UnexpectedToken, $"expected {f.ExpectedDescription}, found {f.Description}", null);
    }

    private static Diagnostic Make(Failure f, DiagnosticCode code, string message, string? hint) => new(code, message, f.Span) { Hint = hint };

    private static Diagnostic? Declaration(Failure f)
    {
        if (!f.AtStart || f.Found is not { } word) return null;
        const string Kinds = "a declaration begins with 'let', 'model', 'guide', 'infer', 'data' or 'open'";
        if (StatementWords.Contains(word.Text))
            return Make(f, SyntaxCodes.StatementOutsideProb, $"'{word.Text}' stands outside of 'prob'", word.Is("let!") ? "draws are statements of 'prob { }'; a definition is written with 'let'" : "it is a statement of 'prob { }'; indent it if it belongs to the block above");
        if (ForeignDeclarations.TryGetValue(word.Text, out var foreign)) return Make(f, SyntaxCodes.ForeignConstruct, $"'{word.Text}' begins no declaration", foreign);
        if (word.Kind == TokenKind.Word && f.Next is { Text: "=" }) return Make(f, SyntaxCodes.NotADeclaration, $"'{word.Text} = ...' is no declaration", $"write 'let {word.Text} = ...'");
        if (word.Kind == TokenKind.Word && f.Next is { Text: "~" or "<-" }) return Make(f, SyntaxCodes.NotADeclaration, $"'{word.Text} {f.Next?.Text} ...' is no declaration", $"write 'let! {word.Text} = ...' inside the 'prob {{ }}' of a model");
        var nearest = word.Kind == TokenKind.Word ? Suggest.Nearest(word.Text, DeclarationWords) : null;
        return Make(f, SyntaxCodes.NotADeclaration, $"expected a declaration, found {f.Description}", nearest is null ? Kinds : $"did you mean '{nearest}'?");
    }

    private static Diagnostic? Blocks(Failure f) =>
        f.Expects(Expectation.Name) && f.Found is { Text: "{" } && f.Previous is { Text: "model" or "data" } word
            ? Make(f, SyntaxCodes.UnexpectedToken, $"'{word.Text}' needs a name before '{{'", word.Is("model") ? "a model is one block that draws unknowns and outcomes: 'model name (x : real[n]) = prob { ... }'" : "the data of a model are its arguments; a file is bound with 'data name = csv \"file.csv\" { ... }'")
            : null;

    private static Diagnostic? EmptyProb(Failure f) =>
        f.Expects(Expectation.Statement) && f.Found is { Text: "}" } && f.Previous is { Text: "{" }
            ? Make(f, SyntaxCodes.Return, "this 'prob' block is empty", "it must at least 'return' a value")
            : null;

    private static Diagnostic? Statement(Failure f)
    {
        if (!f.Expects(Expectation.Statement) || f.Found is not { } word) return null;
        const string Kinds = "a statement begins with 'let!' (draws), 'let' (computes), 'do!' (observes) or 'return'";
        var name = word.Text;
        return f.Next?.Text switch
        {
            "~" or "<-" => Make(f, SyntaxCodes.ForeignOperator, $"a draw is not written with '{f.Next?.Text}'", $"write 'let! {name} = ...'"),
            "=" or ":=" => Make(f, SyntaxCodes.NotAStatement, $"'{name} {f.Next?.Text} ...' is no statement", $"write 'let! {name} = ...' to draw, 'let {name} = ...' to compute"),
            _ when ForeignExpressions.TryGetValue(name, out var foreign) => Make(f, SyntaxCodes.ForeignConstruct, $"'{name}' begins no statement", foreign),
            _ when word.Kind == TokenKind.Word && name != "observe" && Suggest.Nearest(name, StatementWords) is { } nearest => Make(f, SyntaxCodes.NotAStatement, $"'{name}' begins no statement", $"did you mean '{nearest}'?"),
            _ => Make(f, SyntaxCodes.NotAStatement, $"expected a statement, found {f.Description}",
                name is "target" ? "a term is added to the log-density with 'do! factor term'"
                : name is "observe" or "factor" ? $"write 'do! {name} ...'" : f.IsLastLine ? "a block ends with 'return value'" : Kinds),
        };
    }

    private static Diagnostic? ProbBraces(Failure f)
    {
        if (f.Previous is { Text: "prob" } && f.Expects("'{'")) return Make(f, SyntaxCodes.UnexpectedToken, $"expected '{{' after 'prob', found {f.Description}", "the statements of 'prob' stand in braces: 'prob { ... }'");
        return f is { Enclosing: { Text: "{" } brace, InProb: false, Found.Text: "let" or "let!" or "do!" or "return" or "return!" }
            ? Make(f, SyntaxCodes.StatementOutsideProb, $"'{f.Found?.Text}' cannot stand in a record", "statements belong to 'prob { ... }'") with { Notes = [new DiagnosticNote("without 'prob' before it, this brace opens a record", f.At(brace))] }
            : null;
    }

    private static Diagnostic? StatementOutsideProb(Failure f)
    {
        if (f.Found is not { Text: "let!" or "do!" or "return" or "return!" } word) return null;
        return f.InProb
            ? Make(f, SyntaxCodes.UnexpectedToken, $"'{word.Text}' stands in the middle of a statement", "statements begin on lines of their own, or after ';'")
            : Make(f, SyntaxCodes.StatementOutsideProb, $"'{word.Text}' stands outside of 'prob'", word.Is("let!") ? "draws are statements of 'prob { }'; a definition is written with 'let'" : "it is a statement of 'prob { }'");
    }

    private static Diagnostic? Power(Failure f) =>
        f.Expects(Expectation.NoPower) && f.Found is { Text: "**" }
            ? Make(f, SyntaxCodes.AmbiguousPower, "a prefix operator before '**' can be read in two ways", "write '-(x ** 2)' or '(-x) ** 2'")
            : null;

    private static Diagnostic? ForeignWord(Failure f)
    {
        if (f.Found is { } word && ForeignExpressions.TryGetValue(word.Text, out var hint) && !(word.Is("for") && f.Expects("'='")))
            return Make(f, SyntaxCodes.ForeignConstruct, $"'{word.Text}' is not part of the language", hint);
        // Python: lambda x: x + 1
        if (f.Found is { Text: ":" } && f.Ahead(-2) is { Text: "lambda" } lambda)
            return new Diagnostic(SyntaxCodes.ForeignConstruct, "'lambda' is not part of the language", f.At(lambda)) { Hint = "functions are written 'fun x -> ...'" };
        return null;
    }

    private static Diagnostic? ReservedName(Failure f) =>
        (f.Expects(Expectation.Name) || (f.Expects("'='") && f.Found is { Text: "in" or "then" or "else" or "elif" or "on" or "for" or "open" or "module" or "not" })) && f.Found is { Kind: TokenKind.Word } word && (Scan.Reserved.Contains(word.Text) || word.Is("_"))
            ? word.Is("_") ? Make(f, SyntaxCodes.UnexpectedToken, "'_' cannot stand for a name here", "give it a name")
            : Make(f, SyntaxCodes.ReservedWord, $"'{word.Text}' is a word of the language and cannot be a name", $"choose another name, such as '{word.Text}1'")
            : null;

    private static Diagnostic? Assignment(Failure f) =>
        f.Expects("'='") && f.Found is { Text: "==" or ":=" or "<-" or "~" or "->" or "=>" } op
            ? Make(f, SyntaxCodes.MissingEquals, $"expected '=', found '{op.Text}'", op.Is("~") ? "a draw is written 'let! x = distribution'" : "definitions and fields are written with a single '='")
            : null;

    private static Diagnostic? ForeignOperator(Failure f) =>
        f.Found is { Kind: TokenKind.Operator } op && Operators.Foreign.TryGetValue(op.Text, out var hint)
            ? Make(f, SyntaxCodes.ForeignOperator, $"'{op.Text}' is no operator of the language", hint)
            : null;

    private static Diagnostic? BracketIndex(Failure f) =>
        f.Found is { Text: "[", SpaceBefore: false } && f.Previous is { Kind: TokenKind.Word or TokenKind.Close } previous && !f.Expects(Expectation.Expression)
            ? Make(f, SyntaxCodes.IndexWithoutDot, "an index needs a dot before its bracket",
                previous.Is("shape") && f.Ahead(-2) is { Text: "." } ? "the size of the first axis is 'rows x', of the last 'features x'"
                : previous.Kind == TokenKind.Word ? $"write '{previous.Text}.[...]'; to pass a list as an argument, put a blank before '['" : "write '.[...]'; to pass a list as an argument, put a blank before '['")
            : null;

    private static Diagnostic? Separator(Failure f) => (f.Found, f.Enclosing) switch
    {
        ({ Kind: TokenKind.Comma }, { Text: "[" } bracket) when !f.Expects(Expectation.Expression) =>
            Make(f, SyntaxCodes.WrongSeparator, "the items of a list are separated by ';'", "write ';' instead of ','") with { Notes = [new DiagnosticNote("in this list", f.At(bracket))] },
        ({ Kind: TokenKind.Comma }, { Text: "{" } bracket) when !f.Expects(Expectation.Expression) =>
            Make(f, SyntaxCodes.WrongSeparator, f.InProb ? "statements are separated by ';' or new lines" : "the fields of a record are separated by ';' or new lines", "write ';' instead of ','") with { Notes = [new DiagnosticNote("in these braces", f.At(bracket))] },
        ({ Kind: TokenKind.Semicolon }, { Text: not "{" } bracket) when !f.Expects(Expectation.Expression) =>
            Make(f, SyntaxCodes.WrongSeparator, "';' separates items of lists, records and 'prob' only", "write ',' here") with { Notes = [new DiagnosticNote($"inside this '{bracket.Text}'", f.At(bracket))] },
        ({ Kind: TokenKind.Semicolon }, null) =>
            Make(f, SyntaxCodes.WrongSeparator, "';' separates items of lists, records and 'prob' only", f.Next is null ? "remove it" : "begin a new line instead"),
        ({ Kind: TokenKind.Comma }, null) when !f.Expects(Expectation.Expression) =>
            Make(f, SyntaxCodes.WrongSeparator, "',' cannot stand here", "arguments are separated by blanks; a tuple stands in parentheses"),
        _ => null,
    };

    private static Diagnostic? OutdentedOperator(Failure f) =>
        f.Found is { StartsLine: true } op && f.AfterBlockEnd && (Operators.TryBinary(op.Text, out _) || op.Kind == TokenKind.Comma)
            ? Make(f, SyntaxCodes.Indentation, $"this line begins with '{op.Text}' but is not indented under what it continues", "indent it deeper than the definition it belongs to")
            : null;

    private static Diagnostic? Arrow(Failure f) =>
        f.Expects("'->'") ? Make(f, SyntaxCodes.FunctionExpression, $"expected '->' after the parameters of 'fun', found {f.Description}", "functions are written 'fun x y -> body'") : null;

    private static Diagnostic? Function(Failure f) => f.Found switch
    {
        { Text: "fun" } => Make(f, SyntaxCodes.FunctionExpression, "a function as an argument needs parentheses", "write '(fun x -> ...)'"),
        { Text: "if" } => Make(f, SyntaxCodes.UnexpectedToken, "'if' as an argument needs parentheses", "write '(if c then a else b)'"),
        { Text: "->" } when f.Previous is { Text: "fun" } => Make(f, SyntaxCodes.FunctionExpression, "'fun' needs a parameter before '->'", "functions are written 'fun x -> body', and 'fun _ -> body' if the argument is not used"),
        { Text: "->" } => Make(f, SyntaxCodes.FunctionExpression, "'->' belongs to no 'fun'", "functions are written 'fun x -> body'"),
        { Text: "let" } when !f.AtEnd => Make(f, SyntaxCodes.UnexpectedToken, "'let' cannot stand in the middle of an expression",
            f.Found is { StartsLine: true } ? "definitions of one block begin in one column, and the expression before this line is not finished or not aligned" : "put the definition on a line of its own, or in parentheses: '(let x = ... in ...)'"),
        _ => null,
    };

    private static Diagnostic? Choice(Failure f)
    {
        if (f.Expects("'then'")) return Make(f, SyntaxCodes.IncompleteIf, $"expected 'then' after the condition, found {f.Description}", "a choice is written 'if c then a else b'");
        if (f.Expects("'else'")) return Make(f, SyntaxCodes.IncompleteIf, $"expected 'else', found {f.Description}", "a choice has a value, so it needs both branches: 'if c then a else b'");
        return f.Found is { Text: "then" or "else" or "elif" } word && !f.Expects(Expectation.Expression)
            ? Make(f, SyntaxCodes.IncompleteIf, $"'{word.Text}' belongs to no 'if'", "a choice is written 'if c then a else b'")
            : null;
    }

    private static Diagnostic? Annotation(Failure f) => (f.Found, f.Enclosing) switch
    {
        ({ Text: ":" }, { Text: "{" }) when f.Expects("'='") && !f.InProb => Make(f, SyntaxCodes.MissingEquals, "expected '=', found ':'", "fields of a record are written 'name = value'"),
        ({ Text: ":" }, { Text: "[" }) => Make(f, SyntaxCodes.UnexpectedToken, "a range is not written with ':'", "write 'x.[a .. b]', with both ends included"),
        ({ Text: ":" }, _) => Make(f, SyntaxCodes.UnexpectedToken, "a type cannot stand here", f switch
        {
            { Enclosing: not null } when f.Expects("')'") => "each parameter has parentheses of its own: '(a : real) (b : real)'",
            _ when f.Expects("'='") && f.AtEnd is false && f.Previous is { Kind: TokenKind.Close } => "a body follows '=': 'model name (x : real[n]) = prob { ... }'",
            _ when f.Expects("'='") && f.InProb => "the type of a bound name follows from its value: leave it out",
            _ when f.Expects("'='") => "a parameter with a type stands in parentheses: '(x : real[n])'; results have no written types",
            _ => "types are written on parameters: '(x : real[n])'",
        }),
        _ when f.Expects(Expectation.Type) => Make(f, SyntaxCodes.UnexpectedToken, $"expected a type, found {f.Description}",
            f.Found is { Text: "float" or "double" or "Real" or "number" or "vector" or "matrix" or "tensor" or "array" } ? "real numbers have type 'real', and tensors 'real[n, 4]'" : "the types are 'real', 'int', 'int<c>' and 'bool', with dimensions as in 'real[n, 4]', and 'list[2]'"),
        _ when f.Expects(Expectation.Dimension) => Make(f, SyntaxCodes.UnexpectedToken, $"expected a dimension, found {f.Description}", "dimensions are names, whole numbers, and sums, differences, products and quotients of them"),
        _ => null,
    };

    private static Diagnostic? Selector(Failure f) =>
        f.Expects(Expectation.Text) && f.Previous is { Text: "on" }
            ? Make(f, SyntaxCodes.UnexpectedToken, $"expected a string after 'on', found {f.Description}", "sites are selected by a pattern in quotes, such as 'on \"*.w\"'")
            : null;

    private static Diagnostic? Result(Failure f) =>
        f.Expects(Expectation.Result) || (f.AtEnd && f.Expects("'in'"))
            ? Make(f, SyntaxCodes.MissingResult, "this block ends with a definition and has no result", "after its definitions, a block needs the value that it computes")
            : null;

    private static Diagnostic? Equals(Failure f)
    {
        if (!f.Expects("'='")) return null;
        return Make(f, SyntaxCodes.MissingEquals, $"expected '=', found {f.Description}", f switch
        {
            { InProb: true, Found.Kind: TokenKind.Word } => "'let!' draws into one name or pattern: 'let! x = ...'",
            { Enclosing.Text: "{", InProb: false } => "fields of a record are written 'name = value'",
            _ => null,
        });
    }

    private static Diagnostic? MissingExpression(Failure f)
    {
        if (!f.Expects(Expectation.Expression) || f.Found is { Kind: TokenKind.Literal or TokenKind.Open } || f.Previous is not { } previous) return null;
        if (f.Found is { Kind: TokenKind.Word } word && !Scan.Reserved.Contains(word.Text)) return null;
        var margin = f.AtEnd && previous.Is("=");
        return Make(f, SyntaxCodes.MissingExpression, $"expected an expression after '{previous.Text}', found {f.Description}",
            margin ? "the value stands on the same line, or on the next lines and indented" : null);
    }

    private static Diagnostic? NewItem(Failure f) =>
        f.AtNewItem && f.Next is { } next
            ? new Diagnostic(SyntaxCodes.Indentation, f.Expects(Expectation.End)
                ? $"'{next.Text}' begins something new, but the line before it was the block's result"
                : $"'{next.Text}' begins something new, but {f.ExpectedDescription} is expected", f.At(next))
            {
                Hint = "a line in the column of its block begins something new; indent it deeper to go on with the line before",
            }
            : null;

    private static Diagnostic? BlankBeforeDot(Failure f) =>
        f.Found is { Text: ".", SpaceBefore: true } || f.Previous is { Text: "." } && f.Found is { SpaceBefore: true }
            ? Make(f, SyntaxCodes.UnexpectedToken, "blanks cannot stand around '.'", "write 'x.[i]' and 'x.name' without blanks")
            : null;

    private static Diagnostic? Juxtaposed(Failure f) =>
        f.Found is { Kind: TokenKind.Word or TokenKind.Literal or TokenKind.Open } token && f.Previous is { Kind: TokenKind.Literal or TokenKind.Close } && !Scan.Reserved.Contains(token.Text)
            ? Make(f, SyntaxCodes.UnexpectedToken, $"expected an operator or {f.ExpectedDescription}, found {f.Description}",
                f.Enclosing is { Text: "[" or "{" } ? "items are separated by ';' or new lines; products are written with '*'" : "a constant is no function; is an operator missing before this?")
            : null;
}
