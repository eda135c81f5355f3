namespace ProbNet.Language.Syntax.Formatting;

/// <summary>The blank between two tokens of one line: one around operators, after commas and semicolons and inside braces, none inside other brackets.</summary>
internal static class Spacing
{
    /// <summary>Whether a blank stands between tokens i - 1 and i, which are on one line.</summary>
    public static bool Between(IReadOnlyList<Token> tokens, int i)
    {
        var (left, right) = (tokens[i - 1], tokens[i]);
        if (right.Kind is TokenKind.Comma or TokenKind.Semicolon) return false;
        if (left.Kind is TokenKind.Comma or TokenKind.Semicolon) return true;
        if (left.Is("{") || right.Is("}")) return !(left.Is("{") && right.Is("}"));
        if (left.Kind == TokenKind.Open || right.Kind == TokenKind.Close) return false;
        if (left.Is(".") || right.Is(".")) return right.Is(".") && right.SpaceBefore && !left.Is(".");
        if (right.Kind == TokenKind.Operator) return Before(tokens, i);
        if (left.Kind == TokenKind.Operator) return After(tokens, i - 1);
        // Whether brackets touch the word before them tells a call from an argument, and an index from a list.
        return right.Kind != TokenKind.Open || right.SpaceBefore || right.Is("{");
    }

    private static bool Before(IReadOnlyList<Token> tokens, int i) =>
        !IsBare(tokens, i) && (!IsTypeBracket(tokens, i) || tokens[i].SpaceBefore) && (!IsPrefix(tokens, i) || tokens[i - 1].Kind != TokenKind.Open);

    private static bool After(IReadOnlyList<Token> tokens, int i)
    {
        if (IsBare(tokens, i) || IsPrefix(tokens, i)) return false;
        return !IsTypeBracket(tokens, i) || (tokens[i].Is(">") && tokens[i + 1].SpaceBefore);
    }

    // The star that stands for a whole axis, and a range that is open on a side.
    private static bool IsBare(IReadOnlyList<Token> tokens, int i) => tokens[i].Is("*") && (i == 0 || tokens[i - 1].Kind is TokenKind.Open or TokenKind.Comma);

    // `f -1` passes minus one, `f - 1` and `f-1` subtract.
    private static bool IsPrefix(IReadOnlyList<Token> tokens, int i)
    {
        if (!tokens[i].Is("-")) return false;
        if (i == 0 || !EndsOperand(tokens[i - 1])) return true;
        return tokens[i].SpaceBefore && i + 1 < tokens.Count && tokens[i + 1].Line == tokens[i].Line && !tokens[i + 1].SpaceBefore;
    }

    // `int<c>`: written without blanks, where a comparison has them.
    private static bool IsTypeBracket(IReadOnlyList<Token> tokens, int i)
    {
        if (tokens[i].Is("<")) return i > 0 && tokens[i - 1].Is("int") && !tokens[i].SpaceBefore;
        if (!tokens[i].Is(">") || tokens[i].SpaceBefore) return false;
        for (var j = i - 1; j > 0 && tokens[j].Line == tokens[i].Line; j--)
        {
            if (tokens[j].Is("<")) return IsTypeBracket(tokens, j);
            if (tokens[j].Kind is TokenKind.Comma or TokenKind.Semicolon) return false;
        }
        return false;
    }

    private static bool EndsOperand(Token token) =>
        token.Kind is TokenKind.Literal or TokenKind.Close || (token.Kind == TokenKind.Word && (!Scan.Reserved.Contains(token.Text.TrimEnd('!')) || token.Text is "true" or "false"));
}
