using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>A warning where two tensors of different ranks broadcast against each other on two axes, so that a vector meets a column and all pairs come out.</summary>
internal static class BroadcastLint
{
    /// <summary>Warns if one side is repeated along an axis of size 1 and the other along an axis that it lacks.</summary>
    /// <param name="report">Where the warning goes.</param>
    /// <param name="span">The operation.</param>
    /// <param name="operation">Its name.</param>
    /// <param name="a">One side.</param>
    /// <param name="aSpan">Where it stands.</param>
    /// <param name="b">The other side.</param>
    /// <param name="bSpan">Where it stands.</param>
    /// <remarks>
    /// Two tensors of one rank, such as <c>x - transpose x</c> of a column, say with their axes of size 1 that all pairs are meant. So does a pair of axes of which one has a
    /// small constant size: a few components beside a column of data.
    /// </remarks>
    public static void Check(Report report, SourceSpan span, string operation, Value.TensorOf a, SourceSpan aSpan, Value.TensorOf b, SourceSpan bSpan)
    {
        if (a.Axes.Count == b.Axes.Count) return;
        var (high, highSpan, low, lowSpan) = a.Axes.Count > b.Axes.Count ? (a, aSpan, b, bSpan) : (b, bSpan, a, aSpan);
        var missing = high.Axes.Count - low.Axes.Count;
        for (var i = 0; i < low.Axes.Count; i++)
        {
            var (one, across) = (high.Axes[missing + i], low.Axes[i]);
            if (!one.IsOne || across.IsOne) continue;
            for (var j = 0; j < missing; j++)
            {
                var down = high.Axes[j];
                if (down.IsOne || !(down.Equals(across) || (down.Size.Constant is null && across.Size.Constant is null))) continue;
                var all = TypeText.Shape(Shapes.Broadcast(high.Axes, low.Axes)!.Value);
                report.Warn(CheckerCodes.AllPairs, span, $"{operation} pairs every one of {down} entries with every one of {across}: {low.Describe()} against {high.Describe()} gives {all}", Hint(high, highSpan, low, lowSpan, missing, down.Equals(across)),
                    [new DiagnosticNote($"this is {high.Describe()}, a column", highSpan), new DiagnosticNote($"this is {low.Describe()}", lowSpan), .. Shapes.Provenance(down), .. Shapes.Provenance(across)]);
                return;
            }
        }
    }

    private static string Hint(Value.TensorOf high, SourceSpan highSpan, Value.TensorOf low, SourceSpan lowSpan, int missing, bool equal)
    {
        var pairs = missing == 1 && low.Axes.Count == 1 ? $"if all pairs are meant, say so with two axes: reshape [1; {low.Axes[0]}] {Text(lowSpan)}" : "if all pairs are meant, give both sides the same number of axes with reshape";
        return equal && missing == 1 && high.Axes.Count == 2 ? $"take the column as a vector: {Text(highSpan)}.[*, 0]; {pairs}" : pairs;
    }

    // The operand as written where it is a name.
    private static string Text(SourceSpan span) =>
        span.Source?.Text[span.Start..span.End] is { } text && text.Length is > 0 and < 30 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '\'') ? text : "(…)";
}
