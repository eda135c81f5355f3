using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>How windows lie on an image or signal, as the program says it: <c>same</c>, <c>valid</c>, or a record with padding, stride, dilation and groups.</summary>
/// <param name="IsSame">Whether the image is padded so that no position is lost, rather than not at all.</param>
/// <param name="Stride">Steps along each axis, one for all axes, or none where it is not said.</param>
/// <param name="Dilation">Steps within a window, likewise.</param>
/// <param name="Groups">Groups of channels.</param>
internal sealed record WindowForm(bool IsSame, EqArray<int> Stride, EqArray<int> Dilation, int Groups)
{
    private static readonly string[] Fields = ["padding", "stride", "dilation", "groups"];

    /// <summary>The form a value describes, for windows along so many axes; null where that has been reported.</summary>
    public static WindowForm? Read(Evaluator evaluator, Argument argument, int axes)
    {
        var (report, span) = (evaluator.Trace.Report, argument.Span);
        if (argument.Value is Value.Text text) return Padding(evaluator, text, span) is { } isSame ? new(isSame, [], [], 1) : null;
        if (argument.Value is not Value.Record record)
        {
            report.Fail(CheckerCodes.WrongKind, span, $"how windows lie is `same`, `valid` or a record, but this is {argument.Value.Describe()}", "write e.g. { padding = same; stride = 2 }");
            return null;
        }
        var form = new WindowForm(false, [], [], 1);
        foreach (var (name, value) in record.Fields)
        {
            switch (name)
            {
                case "padding":
                    if (Padding(evaluator, value, span) is not { } same) return null;
                    form = form with { IsSame = same };
                    break;
                case "stride":
                    if (Steps(evaluator, value, span, "the stride", axes) is not { } stride) return null;
                    form = form with { Stride = stride };
                    break;
                case "dilation":
                    if (Steps(evaluator, value, span, "the dilation", axes) is not { } dilation) return null;
                    form = form with { Dilation = dilation };
                    break;
                case "groups":
                    if (Steps(evaluator, value, span, "the number of groups", 1) is not { } groups) return null;
                    form = form with { Groups = groups[0] };
                    break;
                default:
                    var nearest = Suggest.Nearest(name, Fields);
                    report.Fail(CheckerCodes.UnknownField, span, $"windows have no '{name}'", nearest is null ? $"they have: {string.Join(", ", Fields)}" : $"did you mean '{nearest}'?");
                    return null;
            }
        }
        return form;
    }

    /// <summary>The sizes of a window, given as a list or, along one axis, as a number; null where that has been reported.</summary>
    public static EqArray<Axis>? Sizes(Evaluator evaluator, Argument argument) =>
        Coerce.Axes(evaluator, argument.Value is Value.Static ? new Value.List([argument.Value]) : argument.Value, argument.Span, "the window");

    /// <summary>The step from one window to the next along an axis.</summary>
    public int StrideOf(int axis, int otherwise) => At(Stride, axis) ?? otherwise;

    /// <summary>The step within a window along an axis.</summary>
    public int DilationOf(int axis) => At(Dilation, axis) ?? 1;

    /// <summary>The number of windows along an axis; null, with a report, where the window does not fit.</summary>
    public Dim? Count(Evaluator evaluator, Axis image, Axis window, int axis, int stride, SourceSpan span)
    {
        if (IsSame) return Dim.FloorDivide(image.Size + Dim.Of(stride - 1), Dim.Of(stride));
        var extent = Dim.Of(DilationOf(axis)) * (window.Size - Dim.Of(1)) + Dim.Of(1);
        var left = image.Size - extent;
        if (left.Constant is < 0)
        {
            var isDilated = DilationOf(axis) > 1;
            var what = isDilated ? $"a window of {window.Size} with dilation {DilationOf(axis)} spans {extent}, which does not fit" : $"a window of {extent} does not fit";
            evaluator.Trace.Report.Fail(CheckerCodes.Window, span, $"{what} into an axis of {image}", $"make the window{(isDilated ? " or the dilation" : "")} smaller, or pad with `same`",
                [.. Shapes.Provenance(image), .. Shapes.Provenance(window)]);
            return null;
        }
        return Dim.FloorDivide(left, Dim.Of(stride)) + Dim.Of(1);
    }

    /// <summary>The windows along an axis of known size.</summary>
    public WindowAxis On(int image, int size, int axis, int stride) =>
        IsSame ? WindowAxis.Same(image, size, stride, DilationOf(axis)) : WindowAxis.Valid(image, size, stride, DilationOf(axis));

    private static int? At(EqArray<int> steps, int axis) => steps.Count switch { 0 => null, 1 => steps[0], _ => steps[axis] };

    private static bool? Padding(Evaluator evaluator, Value value, SourceSpan span)
    {
        if (value is Value.Text { Value_: "same" or "valid" } text) return text.Value_ == "same";
        if (!value.IsUnknown) evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"the padding is `same` or `valid`, but this is {value.Describe()}", "`same` pads so that no position is lost, `valid` does not pad");
        return null;
    }

    private static EqArray<int>? Steps(Evaluator evaluator, Value value, SourceSpan span, string what, int axes)
    {
        if (value.IsUnknown) return null;
        var steps = new List<int>();
        foreach (var item in value is Value.List list ? list.Items : [value])
        {
            if (Coerce.Known(evaluator, item, span, what) is not { } step) return null;
            if (step < 1)
            {
                evaluator.Trace.Report.Fail(CheckerCodes.BadSize, span, $"{what} cannot be {step}", "it starts at 1");
                return null;
            }
            steps.Add(step);
        }
        if (steps.Count == 1 || steps.Count == axes) return steps.ToEqArray();
        evaluator.Trace.Report.Fail(CheckerCodes.ListLength, span, $"{what} is one number{(axes == 1 ? "" : $", or one for each of the {axes} axes of the window")}, but this is a list of {steps.Count}",
            steps.Count == 0 ? "leave it out for steps of 1" : axes == 1 ? $"write {steps[0]}" : $"write {steps[0]} or [{string.Join("; ", Enumerable.Repeat(steps[0], axes))}]");
        return null;
    }
}
