using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>
/// Turns indentation into virtual open, separator and close characters, cuts the source into its top-level declarations, and finds brackets that do not
/// match (spec/language.md, Layout). One pass over the tokens with a stack of what is open.
/// </summary>
internal sealed class Layout
{
    /// <summary>The most brackets and blocks that may be open at one time.</summary>
    public const int MaximumDepth = 1200;

    // Words that begin a declaration only where one can stand; elsewhere they are names.
    private static readonly EqArray<string> DeclarationWords = ["model", "guide", "infer", "data", "open", "module"];

    private readonly List<Token> _tokens;
    private readonly LayoutState _state;
    private readonly List<Chunk> _chunks = [];

    // A block that opens before the next token, and the column that token must exceed on a line of its own.
    private (ContextKind Kind, int Parent)? _pending;
    private int _first = -1;
    private int _start;
    private bool _abandoned;
    private bool _unindented;
    private bool _unmatched;

    private Layout(SourceText source, List<Token> tokens) => (_tokens, _state) = (tokens, new LayoutState(source, tokens));

    /// <summary>The laid-out text of a source and what lexing and layout find wrong.</summary>
    public static (LaidOutText Text, List<Diagnostic> Diagnostics) Of(SourceText source)
    {
        var (tokens, diagnostics, doubtful) = Lexer.Tokens(source);
        var layout = new Layout(source, tokens);
        layout.Run();
        var chunks = layout.Judge(diagnostics, doubtful);
        return (layout._state.Finish(chunks), diagnostics);
    }

    // Where the characters are wrong already, the layout of their declaration says nothing.
    private EqArray<Chunk> Judge(List<Diagnostic> diagnostics, List<int> doubtful)
    {
        var starts = _chunks.Select(c => _tokens[c.FirstToken].Start).ToArray();
        var from = Enumerable.Repeat(int.MaxValue, starts.Length).ToArray();
        foreach (var token in doubtful) Lower(token);
        diagnostics.AddRange(_state.Diagnostics.Where(d => from[ChunkAt(d.Span.Start)] == int.MaxValue).ToArray());
        foreach (var diagnostic in _state.Diagnostics) Lower(diagnostic.Span.Start);
        return _chunks.Select((chunk, i) => chunk with { DoubtfulFrom = from[i] }).ToEqArray();

        void Lower(int offset) => from[ChunkAt(offset)] = Math.Min(from[ChunkAt(offset)], offset);

        int ChunkAt(int offset)
        {
            var index = Array.BinarySearch(starts, offset);
            return index >= 0 ? index : ~index - 1;
        }
    }

    private void Run()
    {
        for (_state.Index = 0; _state.Index < _tokens.Count; _state.Index++)
        {
            if (BeginsChunk()) NextChunk();
            if (_abandoned) continue;
            if (_pending is not null) OpenPending(false);
            else if (_state.Current.StartsLine && _state.Index > _first) Offside.BeginLine(_state);
            Process(_state.Current);
            if (_state.Open.Count <= MaximumDepth) continue;
            _state.Report(SyntaxCodes.TooDeep, $"more than {MaximumDepth} brackets and blocks are open here", _state.Current, "give inner parts names with 'let'");
            _abandoned = true;
        }
        EndChunk();
    }

    // ---- declarations ----

    private bool BeginsChunk()
    {
        var token = _state.Current;
        if (_first < 0) return true;
        if (!token.StartsLine) return false;
        if (token.Column > _state.Margin) return IsIndentedDeclaration(token);
        if (token.Kind == TokenKind.Close || Offside.Continues(_state)) return false;
        var bracket = _state.InnermostBracket;
        if (bracket < 0 || _abandoned) return true;
        // Inside a bracket: a declaration means that the bracket was never closed; anything else was only not indented.
        if (token.Doc is not null || (token.Kind == TokenKind.Word && (DeclarationWords.Contains(token.Text) || (token.Text == "let" && !_unindented)))) return true;
        if (_unindented) return false;
        _unindented = true;
        var opener = _state.Opener(_state.Open[bracket]);
        _state.Report(SyntaxCodes.Indentation, $"this line is inside '{opener.Text}' but not indented", token,
            "lines at the left margin begin declarations; indent what is inside brackets", new DiagnosticNote($"'{opener.Text}' is opened here", _state.Span(opener)));
        return false;
    }

    // `  model m (x : real[n]) = …` after a finished declaration.
    private bool IsIndentedDeclaration(Token token)
    {
        if (token.Kind != TokenKind.Word || !DeclarationWords.Contains(token.Text)) return false;
        if (_state.InnermostBracket >= 0 || _state.Next is not { Kind: TokenKind.Word, StartsLine: false }) return false;
        if (token.Text is not ("open" or "module"))
        {
            // Its equals sign stands outside brackets: `infer (let a = 1 in a)` is an expression.
            var (sign, depth) = (_state.Index + 2, 0);
            for (; sign < _tokens.Count && !_tokens[sign].StartsLine && !(depth == 0 && _tokens[sign].Is("=")); sign++)
                depth += _tokens[sign].Kind switch { TokenKind.Open => 1, TokenKind.Close => -1, _ => 0 };
            if (depth != 0 || sign >= _tokens.Count || !_tokens[sign].Is("=")) return false;
        }
        _state.Report(SyntaxCodes.Indentation, $"'{token.Text}' begins a declaration and must not be indented", token,
            $"move it to column {_state.Margin}, where the file's first line begins");
        return true;
    }

