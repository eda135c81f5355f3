using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Reads values as what an operation needs. Null means it could not be done and has been reported (or the value was unknown).</summary>
internal static class Coerce
{
    /// <summary>A tensor; static integers and truth values become scalars.</summary>
    public static Value.TensorOf? Tensor(Evaluator evaluator, Value value, SourceSpan span)
    {
        var trace = evaluator.Trace;
        switch (value)
        {
            case Value.Unknown: return null;
            // A number that belongs to no evaluation yet.
            case Value.TensorOf { Node: null, Literal: { } number } when trace.BuildsGraph: return trace.Real(number);
            case Value.TensorOf tensor: return tensor;
            case Value.Static { Number: var number }:
                return trace.Emit(ElementType.Int, [], span, () => Constant(HostTensor.Scalar(number.Constant!.Value)));
            case Value.Truth { Value_: var truth }:
                return trace.Emit(ElementType.Bool, [], span, () => Constant(DType.Bool, truth ? 1 : 0));
            case Value.Reported { Inner: var inner, At: var at }:
                trace.Report.Fail(CheckerCodes.UnnamedDeterministic, at, "a deterministic value is reported under the name it is bound to, and this one has none",
                    "write `let name = deterministic (…)` in a prob block, then use the name");
                return inner as Value.TensorOf;
            case Value.Distribution or Value.Random:
                trace.Report.Fail(CheckerCodes.NotDrawn, span, $"{value.Describe()} is used as a number, but nothing has been drawn from it", "bind it with `let!`, which draws, and use the bound name",
                    value is Value.Distribution { Type.Span: { Source: not null } written } && written != span ? [new DiagnosticNote("the distribution is here; `let` names it, `let!` draws from it", written)] : []);
                return null;
            case Value.Function function:
                trace.Report.Fail(CheckerCodes.MissingArguments, span, $"{function.Describe()} is used as a number",
                    $"it needs {(function.Missing == 1 ? "one more argument" : $"{function.Missing} more arguments")}: {string.Join(", ", function.Parameters[function.Given.Count..])}", Declared(function));
                return null;
            default:
                trace.Report.Fail(CheckerCodes.WrongKind, span, $"a number or tensor is needed here, but this is {value.Describe()}", value switch
                {
                    Value.List => "a list of numbers becomes a tensor with `tensor [1.0; 2.0]`",
                    Value.Tuple tuple => $"take it apart first: let {string.Join(", ", Enumerable.Range(0, tuple.Items.Count).Select(i => (char)('a' + i % 26)))} = …",
                    Value.Record record => $"take one of its fields: {string.Join(", ", record.Fields.Select(f => "." + f.Name))}",
                    _ => null,
                });
                return null;
        }
    }

