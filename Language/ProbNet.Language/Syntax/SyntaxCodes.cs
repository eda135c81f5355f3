using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>The codes of lexing and layout (01) and of the grammar (02).</summary>
public static class SyntaxCodes
{
    /// <summary>A tab outside strings and comments; layout counts columns, and tabs have no agreed width.</summary>
    public static readonly DiagnosticCode Tab = Error("PN0101", "tab character");

    /// <summary>A character that no token begins with.</summary>
    public static readonly DiagnosticCode UnexpectedCharacter = Error("PN0102", "unexpected character");

    /// <summary>A string without its closing quote on the same line, or in single quotes.</summary>
    public static readonly DiagnosticCode UnterminatedString = Error("PN0103", "unterminated string");

    /// <summary>A backslash sequence that strings do not have.</summary>
    public static readonly DiagnosticCode InvalidEscape = Error("PN0104", "invalid escape sequence");

    /// <summary>Digits followed by something that belongs to no number.</summary>
    public static readonly DiagnosticCode MalformedNumber = Error("PN0105", "malformed number");

    /// <summary>A number too large for its type.</summary>
    public static readonly DiagnosticCode NumberRange = Error("PN0106", "number out of range");

    /// <summary>A block comment without its end.</summary>
    public static readonly DiagnosticCode UnterminatedComment = Error("PN0107", "unterminated comment");

    /// <summary>An opening bracket without its closing one.</summary>
    public static readonly DiagnosticCode UnclosedBracket = Error("PN0108", "unclosed bracket");

    /// <summary>A closing bracket without its opening one.</summary>
    public static readonly DiagnosticCode UnmatchedBracket = Error("PN0109", "unmatched closing bracket");

    /// <summary>A line indented too little or too much for where it stands.</summary>
    public static readonly DiagnosticCode Indentation = Error("PN0110", "wrong indentation");

    /// <summary>Brackets, blocks or operators nested beyond the limit.</summary>
    public static readonly DiagnosticCode TooDeep = Error("PN0111", "nested too deeply");

    /// <summary>A comment in another language's notation.</summary>
    public static readonly DiagnosticCode ForeignComment = Error("PN0112", "foreign comment");

    /// <summary>Something the grammar does not allow here, where no more specific code fits.</summary>
    public static readonly DiagnosticCode UnexpectedToken = Error("PN0201", "unexpected token");

    /// <summary>A line at the margin that begins no declaration.</summary>
    public static readonly DiagnosticCode NotADeclaration = Error("PN0202", "not a declaration");

    /// <summary>An expression is missing.</summary>
    public static readonly DiagnosticCode MissingExpression = Error("PN0203", "missing expression");

    /// <summary>A definition without its equals sign.</summary>
    public static readonly DiagnosticCode MissingEquals = Error("PN0204", "missing '='");

    /// <summary>An operator of another language.</summary>
    public static readonly DiagnosticCode ForeignOperator = Error("PN0205", "unknown operator");

    /// <summary>An index without the dot before its bracket.</summary>
    public static readonly DiagnosticCode IndexWithoutDot = Error("PN0206", "index without a dot");

    /// <summary>A comma where items are separated by semicolons.</summary>
    public static readonly DiagnosticCode WrongSeparator = Error("PN0207", "wrong separator");

    /// <summary>A function expression without its arrow, or as an argument without parentheses.</summary>
    public static readonly DiagnosticCode FunctionExpression = Error("PN0208", "malformed function expression");

    /// <summary>Something else where <c>prob</c> needs a statement.</summary>
    public static readonly DiagnosticCode NotAStatement = Error("PN0209", "not a statement");

    /// <summary>A <c>prob</c> block that does not end with <c>return</c>, or goes on after it.</summary>
    public static readonly DiagnosticCode Return = Error("PN0210", "return is not last");

    /// <summary>A block of definitions without the value it computes.</summary>
    public static readonly DiagnosticCode MissingResult = Error("PN0211", "block without a result");

    /// <summary>A prefix minus before a power, which mathematics and F# read differently.</summary>
    public static readonly DiagnosticCode AmbiguousPower = Error("PN0212", "ambiguous power");

    /// <summary>A module header that is not first, or a second one.</summary>
    public static readonly DiagnosticCode ModuleHeader = Error("PN0213", "misplaced module header");

    /// <summary>Two fields of a record with one name.</summary>
    public static readonly DiagnosticCode DuplicateField = Error("PN0214", "field given twice");

    /// <summary>An <c>if</c> without <c>then</c> or <c>else</c>.</summary>
    public static readonly DiagnosticCode IncompleteIf = Error("PN0215", "incomplete if");

    /// <summary>A word of the language where a name is needed.</summary>
    public static readonly DiagnosticCode ReservedWord = Error("PN0216", "reserved word");

    /// <summary>A construct of another language.</summary>
    public static readonly DiagnosticCode ForeignConstruct = Error("PN0217", "foreign construct");

    /// <summary>A statement of <c>prob</c> outside of any.</summary>
    public static readonly DiagnosticCode StatementOutsideProb = Error("PN0218", "statement outside prob");

    /// <summary>All of them.</summary>
    public static EqArray<DiagnosticCode> All =>
    [
        Tab, UnexpectedCharacter, UnterminatedString, InvalidEscape, MalformedNumber, NumberRange, UnterminatedComment, UnclosedBracket,
        UnmatchedBracket, Indentation, TooDeep, ForeignComment, UnexpectedToken, NotADeclaration, MissingExpression, MissingEquals, ForeignOperator,
        IndexWithoutDot, WrongSeparator, FunctionExpression, NotAStatement, Return, MissingResult, AmbiguousPower, ModuleHeader, DuplicateField,
        IncompleteIf, ReservedWord, ForeignConstruct, StatementOutsideProb,
    ];

    private static DiagnosticCode Error(string id, string title) => new(id, Severity.Error, title);
}
