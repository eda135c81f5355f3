namespace ProbNet.Language.Syntax;

/// <summary>What is open at some place of the source.</summary>
internal enum ContextKind
{
    /// <summary>A definition whose <c>=</c> has not come yet.</summary>
    Binding,
    /// <summary>The block after the <c>=</c> of a definition.</summary>
    Body,
    /// <summary>A block after <c>-></c> or <c>else</c>, or in parentheses.</summary>
    Block,
    /// <summary>A block after <c>then</c>.</summary>
    Then,
    /// <summary>A condition whose <c>then</c> has not come yet.</summary>
    If,
    /// <summary>Parentheses or an index: lines mean nothing inside.</summary>
    Plain,
    /// <summary>A list or record: a line at its column begins an item.</summary>
    Items,
    /// <summary><c>prob { }</c>: a line at its column begins a statement.</summary>
    Prob,
}

/// <summary>Something open, with the columns that decide what a new line means.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Column">The column of its first token; for a definition, of its first word.</param>
/// <param name="Parent">The column at which the line or item containing it begins; what stands there or left of it is outside.</param>
/// <param name="Inline">Whether its first token stands on the line that opened it.</param>
/// <param name="Opener">Index of its bracket's token, or -1.</param>
internal readonly record struct Context(ContextKind Kind, int Column, int Parent, bool Inline, int Opener = -1)
{
    /// <summary>Whether a bracket opened it.</summary>
    public bool IsBracket => Opener >= 0;

    /// <summary>Whether it stands between virtual open and close characters.</summary>
    public bool IsBlock => Kind is ContextKind.Body or ContextKind.Block or ContextKind.Then;

    /// <summary>The column that continuation lines of the item in it must exceed.</summary>
    public int ItemColumn => IsBlock && Inline ? Parent : Column;
}
