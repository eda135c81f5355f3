using ProbNet.Graph;
using ProbNet.Language.Syntax.Grammar;

namespace ProbNet.Language.Syntax;

/// <summary>Where a declaration stops making sense: the place, what stands there and around it, and what could stand there.</summary>
internal sealed class Failure
{
    private readonly LaidOutText _text;
    private readonly Chunk _chunk;
    private readonly char _char;
    private readonly int _token;

    public Failure(LaidOutText text, Chunk chunk, LaidOutInput input, EqArray<string> expected)
    {
        (_text, _chunk, Expected) = (text, chunk, expected);
        var index = input.Index;
        _char = input.Current;
        _token = index >= chunk.End ? chunk.EndToken : Math.Min(text.TokenAt(index), chunk.EndToken);
        // At a place of its own in a token nothing fails, so the character is the token's first or a virtual one.
        Found = _token < chunk.EndToken && !Virtual.Is(_char) && index < chunk.End ? text.Tokens[_token] : null;
        AfterBlockEnd = index > chunk.Start && text.Text[index - 1] == Virtual.Close;
        Enclosing = FindEnclosing();
    }

    /// <summary>What could stand here, in the user's words.</summary>
    public EqArray<string> Expected { get; }

    /// <summary>The token that stands here, or null if a line, a block or the declaration ends or begins.</summary>
    public Token? Found { get; }

    /// <summary>Whether a block ends right before.</summary>
    public bool AfterBlockEnd { get; }

    /// <summary>The innermost bracket that is open here, or null.</summary>
    public Token? Enclosing { get; }

    /// <summary>Whether that bracket is the brace of <c>prob</c>.</summary>
    public bool InProb { get; private set; }

    /// <summary>Whether a line begins an item of its own here.</summary>
    public bool AtNewItem => _char == Virtual.Separator;

    /// <summary>Whether the declaration begins here.</summary>
    public bool AtStart => _token == _chunk.FirstToken;

    /// <summary>The token after the one that stands here, or after the place, within the declaration.</summary>
    public Token? Next => Ahead(Found is null ? 0 : 1);

    /// <summary>The token before, or null at the beginning.</summary>
    public Token? Previous => Ahead(-1);

    /// <summary>The token that many places on, if it belongs to the declaration.</summary>
    public Token? Ahead(int count) => _token + count >= _chunk.FirstToken && _token + count < _chunk.EndToken ? _text.Tokens[_token + count] : null;

    /// <summary>Whether <paramref name="what"/> could stand here.</summary>
    public bool Expects(string what) => Expected.Contains(what);

    /// <summary>Whether nothing on this line, or nothing at all, follows.</summary>
    public bool AtEnd => Found is null;

    /// <summary>Whether only a closing bracket follows on later lines.</summary>
    public bool IsLastLine
    {
        get
        {
            var count = 1;
            while (Ahead(count) is { StartsLine: false }) count++;
            return Ahead(count) is { Kind: TokenKind.Close };
        }
    }

    /// <summary>The place of what stands here; nothing stands right after the token before.</summary>
    public SourceSpan Span => Found is { } token ? At(token) : Previous is { } previous ? new SourceSpan(_text.Source, previous.End, 0) : new SourceSpan(_text.Source, _text.Tokens[_chunk.FirstToken].Start, 0);

    /// <summary>The place of a token.</summary>
    public SourceSpan At(Token token) => new(_text.Source, token.Start, token.Text.Length);

    /// <summary>What stands here, for a message.</summary>
    public string Description => Found switch
    {
        null when AtNewItem => "a new line",
        null when _token >= _chunk.EndToken && _chunk.EndToken == _text.Tokens.Count => "the end of the file",
        null when _token >= _chunk.EndToken => "the end of the declaration",
        null => "the end of the line",
        { Kind: TokenKind.Literal, Text: ['"', ..] } => "a string",
        { Kind: TokenKind.Word } word when Scan.Reserved.Contains(word.Text) => $"the word '{word.Text}'",
        { } token => $"'{token.Text}'",
    };

    /// <summary>What could stand here, for a message.</summary>
    public string ExpectedDescription => Expected.Count switch
    {
        0 => Expectation.End,
        1 => Expected[0],
        var n => string.Join(", ", Expected.Take(n - 1)) + " or " + Expected[n - 1],
    };

    private Token? FindEnclosing()
    {
        var open = new Stack<int>();
        for (var i = _chunk.FirstToken; i < _token; i++)
        {
            if (_text.Tokens[i].Kind == TokenKind.Open) open.Push(i);
            else if (_text.Tokens[i].Kind == TokenKind.Close) open.TryPop(out _);
        }
        if (!open.TryPeek(out var bracket)) return null;
        InProb = bracket > _chunk.FirstToken && _text.Tokens[bracket].Is("{") && _text.Tokens[bracket - 1].Is("prob");
        return _text.Tokens[bracket];
    }
}
