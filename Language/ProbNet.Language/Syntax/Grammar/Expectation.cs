namespace ProbNet.Language.Syntax.Grammar;

/// <summary>What parsers expect, in the user's words.</summary>
internal static class Expectation
{
    public const string
        Name = "a name",
        Text = "a string",
        Expression = "an expression",
        Result = "a result",
        Statement = "a statement",
        Declaration = "a declaration",
        Dimension = "a dimension",
        Type = "a type",
        Operator = "an operator",
        NewLine = "a new line",
        End = "the end of the line";

    /// <summary>No real expectation: a prefix operator stands before the left side of a power.</summary>
    public const string NoPower = "parentheses";
}
