using ProbNet.Graph;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Evaluation;

/// <summary>What a program refers to outside its own text, and what is known to be missing.</summary>
/// <param name="Modules">The modules from other files; each comes after those it refers to.</param>
/// <param name="Broken">Names of the program whose definitions could not be read.</param>
/// <param name="IsIncomplete">Whether a module that the program opens could not be had.</param>
/// <param name="Hidden">Names that the program defines where the expression cannot see them.</param>
internal sealed record Imports(EqArray<ImportedModule> Modules, EqArray<string> Broken, bool IsIncomplete, EqArray<string> Hidden)
{
    public static readonly Imports None = new([], [], false, []);
}

/// <summary>A module from another file. Only its <c>let</c>s can be seen from outside.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Its text.</param>
/// <param name="Syntax">What could be read of it.</param>
/// <param name="Broken">Names whose definitions could not be read.</param>
/// <param name="IsIncomplete">Whether a module that it opens could not be had.</param>
internal sealed record ImportedModule(string Name, SourceText Source, Program Syntax, EqArray<string> Broken, bool IsIncomplete);
