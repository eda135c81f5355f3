using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Functions about distributions, likelihood terms and reported values.</summary>
internal static class RandomBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("iid", ["shape", "distribution"], "list -> dist -> dist", "independent repetition of a distribution or a prob block, with new leading axes", Iid),
        new("observe", ["value", "distribution"], "real[…] -> dist -> prob<unit>", "states that a value was seen from a distribution", Observe),
        new("deterministic", ["value"], "real[…] -> real[…]", "reports a computed value with the posterior, under the name it is bound to", (evaluator, arguments, call) =>
            Coerce.Tensor(evaluator, arguments[0].Value, arguments[0].Span) is { } value ? new Value.Reported(value, call) : Value.Unknown.It),
    ];

    private static Value Iid(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Axes(evaluator, arguments[0].Value, arguments[0].Span, "the shape of iid") is not { } axes) return Value.Unknown.It;
        switch (arguments[1].Value)
        {
            case Value.Distribution { Type: var type }:
                return new Value.Distribution(type with { Batch = axes.AddRange(type.Batch), Repeated = axes.Count + type.Repeated, Instance = type.Instance?.Iid(Trace.ShapeOf(axes)), Span = call });
            case Value.Random block: return RepeatedBlock.Of(evaluator, block, axes, call);
            case Value.Function function:
                return evaluator.Trace.Report.Fail(CheckerCodes.MissingArguments, arguments[1].Span, $"iid repeats a distribution, but {function.Describe()}",
                    $"it still needs {string.Join(", ", function.Parameters[function.Given.Count..])}", Coerce.Declared(function));
            default:
                return evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, arguments[1].Span, $"iid repeats a distribution, but this is {arguments[1].Value.Describe()}", "write it as: normal 0.0 1.0 |> iid [n]");
        }
    }

    private static Value Observe(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        var report = evaluator.Trace.Report;
        if (arguments[1].Value is not Value.Distribution { Type: var type })
        {
            return report.Fail(CheckerCodes.WrongKind, arguments[1].Span, $"observe needs a distribution after the value, but this is {arguments[1].Value.Describe()}", "write it as: do! observe y (normal mean sigma)");
        }
        if (Coerce.Tensor(evaluator, arguments[0].Value, arguments[0].Span) is not { } value) return Value.Unknown.It;
        if (type.Element == ElementType.Real && value.Element == ElementType.Int && Coerce.Real(evaluator, arguments[0].Value, arguments[0].Span) is { } real) value = real;
        if (value.Element != type.Element)
        {
            return report.Fail(CheckerCodes.DataType, arguments[0].Span, $"{type.Family.Name} is a distribution over {type.ValueText}, but the observed value is {value.Describe()}", null,
                new DiagnosticNote($"the distribution is over {type.ValueText}", arguments[1].Span));
        }
        if (value.Axes != type.Axes)
        {
            return report.Fail(CheckerCodes.ObserveShape, call, $"the observed value is {value.Describe()}, but the distribution is over {type.ValueText}; observations are never broadcast",
                type.Axes.IsEmpty && !value.IsScalar ? $"repeat the distribution with iid {TypeText.Shape(value.Axes).Replace(',', ';')}" : null,
                [new DiagnosticNote($"the value is {value.Describe()}", arguments[0].Span), new DiagnosticNote($"the distribution is over {type.ValueText}", arguments[1].Span)]);
        }
        return new Value.Random("an observation", prefix =>
        {
            evaluator.Trace.Observe(prefix, value, type, call);
            return Value.Unit.It;
        });
    }
}
