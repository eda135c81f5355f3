using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Composition of functions: <c>f >> g</c>, and <c>f >=> g</c> of functions into random computations.</summary>
internal static class Composition
{
    /// <summary>The composed function. A composition leans to the left as deep as it is long, so it is walked and not recursed into.</summary>
    public static Value Evaluate(Evaluator evaluator, Binary binary, Scope scope)
    {
        var parts = new Stack<Expr>();
        Expr head = binary;
        while (head is Binary next && next.Operator == binary.Operator)
        {
            parts.Push(next.Right);
            head = next.Left;
        }
        parts.Push(head);
        EqArray<Argument> functions = [.. parts.Select(p => new Argument(evaluator.Evaluate(p, scope), p.Span))];
        if (binary.Operator == BinaryOperator.Compose)
            return new Value.Function(">>", ["x"], [], (applied, arguments, call) => functions.Aggregate(arguments[0].Value, (x, f) => applied.Apply(f, call, x)), binary.Span);
        EqArray<Argument> stages = [.. functions.SelectMany(f => f.Value is Value.Function { Stages: { IsEmpty: false } inner, Given.IsEmpty: true } ? inner.AsEnumerable() : [f])];
        if (stages.Count > Indexing.LongestRange) return evaluator.Trace.Report.Fail(CheckerCodes.BadSize, binary.Span, $"a composition of {stages.Count} functions is too long");
        return new Value.Function(">=>", ["x"], [], (applied, arguments, call) => Random(applied, stages, arguments[0].Value, call), binary.Span) { Stages = stages };
    }

    // Stages are numbered from 0, as foldLayers numbers layers, so that the names do not depend on how the composition is grouped. A distribution at the end
    // is the draw that the whole is bound to, so it takes the path itself.
    private static Value.Random Random(Evaluator evaluator, EqArray<Argument> stages, Value x, SourceSpan call)
    {
        var frames = evaluator.Trace.Report.Frames;
        return new Value.Random("a composed random computation", prefix => evaluator.Within(frames, () =>
        {
            var value = x;
            for (var i = 0; i < stages.Count; i++)
            {
                var stage = evaluator.Apply(stages[i], call, value);
                var path = i == stages.Count - 1 && stage is Value.Distribution ? prefix : ProbBlock.Join(prefix, i.ToString(System.Globalization.CultureInfo.InvariantCulture));
                value = ProbBlock.Draw(evaluator, stage, path, stages[i].Span);
            }
            return value;
        }));
    }
}
