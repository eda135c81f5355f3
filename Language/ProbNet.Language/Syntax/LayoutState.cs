using System.Text;

namespace ProbNet.Language.Syntax;

/// <summary>What layout has open at a token, what it has written so far, and what it has to say: the mutable part of one pass.</summary>
internal sealed class LayoutState(SourceText source, List<Token> tokens)
{
    private readonly StringBuilder _text = new();
    private readonly List<int> _offsets = [];
    private readonly List<int> _tokenAt = [];
    private readonly List<Context> _open = [];
    private int _start;

    /// <summary>The column of top-level declarations.</summary>
    public int Margin { get; } = tokens.Count > 0 ? tokens[0].Column : 1;

    /// <summary>Index of the token the pass is at.</summary>
    public int Index { get; set; }

    /// <summary>What is open, innermost last.</summary>
    public List<Context> Open => _open;

    /// <summary>The greatest number of contexts open since <see cref="Begin"/>.</summary>
    public int Depth { get; private set; }

    /// <summary>What was found wrong.</summary>
    public List<Diagnostic> Diagnostics { get; } = [];

    /// <summary>The number of characters written.</summary>
    public int Length => _text.Length;

    /// <summary>The token the pass is at.</summary>
    public Token Current => tokens[Index];

    /// <summary>The token before, which must exist.</summary>
    public Token Previous => tokens[Index - 1];

    /// <summary>The token after, or null.</summary>
    public Token? Next => Index + 1 < tokens.Count ? tokens[Index + 1] : null;

    /// <summary>The bracket that opened a context.</summary>
    public Token Opener(Context context) => tokens[context.Opener];

    /// <summary>Index in <see cref="Open"/> of the innermost bracket, or -1.</summary>
    public int InnermostBracket => _open.FindLastIndex(c => c.IsBracket);

    /// <summary>The column under which lines belong to what would be opened now.</summary>
    public int ItemColumn
    {
        get
        {
            var holder = _open.FindLastIndex(c => c.Kind is not (ContextKind.Plain or ContextKind.If));
            return holder < 0 ? Margin : _open[holder].ItemColumn;
        }
    }

    /// <summary>Begins a declaration.</summary>
    public void Begin() => (_start, Depth) = (_text.Length, 0);

    /// <summary>Opens a context.</summary>
    public void Push(Context context)
    {
        _open.Add(context);
        Depth = Math.Max(Depth, _open.Count);
    }

    /// <summary>Closes the innermost context.</summary>
    public void Pop()
    {
        if (_open[^1].IsBlock) Insert(Virtual.Close);
        _open.RemoveAt(_open.Count - 1);
    }

    /// <summary>Closes contexts until that many are open.</summary>
    public void PopTo(int count)
    {
        while (_open.Count > count) Pop();
    }

    /// <summary>Closes what is open up to and with the innermost context of that kind, unless there is none or a bracket is in between.</summary>
    public bool PopThrough(ContextKind kind)
    {
        var index = _open.FindLastIndex(c => c.Kind == kind);
        if (index < 0 || InnermostBracket > index) return false;
        PopTo(index);
        return true;
    }

    /// <summary>Writes a virtual character, which stands right after the token before.</summary>
    public void Insert(char c)
    {
        _text.Append(c);
        _offsets.Add(Index > 0 ? Previous.End : 0);
        _tokenAt.Add(Index);
    }

    /// <summary>Writes the current token, after a blank if something separates it from what was written for the declaration before it.</summary>
    public void Emit()
    {
        var token = Current;
        if (token.SpaceBefore && _text.Length > _start && !Virtual.Is(_text[^1]))
        {
            _text.Append(' ');
            _offsets.Add(token.Start - 1);
            _tokenAt.Add(Index);
        }
        _text.Append(token.Text);
        for (var i = 0; i < token.Text.Length; i++)
        {
            _offsets.Add(token.Start + i);
            _tokenAt.Add(Index);
        }
    }

    /// <summary>What was written.</summary>
    public LaidOutText Finish(IEnumerable<Chunk> chunks) => new(source, tokens, _text.ToString(), [.. _offsets], [.. _tokenAt], [.. chunks]);

    /// <summary>The place of a token.</summary>
    public SourceSpan Span(Token token) => new(source, token.Start, token.Text.Length);

    /// <summary>Says something about a token.</summary>
    public void Report(DiagnosticCode code, string message, Token token, string hint, DiagnosticNote? note = null) =>
        Diagnostics.Add(new Diagnostic(code, message, Span(token)) { Hint = hint, Notes = note is null ? [] : [note] });

    /// <summary>Says that a bracket is not closed before a token, or before whatever comes after the declaration.</summary>
    public void ReportUnclosed(Context bracket, Token? before)
    {
        var opener = Opener(bracket);
        var note = before is { } token ? new DiagnosticNote($"it should be closed before this '{token.Text}'", Span(token))
            : Index < tokens.Count ? new DiagnosticNote("the next declaration begins here", Span(Current))
            : null;
        Report(SyntaxCodes.UnclosedBracket, $"'{opener.Text}' is never closed", opener, $"add the missing '{Closer(opener)}'", note);
    }

    /// <summary>The bracket that closes what another opens.</summary>
    public static string Closer(Token opener) => opener.Text switch { "(" => ")", "[" => "]", _ => "}" };
}
