using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests;

/// <summary>What the language says about a source: the one function that the corpus of bad programs and the blocks of the specification are held against.</summary>
internal static class SourceCheck
{
    /// <summary>The diagnostics of the parser or, if it has none, of the checker.</summary>
    public static EqArray<Diagnostic> Run(SourceText source)
    {
        var parsed = Parser.Parse(source).Diagnostics;
        return parsed.IsEmpty ? Checker.Check(source).Diagnostics : parsed;
    }
}
