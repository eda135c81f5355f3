using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Workflow;

/// <summary>An algorithm chosen outside the program: the name of an <c>infer</c> declaration, or what would stand on its right-hand side, <c>swag { rank = 10; epochs = 200 }</c>.</summary>
public static class InlineInfer
{
    /// <summary>The declaration that a text names or writes; a written one is called like its algorithm.</summary>
    /// <param name="text">A name, an algorithm's name, or an algorithm with its arguments and options.</param>
    /// <param name="declared">The program's declarations.</param>
    /// <returns>The declaration, or diagnostics, their positions in <c>infer NAME = text</c>.</returns>
    public static Checked<Declaration.Infer> Find(string text, IReadOnlyCollection<Declaration.Infer> declared)
    {
        if (declared.FirstOrDefault(d => d.Name == text) is { } named) return new(named, []);
        var name = new string([.. text.TakeWhile(c => char.IsLetterOrDigit(c) || c == '_')]);
        var isName = name.Length == text.Trim().Length;
        if (AlgorithmRegistry.Algorithms.Find(name) is null)
        {
            EqArray<string> algorithms = AlgorithmRegistry.Algorithms.All.Map(a => a.Name);
            var known = string.Join(", ", declared.Select(d => d.Name));
            var hint = Suggest.Nearest(name, declared.Select(d => d.Name).Concat(algorithms)) is { } near ? $"did you mean '{near}'?"
                : $"{(known.Length == 0 ? "it declares none" : $"it declares {known}")}; algorithms: {string.Join(", ", algorithms)}";
            var message = isName ? $"the program declares no infer '{name}', and there is no algorithm of this name" : $"there is no algorithm '{name}'";
            return new(null, [new Diagnostic(InferenceCodes.UnknownName, message, default) { Hint = hint }]);
        }
        var parsed = Parser.Parse(new SourceText("--infer", $"infer {name} = {text}"));
        if (!parsed.Diagnostics.IsEmpty) return new(null, parsed.Diagnostics);
        if (parsed.Program.Declarations is [Declaration.Infer written]) return new(written, []);
        return new(null, [new Diagnostic(InferenceCodes.NotAnOption, "this is no algorithm", new SourceSpan(new SourceText("--infer", text), 0, text.Length)) { Hint = "write one as in a program: swag { rank = 10; epochs = 200 }" }]);
    }
}
