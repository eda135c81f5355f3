using System.Globalization;
using System.Text;

namespace ProbNet.Language.Syntax;

/// <summary>Cuts a source into tokens, dropping blanks and comments. Whatever cannot be a token is reported and stands for nothing.</summary>
internal sealed class Lexer
{
    private const int TabStop = 4;

    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<int> _doubtful = [];
    private int _at;
    private int _line = 1;
    private int _column = 1;
    private bool _startsLine = true;
    private bool _space = true;
    private StringBuilder? _doc;
    private int _firstTab = -1;
    private int _tabs;
    private bool _doubt;

    private Lexer(SourceText source) => (_source, _text) = (source, source.Text);

    /// <summary>The tokens of a source in order, what is wrong with its characters, and the offsets of tokens that may be wrong for that, in order.</summary>
    public static (List<Token> Tokens, List<Diagnostic> Diagnostics, List<int> Doubtful) Tokens(SourceText source)
    {
        var lexer = new Lexer(source);
        lexer.Run();
        return (lexer._tokens, lexer._diagnostics, lexer._doubtful);
    }

    private void Run()
    {
        if (_text.StartsWith('\uFEFF')) Skip(1);
        while (_at < _text.Length) Next();
        if (_doubt && _tokens.Count > 0) _doubtful.Add(_tokens[^1].Start);
        if (_firstTab < 0) return;
        var others = _tabs == 1 ? "" : $" (and {_tabs - 1} more in this file)";
        Report(SyntaxCodes.Tab, $"a tab in the source{others}", _firstTab, 1, "indent with spaces: layout counts columns, and a tab has no agreed width");
    }

    private void Next()
    {
        switch (_text[_at])
        {
            case '\n':
                (_at, _line, _column, _startsLine, _space) = (_at + 1, _line + 1, 1, true, true);
                break;
            case ' ' or '\r':
                Blank(1);
                break;
            case '\t':
                if (_tabs++ == 0) _firstTab = _at;
                _doubt = true;
                _at++;
                _column += TabStop - (_column - 1) % TabStop;
                _space = true;
                break;
            case '/' when At("//"):
                LineComment();
                break;
            case '(' when At("(*"):
                BlockComment();
                break;
            case '#':
                Report(SyntaxCodes.ForeignComment, "'#' does not begin a comment", _at, 1, "comments begin with '//'");
                _doubt = false;
                Blank(LineEnd() - _at);
                break;
            case '"':
                String();
                break;
            case '\'':
                SingleQuoted();
                break;
            case '(' or '[' or '{':
                Add(TokenKind.Open, 1);
                break;
            case ')' or ']' or '}':
                Add(TokenKind.Close, 1);
                break;
            case ',':
                Add(TokenKind.Comma, 1);
                break;
            case ';':
                Add(TokenKind.Semicolon, 1);
                break;
            case >= '0' and <= '9':
                Number();
                break;
            case var c when Scan.IsWordStart(c):
                Add(TokenKind.Word, Scan.Word(_text, _at) - _at);
                break;
            case '.' when _at + 1 < _text.Length && Scan.IsDigit(_text[_at + 1]) && (_space || !EndsOperand()):
                Report(SyntaxCodes.MalformedNumber, "a number begins with a digit", _at, 1, $"write '0{_text[_at..Scan.Number(_text, _at + 1).End]}'");
                Blank(1);
                break;
            default:
                if (Operators.At(_text, _at) is { } symbol) Add(TokenKind.Operator, symbol.Length);
                else Unexpected();
                break;
        }
    }

    private bool EndsOperand() => _tokens.Count > 0 && _tokens[^1].Kind is TokenKind.Word or TokenKind.Literal or TokenKind.Close;

