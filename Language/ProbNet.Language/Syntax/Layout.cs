using System.Text;
using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>
/// The offside rule (spec/language.md, Layout): turns indentation into virtual open, separator and close characters, cuts the source into its top-level
/// declarations, and finds brackets that do not match. One pass over the tokens with a stack of what is open.
/// </summary>
internal sealed class Layout
{
    /// <summary>The most brackets and blocks that may be open at one time.</summary>
    public const int MaximumDepth = 1200;

    // Words that begin a declaration only where one can stand; elsewhere they are names.
    private static readonly EqArray<string> DeclarationWords = ["model", "guide", "infer", "data", "open", "module", "let"];

    private readonly SourceText _source;
    private readonly List<Token> _tokens;
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly StringBuilder _text = new();
    private readonly List<int> _offsets = [];
    private readonly List<int> _tokenAt = [];
    private readonly List<Chunk> _chunks = [];
    private readonly List<Context> _open = [];
    private readonly int _margin;

    private int _token;
    private (ContextKind Kind, int Parent)? _pending;
    private int _firstOfChunk = -1;
    private int _startOfChunk;
    private int _depth;
    private bool _abandoned;
    private bool _leavesMargin;
    private int _reported;

    private Layout(SourceText source, List<Token> tokens)
    {
        (_source, _tokens) = (source, tokens);
        _margin = tokens.Count > 0 ? tokens[0].Column : 1;
    }

    /// <summary>The laid-out text of a source and what lexing and layout find wrong.</summary>
    public static (LaidOutText Text, List<Diagnostic> Diagnostics) Of(SourceText source)
    {
        var (tokens, diagnostics) = Lexer.Tokens(source);
        var layout = new Layout(source, tokens);
        layout.Run();
        var chunks = layout.Chunks(diagnostics);
        return (new LaidOutText(source, tokens, layout._text.ToString(), [.. layout._offsets], [.. layout._tokenAt], chunks), diagnostics);
    }

    // Where the characters are wrong already, the layout of their declaration says nothing.
    private EqArray<Chunk> Chunks(List<Diagnostic> diagnostics)
    {
        var lexical = diagnostics.Select(d => d.Span.Start).Order().ToArray();
        var starts = _chunks.Select(c => _tokens[c.FirstToken].Start).ToArray();
        var broken = new bool[_chunks.Count];
        foreach (var start in lexical) if (ChunkAt(starts, start) is >= 0 and var i) broken[i] = true;
        diagnostics.AddRange(_diagnostics.Where(d => ChunkAt(starts, d.Span.Start) is var i && (i < 0 || !broken[i])));
        return _chunks.Select((chunk, i) => broken[i] ? chunk with { Doubtful = true } : chunk).ToEqArray();
    }

    // The last chunk that begins at or before an offset, or -1.
    private static int ChunkAt(int[] starts, int offset)
    {
        var index = Array.BinarySearch(starts, offset);
        return index >= 0 ? index : ~index - 1;
    }

    private Token Current => _tokens[_token];

    private void Run()
    {
        for (_token = 0; _token < _tokens.Count; _token++)
        {
            if (BeginsChunk()) NextChunk();
            if (_abandoned) continue;
            if (_pending is not null) OpenPending(false);
            else if (Current.StartsLine && _token > _firstOfChunk) NewLine();
            Process();
            if (_open.Count <= MaximumDepth) continue;
            Report(SyntaxCodes.TooDeep, $"more than {MaximumDepth} brackets and blocks are open here", Current, "give inner parts names with 'let'");
            _abandoned = true;
        }
        EndChunk();
    }

    // ---- declarations ----

    private bool BeginsChunk()
    {
        var token = Current;
        if (_firstOfChunk < 0) return true;
        if (!token.StartsLine) return false;
        if (token.Column > _margin) return StrayDeclaration();
        if (token.Kind == TokenKind.Close) return false;
        if (Continues(token)) return false;
        if (!_open.Exists(c => c.IsBracket) || _abandoned) return true;
        // Inside a bracket: a declaration means that the bracket was never closed; anything else was only not indented.
        if (token.Kind == TokenKind.Word && DeclarationWords.Contains(token.Text) && !(_leavesMargin && token.Text == "let") || token.Doc is not null) return true;
        if (_leavesMargin) return false;
        _leavesMargin = true;
        var bracket = _open.FindLast(c => c.IsBracket);
        _diagnostics.Add(new Diagnostic(SyntaxCodes.Indentation, $"this line is inside '{_tokens[bracket.Opener].Text}' but not indented", Span(token))
        {
            Notes = [new DiagnosticNote($"'{_tokens[bracket.Opener].Text}' is opened here", Span(_tokens[bracket.Opener]))],
            Hint = "lines at the left margin begin declarations; indent what is inside brackets",
        });
        _reported++;
        return false;
    }

