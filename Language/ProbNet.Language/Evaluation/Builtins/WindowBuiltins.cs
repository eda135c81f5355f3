using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>Convolution and pooling over the windows of images [n, height, width, channels] and signals [n, time, channels]; the library's layers are made of them.</summary>
internal static class WindowBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("convolve", ["how", "kernel", "x"], "windows -> real[kh, kw, c, f] -> real[n, h, w, c] -> real[n, h', w', f]",
            "convolution with a kernel; a kernel of three axes convolves signals real[n, t, c]", Convolve),
        new("kernelShape", ["filters", "window", "how", "x"], "int -> list -> windows -> real[n, h, w, c] -> list", "the shape of a kernel with so many filters for convolving x", KernelShape),
        new("maxPool", ["how", "window", "x"], "windows -> list -> real[n, h, w, c] -> real[n, h', w', c]", "the maximum of each window and channel; windows lie side by side unless a stride is given", (evaluator, arguments, call) =>
            Pool(evaluator, arguments, call, Windows.MaxPool)),
        new("avgPool", ["how", "window", "x"], "windows -> list -> real[n, h, w, c] -> real[n, h', w', c]", "the mean of each window and channel; padding does not count", (evaluator, arguments, call) =>
            Pool(evaluator, arguments, call, Windows.AveragePool)),
    ];

    private static Value Convolve(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Real(evaluator, arguments[1].Value, arguments[1].Span) is not { } kernel) return Value.Unknown.It;
        var axes = kernel.Axes.Count - 2;
        if (axes is not (1 or 2))
        {
            Shapes.FailRank(evaluator, arguments[1].Span, "a kernel has the axes [window; channels; filters] for signals or [height; width; channels; filters] for images", kernel);
            return Value.Unknown.It;
        }
        if (WindowForm.Read(evaluator, arguments[0], axes) is not { } form || Image(evaluator, arguments[2], axes, "convolution") is not { } x) return Value.Unknown.It;
        if (Channels(evaluator, x, form, call) is not { } channels) return Value.Unknown.It;
        if (!channels.Equals(kernel.Axes[axes].Size))
        {
            return evaluator.Trace.Report.Fail(CheckerCodes.Window, call, $"the kernel is for {kernel.Axes[axes]} input channel{(kernel.Axes[axes].IsOne ? "" : "s")}, but there are {(form.Groups == 1 ? $"{channels}" : $"{channels} in each of {form.Groups} groups")}",
                "the second last axis of a kernel counts channels; `kernelShape filters window how x` is the shape that fits",
                [new DiagnosticNote($"the kernel is {kernel.Describe()}", arguments[1].Span), new DiagnosticNote($"this is {x.Describe()}", arguments[2].Span)]);
        }
        if (!Grouped(evaluator, kernel.Axes[^1].Size, form, call, "filters")) return Value.Unknown.It;
        if (Counts(evaluator, x, kernel.Axes[..axes], form, _ => 1, call) is not { } counts) return Value.Unknown.It;
        return evaluator.Trace.Emit(ElementType.Real, [.. x.Axes[..^(axes + 1)], .. counts, kernel.Axes[^1]], call, () =>
        {
            var (image, rows, columns) = Grid(x.Node!, Trace.ShapeOf(kernel.Axes[..axes]), form, _ => 1);
            var weights = axes == 2 ? kernel.Node! : ExpandDims(kernel.Node!, 0);
            return Flat(Windows.Convolve(image, weights, rows, columns, form.Groups), axes);
        });
    }

    private static Value KernelShape(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call)
    {
        if (Coerce.Static(evaluator, arguments[0].Value, arguments[0].Span, "the number of filters") is not { } filters || WindowForm.Sizes(evaluator, arguments[1]) is not { } window) return Value.Unknown.It;
        if (!HasWindow(evaluator, window, arguments[1].Span) || WindowForm.Read(evaluator, arguments[2], window.Count) is not { } form) return Value.Unknown.It;
        if (Image(evaluator, arguments[3], window.Count, "convolution") is not { } x || Channels(evaluator, x, form, call) is not { } channels) return Value.Unknown.It;
        if (!Grouped(evaluator, filters, form, call, "filters") || Counts(evaluator, x, window, form, _ => 1, call) is null) return Value.Unknown.It;
        return new Value.List([.. window.Map(a => (Value)new Value.Static(a.Size, a.From)), new Value.Static(channels, x.Axes[^1].From), new Value.Static(filters, arguments[0].Span)]);
    }

    private static Value Pool(Evaluator evaluator, EqArray<Argument> arguments, SourceSpan call, Func<Tensor, WindowAxis, WindowAxis, Tensor> pool)
    {
        if (WindowForm.Sizes(evaluator, arguments[1]) is not { } window || !HasWindow(evaluator, window, arguments[1].Span)) return Value.Unknown.It;
        var axes = window.Count;
        if (WindowForm.Read(evaluator, arguments[0], axes) is not { } form || Image(evaluator, arguments[2], axes, "pooling") is not { } x) return Value.Unknown.It;
        if (form.Groups != 1) return evaluator.Trace.Report.Fail(CheckerCodes.UnknownField, arguments[0].Span, "pooling treats every channel alone, so it has no 'groups'", "leave 'groups' out");
        var sizes = new List<int>();
        foreach (var axis in window)
        {
            if (Coerce.Known(evaluator, new Value.Static(axis.Size, axis.From), arguments[1].Span, "the window of pooling") is not { } size) return Value.Unknown.It;
            sizes.Add(size);
        }
        if (Counts(evaluator, x, window, form, i => sizes[i], call) is not { } counts) return Value.Unknown.It;
        return evaluator.Trace.Emit(ElementType.Real, [.. x.Axes[..^(axes + 1)], .. counts, x.Axes[^1]], call, () =>
        {
            var (image, rows, columns) = Grid(x.Node!, Trace.ShapeOf(window), form, i => sizes[i]);
            return Flat(pool(image, rows, columns), axes);
        });
    }

    private static bool HasWindow(Evaluator evaluator, EqArray<Axis> window, SourceSpan span)
    {
        if (window.Count is 1 or 2) return true;
        evaluator.Trace.Report.Fail(CheckerCodes.ListLength, span, $"a window has one size for signals or two for images, not {window.Count}", "write [height; width], e.g. [5; 5]");
        return false;
    }

    /// <summary>A tensor with rows, the axes of windows, and channels.</summary>
    private static Value.TensorOf? Image(Evaluator evaluator, Argument argument, int axes, string what)
    {
        if (Coerce.Real(evaluator, argument.Value, argument.Span) is not { } x) return null;
        if (x.Axes.Count >= axes + 2) return x;
        var channel = x.Axes.Count == axes + 1 ? $"add a channel axis of size 1: reshape [{string.Join("; ", x.Axes)}; 1] x" : null;
        Shapes.FailRank(evaluator, argument.Span, axes == 2 ? $"{what} works on images [n, height, width, channels]" : $"{what} works on signals [n, time, channels]", x, channel);
        return null;
    }

    private static Dim? Channels(Evaluator evaluator, Value.TensorOf x, WindowForm form, SourceSpan call) =>
        Grouped(evaluator, x.Axes[^1].Size, form, call, "channels") ? Dim.Divide(x.Axes[^1].Size, Dim.Of(form.Groups)) : null;

    private static bool Grouped(Evaluator evaluator, Dim size, WindowForm form, SourceSpan call, string what)
    {
        if (Dim.Divide(size, Dim.Of(form.Groups)) is not null) return true;
        evaluator.Trace.Report.Fail(CheckerCodes.Window, call, $"{size} {what} cannot be split into {form.Groups} equal groups",
            size.Constant is { } known ? $"groups that divide {known}: {string.Join(", ", Enumerable.Range(1, (int)Math.Min(known, 4096)).Where(g => known % g == 0))}" : $"the number of groups divides both channels and filters");
        return false;
    }

    private static EqArray<Axis>? Counts(Evaluator evaluator, Value.TensorOf x, EqArray<Axis> window, WindowForm form, Func<int, int> stride, SourceSpan call)
    {
        var counts = new List<Axis>();
        for (var i = 0; i < window.Count; i++)
        {
            var image = x.Axes[x.Axes.Count - 1 - window.Count + i];
            var step = form.StrideOf(i, stride(i));
            if (form.Count(evaluator, image, window[i], i, step, call) is not { } count) return null;
            counts.Add(count.Equals(image.Size) ? image : new Axis(count, call, $"the number of windows along {image}"));
        }
        return counts.ToEqArray();
    }

    /// <summary>The image with its windows; a signal is an image of height 1.</summary>
    private static (Tensor Image, WindowAxis Rows, WindowAxis Columns) Grid(Tensor x, Shape window, WindowForm form, Func<int, int> stride)
    {
        var image = window.Rank == 2 ? x : ExpandDims(x, x.Rank - 2);
        var rows = window.Rank == 2 ? form.On(x.Shape[^3], window[0], 0, form.StrideOf(0, stride(0))) : new WindowAxis(1, 1);
        var last = window.Rank - 1;
        return (image, rows, form.On(x.Shape[^2], window[last], last, form.StrideOf(last, stride(last))));
    }

    private static Tensor Flat(Tensor result, int axes) => axes == 2 ? result : Squeeze(result, result.Rank - 3);
}