    private void NextChunk()
    {
        EndChunk();
        (_first, _start) = (_state.Index, _state.Length);
        _state.Begin();
        var token = _state.Current;
        if (token.Kind == TokenKind.Word && token.Text is not ("open" or "module")) _state.Push(new Context(ContextKind.Binding, token.Column, token.Column, false));
    }

    private void EndChunk()
    {
        if (_first < 0) return;
        if (_pending is not null && !_abandoned) OpenPending(true);
        var unclosed = _state.InnermostBracket;
        if (unclosed >= 0 && !_abandoned) _state.ReportUnclosed(_state.Open[unclosed], null);
        _state.PopTo(0);
        _chunks.Add(new Chunk(_start, _state.Length, _first, _state.Index, int.MaxValue, _abandoned, _state.Depth));
        // Keeps the words at the ends of two declarations apart.
        _state.Insert(Virtual.Separator);
        (_first, _pending, _abandoned, _unindented, _unmatched) = (-1, null, false, false, false);
    }

    // ---- tokens ----

    private void Process(Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Open:
                _state.Emit();
                OpenBracket(token);
                return;
            case TokenKind.Close:
                CloseBracket(token);
                return;
            case TokenKind.Semicolon when _state.InnermostBracket is >= 0 and var bracket:
                _state.PopTo(bracket + 1);
                break;
            case TokenKind.Operator when token.Text == "->":
                _state.Emit();
                _pending = (ContextKind.Block, _state.ItemColumn);
                return;
            case TokenKind.Operator when token.Text == "=" && _state.Open is [.., { Kind: ContextKind.Binding } binding]:
                _state.Pop();
                _state.Emit();
                _pending = (ContextKind.Body, binding.Column);
                return;
            case TokenKind.Word:
                ProcessWord(token);
                return;
        }
        _state.Emit();
    }

    private void ProcessWord(Token token)
    {
        switch (token.Text)
        {
            case "let" or "let!" when _state.Index > _first:
                _state.Emit();
                _state.Push(new Context(ContextKind.Binding, token.Column, token.Column, false));
                return;
            case "if":
            case "elif" when _state.PopThrough(ContextKind.Then):
                _state.Emit();
                _state.Push(new Context(ContextKind.If, token.Column, _state.ItemColumn, false));
                return;
            case "then" when _state.PopThrough(ContextKind.If):
                _state.Emit();
                _pending = (ContextKind.Then, _state.ItemColumn);
                return;
            case "else" when _state.PopThrough(ContextKind.Then):
                _state.Emit();
                _pending = (ContextKind.Block, _state.ItemColumn);
                return;
            case "in":
                _state.PopThrough(ContextKind.Body);
                break;
        }
        _state.Emit();
    }

    private void OpenPending(bool ends)
    {
        var (kind, parent) = _pending!.Value;
        _pending = null;
        _state.Insert(Virtual.Open);
        var token = ends ? default : _state.Current;
        var outside = ends || (token.StartsLine && token.Column <= parent);
        var empty = outside || token.Kind is TokenKind.Close or TokenKind.Semicolon;
        _state.Push(new Context(kind, empty ? int.MaxValue : token.Column, parent, !empty && !token.StartsLine));
        if (!outside) return;
        // The block's first line is not indented under what opened it: the block is empty, and the line means what it means outside.
        _state.Pop();
        if (!ends) Offside.BeginLine(_state);
    }

    private void OpenBracket(Token token)
    {
        var kind = token.Text switch
        {
            "{" => _state.Index > _first && _state.Previous.Is("prob") ? ContextKind.Prob : ContextKind.Items,
            "[" when token.SpaceBefore || _state.Index == _first || !_state.Previous.Is(".") => ContextKind.Items,
            _ => ContextKind.Plain,
        };
        var next = _state.Next;
        _state.Push(new Context(kind, next?.Column ?? token.Column, _state.ItemColumn, next is { StartsLine: false }, _state.Index));
        // Parentheses around local definitions hold a block.
        if (token.Text == "(" && next is { Text: "let" }) _pending = (ContextKind.Block, 0);
    }

    private void CloseBracket(Token token)
    {
        var index = _state.Open.FindLastIndex(c => c.IsBracket && token.Text == LayoutState.Closer(_state.Opener(c)));
        var inner = _state.InnermostBracket;
        if (index < 0)
        {
            // The first one tells; in what follows, brackets are out of step anyway.
            if (_unmatched) return;
            _unmatched = true;
            if (inner < 0)
            {
                _state.Report(SyntaxCodes.UnmatchedBracket, $"'{token.Text}' closes nothing", token, "remove it, or open it before");
                return;
            }
            var opener = _state.Opener(_state.Open[inner]);
            _state.Report(SyntaxCodes.UnmatchedBracket, $"'{token.Text}' closes nothing", token, $"write '{LayoutState.Closer(opener)}', or remove it",
                new DiagnosticNote($"the bracket that is open here is '{opener.Text}'", _state.Span(opener)));
            return;
        }
        if (inner > index) _state.ReportUnclosed(_state.Open[inner], token);
        _state.PopTo(index);
        _state.Emit();
    }
}