    // `  model m (x : real) = …` after a finished declaration: indented by mistake.
    private bool StrayDeclaration()
    {
        var token = Current;
        if (token.Kind != TokenKind.Word || token.Text is not ("model" or "guide" or "infer" or "data" or "module" or "open")) return false;
        if (_open.Exists(c => c.IsBracket) || _token + 1 >= _tokens.Count || _tokens[_token + 1] is not { Kind: TokenKind.Word, StartsLine: false }) return false;
        if (token.Text is "model" or "guide" or "infer" or "data")
        {
            var equals = _token + 2;
            while (equals < _tokens.Count && !_tokens[equals].StartsLine && !_tokens[equals].Is("=")) equals++;
            if (equals >= _tokens.Count || !_tokens[equals].Is("=")) return false;
        }
        Report(SyntaxCodes.Indentation, $"'{token.Text}' begins a declaration and must not be indented", token, $"move it to column {_margin}, where the file's first line begins");
        _reported--;
        return true;
    }

    private void NextChunk()
    {
        EndChunk();
        _firstOfChunk = _token;
        _startOfChunk = _text.Length;
        if (Current.Kind == TokenKind.Word && Current.Text is not ("open" or "module")) Push(new Context(ContextKind.Binding, Current.Column, Current.Column, false));
    }

    private void EndChunk()
    {
        if (_firstOfChunk < 0) return;
        if (_pending is not null && !_abandoned) OpenPending(true);
        var unclosed = _open.FindLastIndex(c => c.IsBracket);
        if (unclosed >= 0 && !_abandoned) Unclosed(_open[unclosed], null);
        while (_open.Count > 0) Pop();
        _chunks.Add(new Chunk(_startOfChunk, _text.Length, _firstOfChunk, _token, _reported > 0, _abandoned, _depth));
        // Keeps the words at the ends of two declarations apart.
        Insert(Virtual.Separator);
        (_reported, _abandoned, _depth, _leavesMargin, _pending, _firstOfChunk) = (0, false, 0, false, null, -1);
    }

    // ---- lines ----

    // What the first token of a line means for the blocks that are open.
    private void NewLine()
    {
        var token = Current;
        if (token.Kind == TokenKind.Close || token.Is("then") || token.Is("elif") || token.Is("else") || token.Is("in")) return;
        if (Infix(token))
        {
            ContinueWithInfix(token);
            return;
        }
        if (token.Kind == TokenKind.Word && token.Text is "let!" or "do!" or "return" or "return!" or "let" && BeginsStatement(token)) return;
        while (_open.Count > 0)
        {
            var top = _open[^1];
            switch (top.Kind)
            {
                case ContextKind.Binding or ContextKind.If:
                    if (token.Column > top.Parent) return;
                    Pop();
                    break;
                case ContextKind.Plain:
                    return;
                case ContextKind.Items or ContextKind.Prob:
                    if (token.Column > top.Column) return;
                    Separate(top, token);
                    return;
                default:
                    if (token.Column > top.Column || (top.Inline && token.Column < top.Column && token.Column > top.Parent)) return;
                    if (token.Column == top.Column)
                    {
                        Separate(top, token);
                        return;
                    }
                    Pop();
                    break;
            }
        }
    }

    // A list, record or prob block may begin on the line of its bracket and go on further left: its items then stand at that column.
    private void Separate(Context top, Token token)
    {
        if (top.Column != token.Column) _open[^1] = top with { Column = token.Column };
        if (!Expects(_tokens[_token - 1])) Insert(Virtual.Separator);
    }

    // Statement words say by themselves where they belong: to the innermost prob block that begins at their column, or else to the innermost one.
    private bool BeginsStatement(Token token)
    {
        var plain = token.Text == "let";
        var innermost = _open.FindLastIndex(c => c.Kind == ContextKind.Prob || (plain && c.IsBlock && !c.Inline));
        if (innermost < 0) return false;
        var target = _open.FindLastIndex(innermost, c => (c.Kind == ContextKind.Prob || (plain && c.IsBlock && !c.Inline)) && c.Column == token.Column);
        if (target < 0)
        {
            if (plain) return false;
            target = innermost;
        }
        var bracket = _open.FindLastIndex(c => c.IsBracket);
        if (bracket > target)
        {
            // A further let may be the first token inside the bracket's own block.
            if (plain && Expects(_tokens[_token - 1])) return false;
            Unclosed(_open[bracket], token);
        }
        else if (token.Column > _open[target].Column && token.Column != _open[target].Column && !Expects(_tokens[_token - 1]))
        {
            Report(SyntaxCodes.Indentation, $"'{token.Text}' is indented deeper than the statement above it", token,
                $"statements of one block begin in one column, here column {_open[target].Column}");
        }
        while (_open.Count > target + 1) Pop();
        var column = Math.Min(_open[target].Column, token.Column);
        if (!_open[target].IsBlock) _open[target] = _open[target] with { Column = column };
        if (!Expects(_tokens[_token - 1])) Insert(Virtual.Separator);
        return true;
    }

