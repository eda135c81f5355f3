namespace ProbNet.Language.Syntax;

/// <summary>The sorts of tokens, as far as layout tells them apart.</summary>
internal enum TokenKind
{
    /// <summary>A name or a word of the language.</summary>
    Word,
    /// <summary>A number, string or anything else that is one operand.</summary>
    Literal,
    /// <summary>An operator or other symbol.</summary>
    Operator,
    /// <summary>An opening bracket.</summary>
    Open,
    /// <summary>A closing bracket.</summary>
    Close,
    /// <summary><c>,</c></summary>
    Comma,
    /// <summary><c>;</c></summary>
    Semicolon,
}

/// <summary>A token of the source.</summary>
/// <param name="Kind">Its sort.</param>
/// <param name="Text">Its characters.</param>
/// <param name="Start">Offset of the first of them.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1; a tab reaches to the next multiple of four.</param>
/// <param name="StartsLine">Whether only blanks and comments stand before it on its line.</param>
/// <param name="SpaceBefore">Whether something separates it from the token before.</param>
/// <param name="Doc">The documentation comment that ends right before it, or null.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int Line, int Column, bool StartsLine, bool SpaceBefore, string? Doc)
{
    /// <summary>The offset after the last character.</summary>
    public int End => Start + Text.Length;

    /// <summary>Whether it is that word or symbol.</summary>
    public bool Is(string text) => Kind != TokenKind.Literal && Text == text;
}
