using System.Runtime.CompilerServices;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

public static partial class Functions
{
    /// <summary>Windows are padded so that none is lost: with a stride of 1 the size stays the same.</summary>
    public static Windowing Same { get; } = new("same");

    /// <summary>Windows lie wholly inside the image.</summary>
    public static Windowing Valid { get; } = new("valid");

    /// <summary>Convolution of images [n, h, w, c] with a kernel [kh, kw, c, filters], or of signals [n, t, c] with a kernel [k, c, filters].</summary>
    public static Tensor Convolve(Windowing how, Tensor kernel, Tensor x) => Tensor.Make([kernel, x], s => s.Call("convolve", how.In(s), kernel.In(s), x.In(s)));

    /// <summary>The shape of a kernel with so many filters for convolving x.</summary>
    public static Tensor[] KernelShape(Tensor filters, Tensor[] window, Windowing how, Tensor x)
    {
        var shape = Tensor.Make([filters, .. window, x], s => s.Call("kernelShape", filters.In(s), Distribution.Shape(s, window), how.In(s), x.In(s)));
        return [.. Enumerable.Range(0, window.Length + 2).Select(i => Tensor.Make([shape], s => shape.In(s) is Value.List { Items: var sizes } ? sizes[i] : Value.Unknown.It))];
    }

    /// <summary>The maximum of each window and channel; windows lie side by side unless a stride is given.</summary>
    public static Tensor MaxPool(Windowing how, Tensor[] window, Tensor x) => Tensor.Make([.. window, x], s => s.Call("maxPool", how.In(s), Distribution.Shape(s, window), x.In(s)));

    /// <summary>The mean of each window and channel; padding does not count.</summary>
    public static Tensor AvgPool(Windowing how, Tensor[] window, Tensor x) => Tensor.Make([.. window, x], s => s.Call("avgPool", how.In(s), Distribution.Shape(s, window), x.In(s)));

    /// <summary>The maximum of each window and channel of images, windows side by side: <c>x | MaxPool2d([2, 2])</c>.</summary>
    public static Func<Tensor, Tensor> MaxPool2d(Tensor[] window) => x => Tensor.Make([.. window, x], s => s.Call("maxPool2d", Distribution.Shape(s, window), x.In(s)));

    /// <summary>The mean of each window and channel of images, windows side by side.</summary>
    public static Func<Tensor, Tensor> AvgPool2d(Tensor[] window) => x => Tensor.Make([.. window, x], s => s.Call("avgPool2d", Distribution.Shape(s, window), x.In(s)));

    /// <summary>The maximum over windows of a signal.</summary>
    public static Func<Tensor, Tensor> MaxPool1d(Tensor window) => x => Tensor.Of("maxPool1d", window, x);

    /// <summary>The mean over windows of a signal.</summary>
    public static Func<Tensor, Tensor> AvgPool1d(Tensor window) => x => Tensor.Of("avgPool1d", window, x);

    /// <summary>A convolution layer over images with standard normal priors on its kernel <c>w</c> and bias <c>b</c>: <c>image | Conv2d(8, [5, 5], Same)</c>.</summary>
    public static Func<Tensor, Prob<Tensor>> Conv2d(Tensor filters, Tensor[] window, Windowing how, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("conv2d", file, line, s => [filters.In(s), Distribution.Shape(s, window), how.In(s)]);

    /// <summary>A convolution layer over images whose kernel comes from a prior over shapes and whose bias is standard normal.</summary>
    public static Func<Tensor, Prob<Tensor>> Conv2dWith(Func<Tensor[], Prob<Tensor>> prior, Tensor filters, Tensor[] window, Windowing how, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("conv2dWith", file, line, s => [Prior(s, prior), filters.In(s), Distribution.Shape(s, window), how.In(s)]);

    /// <summary>A convolution layer over signals with standard normal priors on kernel and bias; the window is a number.</summary>
    public static Func<Tensor, Prob<Tensor>> Conv1d(Tensor filters, Tensor window, Windowing how, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("conv1d", file, line, s => [filters.In(s), window.In(s), how.In(s)]);

    /// <summary>A convolution layer over signals whose kernel comes from a prior over shapes.</summary>
    public static Func<Tensor, Prob<Tensor>> Conv1dWith(Func<Tensor[], Prob<Tensor>> prior, Tensor filters, Tensor window, Windowing how, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("conv1dWith", file, line, s => [Prior(s, prior), filters.In(s), window.In(s), how.In(s)]);
}
