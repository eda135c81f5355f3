using System.Text.RegularExpressions;
using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Fuzzing;

/// <summary>What the front end promises for every text: a program or diagnostics, never an exception, and messages a person can use.</summary>
internal static partial class FrontEnd
{
    private static readonly int[] Sizes = [3, 5, 2, 7];

    /// <summary>Parses and checks a text, and elaborates every model that has no errors at small sizes.</summary>
    /// <exception cref="InvalidOperationException">A promise is broken.</exception>
    public static Reach Meets(string text)
    {
        var source = new SourceText("fuzz.prob", text);
        var program = Checker.Check(source);
        foreach (var diagnostic in program.Diagnostics) Sound(diagnostic, text);
        var reach = program.Diagnostics.Any(d => d.Code.Id.StartsWith("PN01", StringComparison.Ordinal) || d.Code.Id.StartsWith("PN02", StringComparison.Ordinal)) ? Reach.Read : Reach.Parsed;
        if (reach == Reach.Parsed && program.IsValid) reach = Reach.Checked;
        foreach (var model in program.Models)
        {
            var sizes = model.Dimensions.Select((name, i) => (name, i)).ToDictionary(d => d.name, d => Sizes[d.i % Sizes.Length]);
            try
            {
                var graph = model.Elaborate(sizes, model.Dimensions.IsEmpty ? null : model.Dimensions[0], DType.F64);
                if (!graph.Sites.Select(s => s.Name).SequenceEqual(model.Sites.Select(s => s.Name))) throw new InvalidOperationException("checking and elaborating meet different sites");
                if (reach == Reach.Checked) reach = Reach.Elaborated;
            }
            catch (DiagnosticException refused)
            {
                foreach (var diagnostic in refused.Diagnostics) Sound(diagnostic, text);
            }
        }
        return reach;
    }

    private static void Sound(Diagnostic diagnostic, string text)
    {
        Sound(diagnostic.Message, diagnostic.Span, text);
        if (diagnostic.Span.Source is null) throw new InvalidOperationException($"{diagnostic.Code.Id} stands nowhere: {diagnostic.Message}");
        if (diagnostic.Hint is { } hint) Sound(hint, default, text);
        foreach (var note in diagnostic.Notes) Sound(note.Message, note.Span, text);
        if (DiagnosticRenderer.Render(diagnostic).Length == 0) throw new InvalidOperationException($"{diagnostic.Code.Id} renders as nothing");
    }

    // Messages quote the program, in which every word is allowed.
    private static void Sound(string message, SourceSpan span, string text)
    {
        if (string.IsNullOrWhiteSpace(message)) throw new InvalidOperationException("a message is empty");
        if (Internals().Match(message) is { Success: true } match && !text.Contains(match.Value, StringComparison.Ordinal)) throw new InvalidOperationException($"'{match.Value}' is no word of the language: {message}");
        if (span.Source is { } source && (span.Start < 0 || span.Length < 0 || span.End > source.Text.Length)) throw new InvalidOperationException($"{span.Start}..{span.End} lies outside the source: {message}");
    }

    // Names of types and of exceptions, and what their ToString writes.
    [GeneratedRegex(@"ProbNet\.[A-Z]|EqArray|TensorOf|SymbolicType|DistributionType|SourceSpan|Value\.(Static|List|Tuple|Record|Function|Random|Unknown)|`1|\bI64\b|\bF64\b|NullReference|Object reference|Arg_|Exception|Specified argument")]
    private static partial Regex Internals();
}

/// <summary>How far a text came.</summary>
internal enum Reach
{
    /// <summary>It has errors of characters, layout or grammar.</summary>
    Read,
    /// <summary>It is a tree.</summary>
    Parsed,
    /// <summary>It has no errors.</summary>
    Checked,
    /// <summary>At least one model became a graph.</summary>
    Elaborated,
}
