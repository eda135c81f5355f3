using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Runs the statements of <c>prob { }</c> blocks: what they bind is known by its path.</summary>
internal static class ProbBlock
{
    public static Value Run(Evaluator evaluator, EqArray<Statement> statements, Scope scope, string prefix)
    {
        var discarded = 0;
        var (trace, unused) = (evaluator.Trace, evaluator.Trace.Unused is { } lint && !(statements is [var first, ..] && Report.IsLibrary(first.Span)) ? lint.Of(statements) : null);
        foreach (var statement in statements)
        {
            switch (statement)
            {
                case Statement.LetBang(var pattern, var value):
                    var name = PathName(pattern) ?? $"_{++discarded}";
                    var before = trace.Sites.Count;
                    var drawn = Draw(evaluator, evaluator.Evaluate(value, scope), Join(prefix, name), value.Span);
                    if (unused?.Contains(statement) == true) UnusedLint.Draw(trace.Report, name, pattern.Span, trace.Sites[before..]);
                    scope = evaluator.BindPattern(pattern, drawn, scope, value.Span);
                    break;
                case Statement.Let(var binding):
                    scope = Let(evaluator, binding, scope, prefix, unused?.Contains(statement) == true);
                    break;
                case Statement.DoBang(var value):
                    Draw(evaluator, evaluator.Evaluate(value, scope), prefix, value.Span);
                    break;
                case Statement.Return(var value):
                    return Unreported(evaluator, evaluator.Evaluate(value, scope));
                case Statement.ReturnBang(var value):
                    return Draw(evaluator, evaluator.Evaluate(value, scope), prefix, value.Span);
            }
        }
        return Value.Unit.It;
    }

    /// <summary>Draws from a distribution or runs a random computation, under a path.</summary>
    public static Value Draw(Evaluator evaluator, Value value, string path, SourceSpan span)
    {
        var report = evaluator.Trace.Report;
        switch (value)
        {
            case Value.Unknown: return value;
            case Value.Distribution distribution: return evaluator.Trace.Draw(path == "" ? "result" : path, distribution.Type, span);
            case Value.Random random when evaluator.Step(): return random.Run(path);
            case Value.Random: return report.Fail(CheckerCodes.EndlessEvaluation, span, "drawing here does not come to an end", "blocks that draw blocks several times grow with every level");
            case Value.Function function:
                return report.Fail(CheckerCodes.MissingArguments, span, $"{function.Describe()} cannot be drawn from until it has all its arguments",
                    function.Parameters[function.Given.Count..] is ["steps"] ? "say how many steps it has: … |> steps [t]" : $"give it {string.Join(" and ", function.Parameters[function.Given.Count..].Select(p => $"'{p}'"))}");
            default:
                report.Fail(CheckerCodes.NotRandom, span, $"there is nothing to draw here: this is {value.Describe()}", "write `let` instead of `let!` (or `return` instead of `return!`) for a value that is computed");
                return value;
        }
    }

    public static string Join(string prefix, string name) => prefix == "" ? name : $"{prefix}.{name}";

    private static Scope Let(Evaluator evaluator, LetBinding binding, Scope scope, string prefix, bool isUnused)
    {
        if (!binding.Parameters.IsEmpty) return evaluator.Bind(binding, scope);
        var value = evaluator.Evaluate(binding.Body, scope);
        if (value is Value.Reported reported && binding.Pattern is Pattern.Variable variable)
        {
            if (reported.Inner is Value.TensorOf tensor) evaluator.Trace.ReportValue(Join(prefix, variable.Name), tensor, binding.Pattern.Span);
            value = reported.Inner;
        }
        else if (isUnused && !value.IsUnknown && binding.Pattern is Pattern.Variable { Name: var name })
        {
            UnusedLint.Definition(evaluator.Trace.Report, name, binding.Pattern.Span);
        }
        return evaluator.BindPattern(binding.Pattern, Unreported(evaluator, value), scope, binding.Body.Span);
    }

    private static Value Unreported(Evaluator evaluator, Value value) => value is not Value.Reported reported ? value : evaluator.Trace.Report.Fail(
        CheckerCodes.UnnamedDeterministic, reported.At, "a deterministic value is reported under the name it is bound to, and this one has none", "write `let name = deterministic (…)` in a prob block");

    private static string? PathName(Pattern pattern) => pattern switch
    {
        Pattern.Variable variable => variable.Name,
        Pattern.Tuple tuple => string.Join('_', tuple.Items.Select(p => PathName(p) ?? "")),
        _ => null,
    };
}
