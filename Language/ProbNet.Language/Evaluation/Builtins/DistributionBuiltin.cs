using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Makes a language function of each family in the registry: it broadcasts its arguments and checks their event axes.</summary>
internal static class DistributionBuiltin
{
    public static Builtin Of(Distribution family) => new(
        family.Name, [.. family.SizeParameter is { } size ? [size] : Array.Empty<string>(), .. family.Parameters.Select(p => p.Name)],
        (family.SizeParameter is null ? "" : "int -> ") + string.Join(" -> ", family.Parameters.Select(p => p.EventRank switch { 0 => "real", 1 => "real[k]", _ => "real[k, k]" })) + " -> dist",
        $"the {family.Name} distribution", (evaluator, arguments, call) => Apply(evaluator, family, arguments, call));

    private static Value Apply(Evaluator evaluator, Distribution family, EqArray<Argument> arguments, SourceSpan call)
    {
        Axis? size = null;
        if (family.SizeParameter is not null)
        {
            size = Size(evaluator, family, arguments[0]);
            if (size is null) return Value.Unknown.It;
            // While the size is a name, the family of any size stands for it.
            if (size.Size.Constant is { } known) family = family.OfSize((int)known);
            arguments = arguments[1..];
        }
        var tensors = new Value.TensorOf[arguments.Count];
        for (var i = 0; i < arguments.Count; i++)
        {
            if (Coerce.Real(evaluator, arguments[i].Value, arguments[i].Span) is not { } tensor) return Value.Unknown.It;
            var parameter = family.Parameters[i];
            if (tensor.Axes.Count < parameter.EventRank)
            {
                Shapes.FailRank(evaluator, arguments[i].Span, $"the parameter '{parameter.Name}' of {family.Name} needs at least {Shapes.Axes(parameter.EventRank)}", tensor,
                    parameter.EventRank == 1 ? "it takes a vector with one entry for each category or component, along the last axis" : null);
                return Value.Unknown.It;
            }
            if (tensor.Literal is { } literal && Illegal(parameter.Support, literal, name => tensors[family.IndexOf(name)]?.Literal) is { } needs)
            {
                evaluator.Trace.Report.Fail(CheckerCodes.ParameterSupport, arguments[i].Span, $"the parameter '{parameter.Name}' of {family.Name} must be {needs}, but it is {literal.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)}");
                return Value.Unknown.It;
            }
            tensors[i] = tensor;
            ParameterLints.Check(evaluator.Trace.Report, family.Name, parameter, tensor, arguments[i].Span);
        }
        ParameterLints.Vague(evaluator.Trace.Report, family, tensors, call);
        if (Batch(evaluator, family, tensors, arguments, call) is not { } batch || Event(evaluator, family, size, tensors, arguments, call) is not { } events) return Value.Unknown.It;
        var element = family.ValueType(DType.F64) == DType.I64 ? ElementType.Int : ElementType.Real;
        var bound = family.Support switch
        {
            Support.Category labels => tensors[family.IndexOf(labels.Parameter)].Axes[^1].Size + Dim.Of(labels.More),
            Support.CountUpTo(var most) when tensors[family.IndexOf(most)].Literal is { } number => Dim.Of((long)number + 1),
            Support.CountsSummingTo(var total) when tensors[family.IndexOf(total)].Literal is { } number => Dim.Of((long)number + 1),
            Support.Binary => Dim.Of(2),
            _ => null,
        };
        var instance = evaluator.Trace.BuildsGraph ? Instance.Of(family, [.. tensors.Select(t => t.Node!)]) : null;
        return new Value.Distribution(new DistributionType(family, batch, events, element, element == ElementType.Int ? bound : null, instance, call) { Literals = tensors.Select(t => t.Literal).ToEqArray() });
    }

    // What a literal argument should have been, or null if it is legal.
    internal static string? Illegal(Support support, double value, Func<string, double?>? literal = null) => support switch
    {
        Support.Above(var low) when literal is not null && low.In(literal) is { } limit && !(value > limit) =>
            $"above {(low.Parameter is { } name ? $"'{name}', which is " : "")}{limit.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)}",
        Support.Positive when !(value > 0) => "above 0",
        Support.NonNegative when !(value >= 0) => "at least 0",
        Support.UnitInterval when !(value is > 0 and < 1) => "between 0 and 1",
        Support.Probability when !(value is >= 0 and <= 1) => "from 0 to 1",
        Support.Count when !(value >= 0 && value == Math.Floor(value)) => "a whole number from 0",
        Support.Count when value > 1L << 53 => "at most 2^53",
        _ => null,
    };

    private static EqArray<Axis>? Batch(Evaluator evaluator, Distribution family, Value.TensorOf[] tensors, EqArray<Argument> arguments, SourceSpan call)
    {
        EqArray<Axis> batch = [];
        for (var i = 0; i < tensors.Length; i++)
        {
            var own = tensors[i].Axes[..^family.Parameters[i].EventRank];
            if (Shapes.Broadcast(batch, own) is { } common)
            {
                if (i > 0) BroadcastLint.Check(evaluator.Trace.Report, call, family.Name, tensors[i - 1] with { Axes = batch }, arguments[i - 1].Span, tensors[i] with { Axes = own }, arguments[i].Span);
                batch = common;
                continue;
            }
            Shapes.FailBroadcast(evaluator, call, $"the parameters of {family.Name}", tensors[0] with { Axes = batch }, arguments[Math.Max(0, i - 1)].Span, tensors[i] with { Axes = own }, arguments[i].Span);
            return null;
        }
        return batch;
    }

    // The size of the events of a family whose parameters do not show it.
    private static Axis? Size(Evaluator evaluator, Distribution family, Argument argument)
    {
        if (Coerce.Static(evaluator, argument.Value, argument.Span, $"the {family.SizeParameter} of {family.Name}") is not { } size) return null;
        if (size.Constant is not { } known || (known >= family.SmallestSize && known <= short.MaxValue)) return new Axis(size, argument.Span, "given here");
        evaluator.Trace.Report.Fail(CheckerCodes.BadSize, argument.Span, $"the {family.SizeParameter} of {family.Name} is {known}, but it must be from {family.SmallestSize} to {short.MaxValue}");
        return null;
    }

    // All event axes of a vector-valued family have one size: a given one, or that of the first parameter with an event axis.
    private static EqArray<Axis>? Event(Evaluator evaluator, Distribution family, Axis? size, Value.TensorOf[] tensors, EqArray<Argument> arguments, SourceSpan call)
    {
        var from = size?.From ?? call;
        for (var i = 0; i < tensors.Length; i++)
        {
            foreach (var axis in tensors[i].Axes[^family.Parameters[i].EventRank..])
            {
                if (size is null) (size, from) = (axis, arguments[i].Span);
                if (size.Equals(axis)) continue;
                evaluator.Trace.Report.Fail(CheckerCodes.EventShape, call, $"the parameters of {family.Name} disagree about its dimension: {size} against {axis}", null,
                    [new DiagnosticNote($"'{family.Parameters[i].Name}' is {tensors[i].Describe()}", arguments[i].Span), new DiagnosticNote($"the dimension {size} is taken from here", from), .. Shapes.Provenance(size), .. Shapes.Provenance(axis)]);
                return null;
            }
        }
        if (family.Support is Support.Simplex && size!.Size.Constant == 1)
        {
            evaluator.Trace.Report.Fail(CheckerCodes.EventShape, from, $"a draw from {family.Name} with one component is always 1", "a probability vector has at least two components");
            return null;
        }
        return family.EventRank == 0 ? [] : Enumerable.Repeat(size!, family.EventRank).ToEqArray();
    }
}
