namespace ProbNet.Language.Syntax;

/// <summary>The offside rule proper: what the first token of a line means for what is open (spec/language.md, Layout, rules 3, 4 and 6).</summary>
internal static class Offside
{
    /// <summary>Closes what the line at the current token leaves, and separates it from the item above if it begins one.</summary>
    public static void BeginLine(LayoutState state)
    {
        var token = state.Current;
        if (token.Kind == TokenKind.Close || IsInnerWord(token)) return;
        if (IsInfix(state, token))
        {
            ContinueWithInfix(state, token);
            return;
        }
        if (token.Kind == TokenKind.Word && token.Text is "let!" or "do!" or "return" or "return!" or "let" && BeginsStatement(state, token)) return;
        while (state.Open.Count > 0)
        {
            var top = state.Open[^1];
            switch (top.Kind)
            {
                case ContextKind.Plain:
                    return;
                case ContextKind.Binding or ContextKind.If when token.Column > top.Parent:
                    return;
                case ContextKind.Items or ContextKind.Prob when token.Column > top.Column:
                    return;
                case ContextKind.Items or ContextKind.Prob:
                    // Begun on the line of its bracket and gone on further left: the items stand at that column from here.
                    state.Open[^1] = top with { Column = token.Column };
                    Separate(state);
                    return;
                case ContextKind.Body or ContextKind.Block or ContextKind.Then when token.Column == top.Column:
                    Separate(state);
                    return;
                case ContextKind.Body or ContextKind.Block or ContextKind.Then when token.Column > top.Column || (top.Inline && token.Column > top.Parent):
                    return;
                default:
                    state.Pop();
                    break;
            }
        }
    }

    /// <summary>Whether a line that begins with the current token never begins a declaration.</summary>
    public static bool Continues(LayoutState state) => IsInfix(state, state.Current) || IsInnerWord(state.Current);

    private static void Separate(LayoutState state)
    {
        if (!Expects(state.Previous)) state.Insert(Virtual.Separator);
    }

    // Statement words say by themselves where they belong: to the innermost prob block that begins at their column, or else to the innermost one.
    private static bool BeginsStatement(LayoutState state, Token token)
    {
        var plain = token.Text == "let";
        bool Holds(Context c) => c.Kind == ContextKind.Prob || (plain && c.IsBlock && !c.Inline);
        var innermost = state.Open.FindLastIndex(Holds);
        if (innermost < 0) return false;
        var target = state.Open.FindLastIndex(innermost, c => Holds(c) && c.Column == token.Column);
        if (target < 0 && plain) return false;
        if (target < 0) target = innermost;
        var bracket = state.InnermostBracket;
        if (bracket > target)
        {
            // A let may also be the first token inside the bracket.
            if (plain && Expects(state.Previous)) return false;
            state.ReportUnclosed(state.Open[bracket], token);
        }
        else if (token.Column > state.Open[target].Column && !Expects(state.Previous))
        {
            state.Report(SyntaxCodes.Indentation, $"'{token.Text}' is indented deeper than the statement above it", token,
                $"statements of one block begin in one column, here column {state.Open[target].Column}");
        }
        state.PopTo(target + 1);
        if (token.Column < state.Open[target].Column) state.Open[target] = state.Open[target] with { Column = token.Column };
        Separate(state);
        return true;
    }

    // As in F#, an operator may stand left of its block by its own length and a blank; if no block is that near, the innermost one whose containing line the
    // operator is indented under goes on.
    private static void ContinueWithInfix(LayoutState state, Token token)
    {
        var open = state.Open;
        if (open.Count > 0 && open[^1].Kind == ContextKind.If) return;
        var chosen = -1;
        for (var i = open.Count - 1; i >= 0 && (open[i].IsBlock || open[i].Kind == ContextKind.If); i--)
        {
            if (!open[i].IsBlock || token.Column <= open[i].Parent) continue;
            var near = token.Column >= open[i].Column - token.Text.Length - 1;
            if (near || chosen < 0) chosen = i;
            if (near) break;
        }
        if (chosen >= 0) state.PopTo(chosen + 1);
        else while (open.Count > 0 && open[^1].IsBlock) state.Pop();
    }

    // A token that no expression begins with, so that its line goes on with the one before. `-1` begins one, `- 1` does not.
    private static bool IsInfix(LayoutState state, Token token) =>
        token.Kind == TokenKind.Comma || token.Is("on") || (token.Kind == TokenKind.Operator && (!token.Is("-") || state.Next is not { } next || next.Start > token.End));

    private static bool IsInnerWord(Token token) => token.Kind == TokenKind.Word && token.Text is "then" or "elif" or "else" or "in";

    // Whether something must follow that token, so that no item ends after it.
    private static bool Expects(Token token) =>
        token.Kind is TokenKind.Operator or TokenKind.Comma or TokenKind.Semicolon or TokenKind.Open
        || (token.Kind == TokenKind.Word && token.Text is "on" or "if" or "then" or "elif" or "else" or "in" or "not");
}
