using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language;

/// <summary>The codes of all diagnostics, each defined beside the stage that reports it.</summary>
public static class DiagnosticCodes
{
    /// <summary>All codes, in order of their numbers.</summary>
    public static EqArray<DiagnosticCode> All { get; } = SyntaxCodes.All.AddRange(CheckerCodes.All).OrderBy(c => c.Id, StringComparer.Ordinal).ToEqArray();

    /// <summary>The code with that id, or null.</summary>
    public static DiagnosticCode? Find(string id) => All.FirstOrDefault(c => c.Id == id);
}
