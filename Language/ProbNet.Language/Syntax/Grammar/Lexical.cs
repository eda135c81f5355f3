using System.Globalization;
using System.Text;
using Sprache;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>The parsers of single tokens. Each fails where it began, or takes one token and the blank after it.</summary>
internal static class Lexical
{
    /// <summary>A name: a word that is not reserved.</summary>
    public static readonly Parser<string> Identifier = input =>
    {
        var at = (LaidOutInput)input;
        var end = Scan.Word(at.Source, at.Index);
        if (at.AtEnd || end == at.Index || at.Source[end - 1] == '!') return Combinators.Expected<string>(input, Expectation.Name);
        var word = at.Source[at.Index..end];
        return Scan.Reserved.Contains(word) || word == "_" ? Combinators.Expected<string>(input, Expectation.Name) : Sprache.Result.Success(word, at.SkipTo(end));
    };

    /// <summary>A name, or a module's name and a name in it: capitalised words joined by dots, the last one of any case.</summary>
    public static readonly Parser<string> QualifiedName = input =>
    {
        var first = Identifier(input);
        if (!first.WasSuccessful || !Scan.IsUpper(first.Value[0])) return first;
        var at = (LaidOutInput)input;
        var (start, end) = (at.Index, at.Index + first.Value.Length);
        var part = start;
        while (Scan.IsUpper(at.Source[part]) && end + 1 < at.Source.Length && at.Source[end] == '.' && Scan.IsWordStart(at.Source[end + 1]))
        {
            var next = Scan.Word(at.Source, end + 1);
            if (at.Source[next - 1] == '!' || Scan.Reserved.Contains(at.Source[(end + 1)..next])) break;
            (part, end) = (end + 1, next);
        }
        return Sprache.Result.Success(at.Source[start..end], at.SkipTo(end));
    };

    /// <summary>That word of the language.</summary>
    public static Parser<string> Word(string word)
    {
        var expected = $"'{word}'";
        return input =>
        {
            var at = (LaidOutInput)input;
            return Scan.Word(at.Source, at.Index) - at.Index == word.Length && string.CompareOrdinal(at.Source, at.Index, word, 0, word.Length) == 0
                ? Sprache.Result.Success(word, at.SkipTo(at.Index + word.Length))
                : Combinators.Expected<string>(input, expected);
        };
    }

    /// <summary>That operator, not as the beginning of a longer one.</summary>
    public static Parser<string> Symbol(string symbol)
    {
        var expected = $"'{symbol}'";
        return input => !input.AtEnd && OperatorAt(input) == symbol
            ? Sprache.Result.Success(symbol, ((LaidOutInput)input).SkipTo(((LaidOutInput)input).Index + symbol.Length))
            : Combinators.Expected<string>(input, expected);
    }

    /// <summary>The operator at the input, or null.</summary>
    public static string? OperatorAt(IInput input) => Operators.At(((LaidOutInput)input).Source, ((LaidOutInput)input).Index);

    /// <summary>That bracket, comma, semicolon or virtual character.</summary>
    public static Parser<char> Mark(char mark, string? expected = null)
    {
        expected ??= $"'{mark}'";
        return input => !input.AtEnd && input.Current == mark
            ? Sprache.Result.Success(mark, ((LaidOutInput)input).SkipTo(((LaidOutInput)input).Index + 1))
            : Combinators.Expected<char>(input, expected);
    }

    public static readonly Parser<char> LeftParenthesis = Mark('('), RightParenthesis = Mark(')');
    public static readonly Parser<char> LeftBracket = Mark('['), RightBracket = Mark(']');
    public static readonly Parser<char> LeftBrace = Mark('{'), RightBrace = Mark('}');
    public static readonly Parser<char> Comma = Mark(',');
    public static readonly Parser<char> OpenBlock = Mark(Virtual.Open, Expectation.Expression), CloseBlock = Mark(Virtual.Close, Expectation.End);
    public static readonly Parser<string> EqualsSign = Symbol("="), Dot = Symbol("."), Dots = Symbol(".."), Colon = Symbol(":"), Arrow = Symbol("->");

    /// <summary>Between the items of lists, records and <c>prob</c>: a semicolon or a new line.</summary>
    public static readonly Parser<char> ItemSeparator = Combinators.FirstOf(Mark(';'), Mark(Virtual.Separator, Expectation.NewLine));

    /// <summary>An integer or a real number.</summary>
    public static readonly Parser<Expr> Number = input =>
    {
        var at = (LaidOutInput)input;
        if (at.AtEnd || !Scan.IsDigit(at.Current)) return Combinators.Expected<Expr>(input, Expectation.Expression);
        var (end, real) = Scan.Number(at.Source, at.Index);
        var digits = at.Source.AsSpan(at.Index, end - at.Index);
        // Numbers out of range and letters after digits have been reported with the tokens.
        if (end < at.Source.Length && Scan.IsWordPart(at.Source[end])) return Combinators.Expected<Expr>(input, Expectation.Expression);
        if (!real) return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? Sprache.Result.Success<Expr>(new IntLiteral(whole), at.SkipTo(end))
            : Combinators.Expected<Expr>(input, Expectation.Expression);
        var value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? Sprache.Result.Success<Expr>(new FloatLiteral(value), at.SkipTo(end)) : Combinators.Expected<Expr>(input, Expectation.Expression);
    };

    /// <summary>The characters that a string stands for.</summary>
    public static readonly Parser<string> Text = input =>
    {
        var at = (LaidOutInput)input;
        if (at.AtEnd || at.Current != '"') return Combinators.Expected<string>(input, Expectation.Text);
        var (end, closed) = Scan.String(at.Source, at.Index);
        if (!closed) return Combinators.Expected<string>(input, Expectation.Text);
        var value = new StringBuilder();
        for (var i = at.Index + 1; i < end - 1;)
        {
            var (escaped, length) = at.Source[i] == '\\' ? Scan.Escape(at.Source, i) : (at.Source[i], 1);
            value.Append(length == 0 ? at.Source[i] : escaped);
            i += Math.Max(1, length);
        }
        return Sprache.Result.Success(value.ToString(), at.SkipTo(end));
    };
}