    private bool At(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    private int LineEnd()
    {
        var end = _text.IndexOf('\n', _at);
        return end < 0 ? _text.Length : end;
    }

    private void Skip(int length) => _at += length;

    private void Blank(int length)
    {
        (_at, _column) = (_at + length, _column + length);
        _space = true;
    }

    private void Add(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, _text.Substring(_at, length), _at, _line, _column, _startsLine, _space, _doc?.ToString()));
        if (_doubt) _doubtful.Add(_at);
        (_doubt, _doc) = (false, null);
        (_at, _column, _startsLine, _space) = (_at + length, _column + length, false, false);
    }

    // Three slashes document what follows; four or more are a rule across the page.
    private void LineComment()
    {
        var end = LineEnd();
        if (At("///") && !At("////") && _startsLine)
        {
            var line = _text.AsSpan(_at + 3, end - _at - 3).TrimEnd();
            if (line.StartsWith(" ")) line = line[1..];
            _doc = (_doc is null ? new StringBuilder() : _doc.Append('\n')).Append(line);
        }
        Blank(end - _at);
    }

    private void BlockComment()
    {
        var start = _at;
        var depth = 0;
        while (_at < _text.Length)
        {
            if (At("(*")) { depth++; Blank(2); }
            else if (At("*)")) { depth--; Blank(2); if (depth == 0) return; }
            else if (_text[_at] == '\n') (_at, _line, _column, _startsLine) = (_at + 1, _line + 1, 1, true);
            else Blank(1);
        }
        Report(SyntaxCodes.UnterminatedComment, "this comment is never closed", start, 2, "end it with '*)'; comments nest, so each '(*' needs its own");
    }

    private void String()
    {
        var (end, closed) = Scan.String(_text, _at);
        if (!closed) Report(SyntaxCodes.UnterminatedString, "this string has no closing quote on its line", _at, end - _at, "end it with '\"'; a line break inside a string is written '\\n'");
        for (var i = _at + 1; i < end - 1; i++)
        {
            if (_text[i] != '\\') continue;
            var length = Scan.Escape(_text, i).Length;
            if (length == 0) Report(SyntaxCodes.InvalidEscape, $"'\\{_text[i + 1]}' is no escape sequence", i, 2, "the escapes are \\\" \\\\ \\n \\r \\t and \\u with four hexadecimal digits");
            i += Math.Max(length, 2) - 1;
        }
        Add(TokenKind.Literal, end - _at);
    }

    private void SingleQuoted()
    {
        var (end, closed) = Scan.String(_text, _at);
        if (closed) Report(SyntaxCodes.UnterminatedString, "strings stand in double quotes", _at, end - _at, $"write \"{_text[(_at + 1)..(end - 1)]}\"");
        else Report(SyntaxCodes.UnexpectedCharacter, "a quote that belongs to nothing", _at, 1, "strings stand in double quotes");
        Add(TokenKind.Literal, closed ? end - _at : 1);
    }

    private void Number()
    {
        var (end, real) = Scan.Number(_text, _at);
        var stop = end;
        while (stop < _text.Length && Scan.IsWordPart(_text[stop])) stop++;
        var written = _text[_at..stop];
        if (stop > end)
        {
            Report(SyntaxCodes.MalformedNumber, $"'{written}' is not a number", _at, stop - _at,
                written.Contains('_') ? "numbers are written without underscores"
                : written.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? "numbers are written in decimal"
                : "numbers look like 64, 0.5 or 1e-3; to multiply, write '*'");
        }
        else if (real && double.IsInfinity(double.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture)))
        {
            Report(SyntaxCodes.NumberRange, $"{written} is too large for a real number", _at, stop - _at, "the largest is about 1.8e308");
        }
        else if (!real && !long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            Report(SyntaxCodes.NumberRange, $"{written} is too large for an integer", _at, stop - _at, $"the largest is {long.MaxValue}; as a real number it is written {written}.0");
        }
        Add(TokenKind.Literal, stop - _at);
    }

    // A run of characters the language does not use: one report, and one operand in its place.
    private void Unexpected()
    {
        var start = _at;
        var rune = Rune.TryGetRuneAt(_text, _at, out var r) ? r : Rune.ReplacementChar;
        var letters = Rune.IsLetter(rune);
        var end = start + rune.Utf16SequenceLength;
        while (letters && end < _text.Length && (Scan.IsWordPart(_text[end]) || char.IsLetter(_text, end))) end++;
        var shown = Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            || rune == Rune.ReplacementChar ? $"U+{(rune == Rune.ReplacementChar ? _text[start] : rune.Value):X4}" : $"'{_text[start..end]}'";
        Report(SyntaxCodes.UnexpectedCharacter, letters ? $"the name {shown} has letters that names cannot have" : $"unexpected character {shown}", start, end - start, rune.Value switch
        {
            0x2018 or 0x2019 or 0x201C or 0x201D or 0x00AB or 0x00BB => "strings stand in straight double quotes: \"...\"",
            0x2212 or 0x2013 or 0x2014 => "minus is the plain character '-'",
            0x00D7 or 0x22C5 or 0x00B7 => "multiplication is written '*'",
            0x2192 or 0x21A6 => "the arrow is written '->'",
            0x2264 => "'at most' is written '<='",
            0x2265 => "'at least' is written '>='",
            0x2260 => "inequality is written '<>'",
            0x223C => "a draw is written 'let! x = distribution'",
            0x00A0 or 0x3000 => "this is a special blank; use an ordinary space",
            '`' => "names are written without quotes",
            _ => letters ? "names are made of the letters a-z and A-Z, digits, '_' and \"'\"; spell it out, such as 'alpha'" : null,
        });
        Add(TokenKind.Literal, end - start);
    }

    private void Report(DiagnosticCode code, string message, int start, int length, string? hint)
    {
        _diagnostics.Add(new Diagnostic(code, message, new SourceSpan(_source, start, length)) { Hint = hint });
        _doubt = true;
    }
}