    // A line that begins with an infix operator goes on with an expression: that of the innermost block whose column it does not fall short of by more
    // than the operator and a blank (as in F#), or else of the innermost block whose line it is indented under.
    private void ContinueWithInfix(Token token)
    {
        var slack = token.Text.Length + 1;
        var block = -1;
        for (var i = _open.Count - 1; i >= 0 && (_open[i].IsBlock || _open[i].Kind is ContextKind.If); i--)
        {
            if (_open[i].Kind == ContextKind.If)
            {
                if (i == _open.Count - 1) return;
                continue;
            }
            if (token.Column <= _open[i].Parent) continue;
            if (token.Column >= _open[i].Column - slack)
            {
                block = i;
                break;
            }
            if (block < 0) block = i;
        }
        if (block < 0)
        {
            while (_open.Count > 0 && _open[^1].IsBlock && token.Column <= _open[^1].Parent) Pop();
            return;
        }
        while (_open.Count > block + 1) Pop();
    }

    // A token that an expression cannot begin with, so that its line goes on with the one before. `-1` begins one, `- 1` does not.
    private bool Infix(Token token) =>
        token.Kind == TokenKind.Comma
        || (token.Kind == TokenKind.Operator && (!token.Is("-") || FollowedByBlank(token)))
        || token.Is("on");

    private bool FollowedByBlank(Token token)
    {
        var next = _token + 1;
        return next >= _tokens.Count || _tokens[next].Start > token.End;
    }

    private bool Continues(Token token) => Infix(token) || token.Is("then") || token.Is("elif") || token.Is("else") || token.Is("in");

    // Whether something must follow that token, so that no item ends after it.
    private static bool Expects(Token token) =>
        token.Kind is TokenKind.Operator or TokenKind.Comma or TokenKind.Semicolon or TokenKind.Open
        || token.Is("on") || token.Is("if") || token.Is("then") || token.Is("elif") || token.Is("else") || token.Is("in") || token.Is("not");

    // ---- tokens ----

