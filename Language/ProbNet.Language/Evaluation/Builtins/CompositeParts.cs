using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>What the functions that make distributions from distributions share: reading their arguments and aligning batches.</summary>
internal static class CompositeParts
{
    /// <summary>A distribution given as an argument. Null means it was none and that has been reported.</summary>
    public static DistributionType? Distribution(Evaluator evaluator, Value value, SourceSpan span, string what, string example)
    {
        var report = evaluator.Trace.Report;
        switch (value)
        {
            case Value.Unknown: return null;
            case Value.Distribution { Type: var type }: return type;
            case Value.Function function:
                report.Fail(CheckerCodes.MissingArguments, span, $"{what} needs a distribution, but this is {function.Describe()}",
                    $"it still needs {string.Join(", ", function.Parameters[function.Given.Count..])}", Coerce.Declared(function));
                return null;
            case Value.Random:
                report.Fail(CheckerCodes.Unsupported, span, $"{what} needs a distribution, and this is {value.Describe()}, whose density is not known as one", $"give the distribution itself, e.g. {example}");
                return null;
            default:
                report.Fail(CheckerCodes.WrongKind, span, $"{what} needs a distribution, but this is {value.Describe()}", $"write it as: {example}");
                return null;
        }
    }

    /// <summary>A real argument for a parameter of <paramref name="construction"/> with the parameter's event axes. Null: reported.</summary>
    public static Value.TensorOf? Real(Evaluator evaluator, Argument argument, Parameter parameter, string construction)
    {
        if (Coerce.Real(evaluator, argument.Value, argument.Span) is not { } tensor) return null;
        if (tensor.Axes.Count < parameter.EventRank)
        {
            Shapes.FailRank(evaluator, argument.Span, $"'{parameter.Name}' of {construction} needs at least {Shapes.Axes(parameter.EventRank)}", tensor);
            return null;
        }
        ParameterLints.Check(evaluator.Trace.Report, construction, parameter, tensor, argument.Span);
        if (tensor.Literal is not { } literal || DistributionBuiltin.Illegal(parameter.Support, literal) is not { } needs) return tensor;
        evaluator.Trace.Report.Fail(CheckerCodes.ParameterSupport, argument.Span,
            $"'{parameter.Name}' of {construction} must be {needs}, but it is {literal.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)}");
        return null;
    }

    /// <summary>The common batch of parts, each with a name for messages. Null: reported.</summary>
    public static EqArray<Axis>? Batch(Evaluator evaluator, SourceSpan call, string construction, params ReadOnlySpan<(EqArray<Axis> Axes, SourceSpan Span)> parts)
    {
        EqArray<Axis> batch = [];
        for (var i = 0; i < parts.Length; i++)
        {
            if (Shapes.Broadcast(batch, parts[i].Axes) is { } common)
            {
                batch = common;
                continue;
            }
            Shapes.FailBroadcast(evaluator, call, $"the parts of {construction}", new(ElementType.Real, batch, null), parts[Math.Max(0, i - 1)].Span, new(ElementType.Real, parts[i].Axes, null), parts[i].Span);
            return null;
        }
        return batch;
    }

    /// <summary>The arguments of a distribution under a longer batch shape that its own broadcasts to.</summary>
    public static Instance Align(Instance instance, Shape batch) => new(instance.Family, instance.Arguments.Map(a =>
    {
        var events = a.Shape[instance.Batch.Rank..];
        var padded = Shape.Create([.. Enumerable.Repeat(1, batch.Rank - instance.Batch.Rank), .. instance.Batch]);
        return BroadcastTo(Reshape(a, padded.Concat(events)), batch.Concat(events));
    }), batch);

    /// <summary>A distribution as a value of the language.</summary>
    public static Value Made(DistributionType inner, Distribution family, EqArray<Axis> batch, EqArray<Axis> events, Instance? instance, SourceSpan call) =>
        new Value.Distribution(new DistributionType(family, batch, events, inner.Element, inner.Bound, instance, call));
}
