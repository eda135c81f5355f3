using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>A function the compiler provides: the row of <see cref="BuiltinTable"/>.</summary>
/// <param name="Name">Its name in the language.</param>
/// <param name="Parameters">Its parameters' names.</param>
/// <param name="Signature">Its type as a person writes it.</param>
/// <param name="Doc">What it does, one line.</param>
/// <param name="Apply">Its meaning.</param>
internal sealed record Builtin(string Name, EqArray<string> Parameters, string Signature, string Doc, Func<Evaluator, EqArray<Argument>, SourceSpan, Types.Value> Apply)
{
    /// <summary>It as a value of the language.</summary>
    public Types.Value.Function Value { get; } =
        new(Name, Parameters, [], (evaluator, arguments, call) => arguments.Any(a => a.Value.IsUnknown) ? Types.Value.Unknown.It : Apply(evaluator, arguments, call), default);
}
