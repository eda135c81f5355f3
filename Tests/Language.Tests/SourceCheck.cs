using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests;

/// <summary>What the language says about a source: the one function that the corpus of bad programs and the blocks of the specification are held against.</summary>
internal static class SourceCheck
{
    /// <summary>All diagnostics of a source, those of its modules included.</summary>
    public static EqArray<Diagnostic> Run(SourceText source, ModuleLoader? loader = null) => Checker.Check(source, new CheckOptions { Loader = loader ?? ModuleLoader.None }).Diagnostics;
}