    private void Process()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Open:
                Emit();
                OpenBracket(token);
                return;
            case TokenKind.Close:
                CloseBracket(token);
                return;
            case TokenKind.Semicolon:
                if (_open.Exists(c => c.IsBracket)) while (!_open[^1].IsBracket) Pop();
                break;
            case TokenKind.Operator when token.Text == "->":
                Emit();
                _pending = (ContextKind.Block, ItemColumn());
                return;
            case TokenKind.Operator when token.Text == "=" && _open.Count > 0 && _open[^1].Kind == ContextKind.Binding:
                var parent = _open[^1].Column;
                Pop();
                Emit();
                _pending = (ContextKind.Body, parent);
                return;
            case TokenKind.Word:
                Word(token);
                return;
        }
        Emit();
    }

    private void Word(Token token)
    {
        switch (token.Text)
        {
            case "let" or "let!" when _token > _firstOfChunk:
                Emit();
                Push(new Context(ContextKind.Binding, token.Column, token.Column, false));
                return;
            case "if":
                Emit();
                Push(new Context(ContextKind.If, token.Column, ItemColumn(), false));
                return;
            case "then" when PopTo(ContextKind.If):
                Emit();
                _pending = (ContextKind.Then, ItemColumn());
                return;
            case "elif" when PopTo(ContextKind.Then):
                Emit();
                Push(new Context(ContextKind.If, token.Column, ItemColumn(), false));
                return;
            case "else" when PopTo(ContextKind.Then):
                Emit();
                _pending = (ContextKind.Block, ItemColumn());
                return;
            case "in":
                PopTo(ContextKind.Body);
                break;
        }
        Emit();
    }

    // Closes what is open up to and with the innermost context of that kind, unless a bracket is in between.
    private bool PopTo(ContextKind kind)
    {
        var index = _open.FindLastIndex(c => c.Kind == kind);
        if (index < 0 || _open.FindLastIndex(c => c.IsBracket) > index) return false;
        while (_open.Count > index) Pop();
        return true;
    }

    private void OpenBracket(Token token)
    {
        var previous = _token > 0 ? _tokens[_token - 1] : default;
        var next = _token + 1 < _tokens.Count ? _tokens[_token + 1] : default;
        var kind = token.Text switch
        {
            "{" => _token > _firstOfChunk && previous.Is("prob") ? ContextKind.Prob : ContextKind.Items,
            "[" when !(previous.Is(".") && !token.SpaceBefore) => ContextKind.Items,
            _ => ContextKind.Plain,
        };
        var parent = ItemColumn();
        Push(new Context(kind, next.Text is null ? token.Column : next.Column, parent, !next.StartsLine, _token));
        // Parentheses around local definitions hold a block.
        if (token.Text == "(" && next.Is("let")) _pending = (ContextKind.Block, 0);
    }

    private void CloseBracket(Token token)
    {
        var index = _open.FindLastIndex(c => c.IsBracket && Closes(token, c));
        if (index < 0)
        {
            // The first one tells; in what follows, brackets are out of step anyway.
            if (_reported++ > 0) return;
            var open = _open.FindLastIndex(c => c.IsBracket);
            _diagnostics.Add(new Diagnostic(SyntaxCodes.UnmatchedBracket, $"'{token.Text}' closes nothing", Span(token))
            {
                Notes = open < 0 ? [] : [new DiagnosticNote($"the bracket that is open here is '{_tokens[_open[open].Opener].Text}'", Span(_tokens[_open[open].Opener]))],
                Hint = open < 0 ? "remove it, or open it before" : $"write '{Closer(_tokens[_open[open].Opener])}', or remove it",
            });
            return;
        }
        var inner = _open.FindLastIndex(c => c.IsBracket);
        if (inner > index) Unclosed(_open[inner], token);
        while (_open.Count > index + 1) Pop();
        Pop();
        Emit();
    }

    private bool Closes(Token token, Context bracket) => token.Text == Closer(_tokens[bracket.Opener]);

    private static string Closer(Token opener) => opener.Text switch { "(" => ")", "[" => "]", _ => "}" };

    private void Unclosed(Context bracket, Token? before)
    {
        var opener = _tokens[bracket.Opener];
        _diagnostics.Add(new Diagnostic(SyntaxCodes.UnclosedBracket, $"'{opener.Text}' is never closed", Span(opener))
        {
            Notes = before is { } token ? [new DiagnosticNote($"it should be closed before this '{token.Text}'", Span(token))]
                : _token < _tokens.Count ? [new DiagnosticNote("the next declaration begins here", Span(_tokens[_token]))] : [],
            Hint = $"add the missing '{Closer(opener)}'",
        });
        _reported++;
    }

    // ---- the stack and the text ----

    // The column under which lines belong to what is being opened now.
    private int ItemColumn()
    {
        var holder = _open.FindLastIndex(c => c.Kind is not (ContextKind.Plain or ContextKind.If));
        return holder < 0 ? _margin : _open[holder].ItemColumn;
    }

    private void OpenPending(bool ends)
    {
        var (kind, parent) = _pending!.Value;
        _pending = null;
        Insert(Virtual.Open);
        var token = ends ? default : Current;
        var outside = ends || (token.StartsLine && token.Column <= parent);
        var empty = outside || token.Kind is TokenKind.Close or TokenKind.Semicolon;
        Push(new Context(kind, empty ? int.MaxValue : token.Column, parent, !empty && !token.StartsLine));
        if (!outside) return;
        // The block's first line is not indented under what opened it: the block is empty, and the line means what it means outside.
        Pop();
        if (!ends) NewLine();
    }

    private void Push(Context context)
    {
        _open.Add(context);
        _depth = Math.Max(_depth, _open.Count);
    }

    private void Pop()
    {
        if (_open[^1].IsBlock) Insert(Virtual.Close);
        _open.RemoveAt(_open.Count - 1);
    }

    private void Insert(char c)
    {
        _text.Append(c);
        _offsets.Add(_token > 0 ? _tokens[_token - 1].End : 0);
        _tokenAt.Add(_token);
    }

    private void Emit()
    {
        var token = Current;
        if (token.SpaceBefore && _text.Length > _startOfChunk && !Virtual.Is(_text[^1]))
        {
            _text.Append(' ');
            _offsets.Add(token.Start - 1);
            _tokenAt.Add(_token);
        }
        _text.Append(token.Text);
        for (var i = 0; i < token.Text.Length; i++)
        {
            _offsets.Add(token.Start + i);
            _tokenAt.Add(_token);
        }
    }

    private SourceSpan Span(Token token) => new(_source, token.Start, token.Text.Length);

    private void Report(DiagnosticCode code, string message, Token token, string hint)
    {
        _diagnostics.Add(new Diagnostic(code, message, Span(token)) { Hint = hint });
        _reported++;
    }
}
