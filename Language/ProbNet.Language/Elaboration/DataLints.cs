using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>Warnings about data that fits a model's shapes and supports and yet looks like other data than the model is for.</summary>
internal static class DataLints
{
    // Fewer numbers than these say nothing about how they vary.
    private const int FewestNumbers = 8, FewestRows = 3;

    // Whole numbers look like labels or small counts if there are at most 10 of them, each four times on average.
    private const int MostLabels = 10, RepeatsOfLabels = 4;

    // Wider arguments are images and the like, whose margins never vary.
    private const int WidestTable = 32;

    /// <summary>What is to say about one bound value.</summary>
    /// <param name="bound">The value as bound.</param>
    /// <param name="type">The type of the argument or site.</param>
    /// <param name="site">The site, or null for an argument.</param>
    /// <param name="place">Where the argument or site is declared.</param>
    public static IEnumerable<Diagnostic> Of(BoundValue bound, SymbolicType type, CheckedSite? site, SourceSpan place)
    {
        if (type.Element != ElementType.Real || bound.Value.Shape.Rank == 0 || bound.Value.Shape[0] < FewestRows) return [];
        if (site is null) return Columns(bound, place);
        if (site.Family.EventRank > 0) return [];
        var values = Distinct(bound.Value);
        if (values.Count == 1)
        {
            return
            [
                new Diagnostic(CheckerCodes.ConstantData, $"'{bound.Name}' is {Show(values.First())} in every row, so it cannot tell values of the model's parameters apart", bound.Span)
                {
                    Hint = "is it the right column?", Notes = [new DiagnosticNote($"'{bound.Name}' is drawn from {site.Family.Name} here", place)],
                },
            ];
        }
        return Labels(bound.Value, values, site.Family.Support) is { } hint
            ? [new Diagnostic(CheckerCodes.IntegerData, $"'{bound.Name}' takes only the whole numbers {string.Join(", ", values.Order().Select(Show))} in the data, but the model draws it from {site.Family.Name}, which is continuous", bound.Span)
            {
                Hint = hint, Notes = [new DiagnosticNote("its distribution is here", place)],
            }]
            : [];
    }

    private static string? Labels(HostTensor value, HashSet<double> values, Support support)
    {
        var size = value.Shape.Size;
        if (support is not (Support.Real or Support.Positive or Support.NonNegative) || size < FewestNumbers || values.Count > Math.Min(MostLabels, size / RepeatsOfLabels)) return null;
        if (!values.All(x => x >= 0 && x == Math.Floor(x))) return null;
        return values.SetEquals([0, 1]) ? "for yes or no draw it from bernoulli (logits) or bernoulliProbs (probabilities)"
            : "for counts draw it from poisson or negativeBinomial; for labels bind it with labels \"…\" and draw it from categorical, or orderedLogistic where they have an order";
    }

    // A column of ones is an intercept, and meant.
    private static IEnumerable<Diagnostic> Columns(BoundValue bound, SourceSpan place)
    {
        var shape = bound.Value.Shape;
        if (shape.Rank > 2 || shape.Size == 0) yield break;
        var columns = shape.Rank == 2 ? shape[1] : 1;
        if (columns > WidestTable) yield break;
        for (var c = 0; c < columns; c++)
        {
            var first = bound.Value[c];
            if (first == 1 || Enumerable.Range(0, shape[0]).Any(r => bound.Value[r * columns + c] != first)) continue;
            yield return new Diagnostic(CheckerCodes.ConstantData, $"{(shape.Rank == 1 ? $"'{bound.Name}'" : $"column {c} of '{bound.Name}'")} is {Show(first)} in every row, so nothing can be learned about what it multiplies", bound.Span)
            {
                Hint = "leave it out; an intercept is a draw of its own, or a column of ones", Notes = [new DiagnosticNote($"'{bound.Name}' is declared here", place)],
            };
            yield break;
        }
    }

    private static HashSet<double> Distinct(HostTensor value)
    {
        var found = new HashSet<double>();
        for (var i = 0; i < value.Shape.Size && found.Count <= MostLabels; i++) found.Add(value[i]);
        return found;
    }

    private static string Show(double x) => x.ToString("G6", CultureInfo.InvariantCulture);
}
