using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>A few small graphs with what steps are made of, and values for their inputs.</summary>
internal static class ScriptGraphs
{
    /// <summary>A graph, its state and its inputs' values.</summary>
    public sealed record Case(string Name, TensorGraph Graph, EqArray<Carry> Carries, HostTensor[] Inputs);

    public static Case[] All => [Adam(), Loop(), Draws(), Windowed()];

    // A linear layer under squared error, its gradient, and Adam's update of the weights.
    private static Case Adam()
    {
        var weights = new Origin("h1.w", "iris.prob:6:5");
        Tensor w = Input("h1.w.loc", DType.F32, [3, 2], weights), m = Input("adam.m.h1.w.loc", DType.F32, [3, 2]), v = Input("adam.v.h1.w.loc", DType.F32, [3, 2]);
        Tensor count = Input("step", DType.I64, []), x = Input("x", DType.F32, [5, 3]), y = Input("y", DType.F32, [5, 2]), b = Input("h1.b.loc", DType.F32, [2], new Origin("h1.b", "iris.prob:7:5"));
        var mean = (MatMul(x, w).WithOrigin(weights) + b).WithOrigin(new Origin("h1", ""));
        var loss = Mean(Square(mean - y), 0, 1).WithOrigin(new Origin(null, "iris.prob:9:1"));
        var gradient = Vjp.Gradients(loss, [w])[0];
        var next = count + Constant(HostTensor.Scalar(1));
        Tensor time = Convert(next, DType.F32), first = m * 0.9 + gradient * 0.1, second = v * 0.999 + Square(gradient) * 0.001;
        var rate = Sqrt(1 - Pow(Constant(DType.F32, 0.999), time)) / (1 - Pow(Constant(DType.F32, 0.9), time)) * 0.01;
        var updated = w - rate * first / (Sqrt(second) + 1e-8);
        var graph = new TensorGraph([w, m, v, count, x, y, b], [("w", updated), ("m", first), ("v", second), ("step", next), ("loss", loss)]);
        return new("adam", Pipeline.Optimize(graph), [new(0, 0), new(1, 1), new(2, 2), new(3, 3)],
        [
            Values(w, 0.4, -0.7, 1.1), Values(m, 0.01, -0.02), Values(v, 0.001, 0.003, 0.002), HostTensor.Scalar(6), Values(x, 1.5, -0.5, 0.3, 0.7), Values(y, 0.2, -1.1, 0.6), Values(b, 0.25, -0.75),
        ]);
    }

    private static Case Loop()
    {
        Tensor start = Input("h.start", DType.F64, [3]), steps = Input("x", DType.F64, [7, 3]), decay = Input("decay", DType.F64, []);
        var loop = Loops.Scan(DType.F64, 7, [start], [steps], (carries, slices) =>
        {
            var state = Tanh(carries[0] * decay + slices[0]);
            return new([state], [Square(state)]);
        }, true);
        return new("loop", new TensorGraph([start, steps, decay], [("final", loop.Carries[0]), ("squares", Sum(loop.Outputs[0], 0))]), [],
            [Values(start, 0.5, -0.25, 0.75), Values(steps, 1.5, -0.5, 0.3, 0.7, -1.1), Values(decay, 0.9)]);
    }

    private static Case Draws()
    {
        Tensor seed = Input("seed", DType.I64, []), step = Input("step", DType.I64, []), scale = Input("w.scale", DType.F32, [5]), shape = Input("tau.shape", DType.F64, [2, 3]);
        var source = new RandomSource(seed, step, Iota([2], 0)).Named("w");
        var noise = source.Normal(DType.F32, [5]).WithOrigin(new Origin("w", "iris.prob:3:5"));
        var graph = new TensorGraph([seed, step, scale, shape], [("w", noise * scale), ("tau", source.Named("tau").Gamma(shape)), ("step", step + Constant(HostTensor.Scalar(1)))]);
        return new("draws", graph, [new(1, 2)], [HostTensor.Scalar(7919), HostTensor.Scalar(41), Values(scale, 0.5, 0.3), Values(shape, 0.4, 2.5, 11)]);
    }

    private static Case Windowed()
    {
        Tensor image = Input("images", DType.F32, [2, 5, 7, 3]), kernel = Input("conv.w", DType.F32, [18, 2]);
        WindowAxis rows = WindowAxis.Same(5, 3), columns = WindowAxis.Valid(7, 2, stride: 2);
        var unfolded = Windows.Unfold(image, rows, columns);
        var filtered = Reshape(MatMul(Reshape(unfolded, [2 * rows.Count * columns.Count, 18]), kernel), [2, rows.Count, columns.Count, 2]);
        var pooled = Windows.MaxPool(filtered, WindowAxis.Valid(5, 2, 2), WindowAxis.Valid(3, 3));
        var graph = new TensorGraph([image, kernel], [("pooled", pooled), ("kernel.gradient", Vjp.Gradients(SumAll(Square(pooled)), [kernel])[0])]);
        return new("windows", graph, [], [Values(image, 1.5, -0.5, 0.3, 0.7, -1.1, 0.2, 0.9), Values(kernel, 0.4, -0.7, 1.1, 0.2, -0.3)]);
    }

    private static HostTensor Values(Tensor input, params double[] values) =>
        HostTensor.FromDoubles(input.DType, input.Shape, [.. Enumerable.Range(0, input.Shape.Size).Select(i => values[i % values.Length] * (1 + i / 64.0))]);
}