    /// <summary>A real tensor; integers are converted.</summary>
    public static Value.TensorOf? Real(Evaluator evaluator, Value value, SourceSpan span)
    {
        if (value is Value.Static { Number: var number } whole)
        {
            if (whole.Rounded)
            {
                evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"{number} is a division of integers, which drops the remainder, and it is used as a real number", "write one side as a real number for the fraction, e.g. 1.0 / d");
                return null;
            }
            return number.Constant is { } known ? evaluator.Trace.Real(known) : evaluator.Trace.Emit(ElementType.Real, [], span, () => Constant(evaluator.Trace.Precision, number.Constant!.Value));
        }
        return Tensor(evaluator, value, span) is { } tensor ? ToReal(evaluator, tensor, span) : null;
    }

    /// <summary>The real tensor equal to an integer or real one.</summary>
    public static Value.TensorOf? ToReal(Evaluator evaluator, Value.TensorOf tensor, SourceSpan span)
    {
        switch (tensor.Element)
        {
            case ElementType.Real: return tensor;
            case ElementType.Int: return evaluator.Trace.Emit(ElementType.Real, tensor.Axes, span, () => Convert(tensor.Node!, evaluator.Trace.Precision)) with { Source = tensor.Source };
            default:
                evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"a number is needed here, but this is {tensor.Describe()}", "choose between two numbers with `if condition then a else b`");
                return null;
        }
    }

    /// <summary>An integer known before running, as an expression of dimensions.</summary>
    public static Dim? Static(Evaluator evaluator, Value value, SourceSpan span, string what)
    {
        switch (value)
        {
            case Value.Unknown: return null;
            case Value.Static s: return s.Number;
            case Value.TensorOf { IsScalar: true, Element: ElementType.Real }:
                evaluator.Trace.Report.Fail(CheckerCodes.NotStatic, span, $"{what} must be an integer known before running, but this is a real number", "write it without a decimal point, e.g. 64");
                return null;
            case Value.TensorOf:
                evaluator.Trace.Report.Fail(CheckerCodes.NotStatic, span, $"{what} must be an integer known before running, but this is {value.Describe()}", "use a literal, a dimension's name, or features x for the size of the last axis");
                return null;
            default:
                evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"{what} must be an integer, but this is {value.Describe()}");
                return null;
        }
    }

    /// <summary>An integer with a known value.</summary>
    public static int? Known(Evaluator evaluator, Value value, SourceSpan span, string what)
    {
        if (Static(evaluator, value, span, what) is not { } number) return null;
        if (number.Constant is { } constant and >= int.MinValue and <= int.MaxValue) return (int)constant;
        evaluator.Trace.Report.Fail(CheckerCodes.NotStatic, span, $"{what} must be known while checking, but {number} depends on the data");
        return null;
    }

    /// <summary>The axes given by a list of sizes, such as <c>[features x; units]</c>.</summary>
    public static EqArray<Axis>? Axes(Evaluator evaluator, Value value, SourceSpan span, string what)
    {
        if (value.IsUnknown) return null;
        if (value is not Value.List list)
        {
            var hint = value is Value.Static { Number: var only } ? $"put the size in brackets: [{only}]" : value is Value.Tuple ? "write the sizes as a list: [a; b]" : "a shape is a list of sizes, e.g. [features x; 64]";
            evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"{what} must be a list of sizes, but this is {value.Describe()}", hint);
            return null;
        }
        var axes = new List<Axis>();
        foreach (var item in list.Items)
        {
            if (Static(evaluator, item, (item as Value.Static)?.From is { Source: not null } at ? at : span, $"each size in {what}") is not { } size) return null;
            var from = ((Value.Static)item).From;
            if (size.Constant is <= 0)
            {
                evaluator.Trace.Report.Fail(CheckerCodes.BadSize, from.Source is null ? span : from, $"an axis of size {size} is impossible", "sizes start at 1");
                return null;
            }
            if (size.Constant > int.MaxValue)
            {
                evaluator.Trace.Report.Fail(CheckerCodes.BadSize, from.Source is null ? span : from, $"an axis of size {size} is too large", "a tensor holds at most 2^31 - 1 elements");
                return null;
            }
            axes.Add(new Axis(size, from.Source is null ? span : from, "given here"));
        }
        if (axes.Aggregate(Dim.Of(1), (product, axis) => product * axis.Size).Constant > int.MaxValue)
        {
            evaluator.Trace.Report.Fail(CheckerCodes.BadSize, span, $"a tensor of shape {TypeText.Shape(axes.ToEqArray())} is too large", "a tensor holds at most 2^31 - 1 elements");
            return null;
        }
        return axes.ToEqArray();
    }

    /// <summary>A list.</summary>
    public static Value.List? List(Evaluator evaluator, Value value, SourceSpan span, string what)
    {
        if (value is Value.List list) return list;
        if (!value.IsUnknown) evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"{what} must be a list, but this is {value.Describe()}");
        return null;
    }

    /// <summary>A note saying where a function is declared, if that is known.</summary>
    public static EqArray<DiagnosticNote> Declared(Value.Function function) =>
        function.Declared.Source is null ? [] : [new DiagnosticNote($"'{function.Name}' is defined here", function.Declared)];
}
