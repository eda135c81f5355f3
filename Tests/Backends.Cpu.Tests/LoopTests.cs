using System.Diagnostics;
using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Loops on the backend: values, threads, allocation, and cost linear in the number of steps.</summary>
public class LoopTests
{
    [Theory]
    [InlineData(DType.F32, 5, 3)]
    [InlineData(DType.F64, 5, 3)]
    [InlineData(DType.F32, 300, 67)]
    public void Value_and_gradient_agree_with_the_reference_for_any_number_of_threads(DType type, int rows, int width)
    {
        var (graph, inputs) = Net(type, 6, rows, width);
        HostTensor[]? expected = rows > 100 ? null : [.. Reference.Evaluate(graph, inputs)];
        var one = Harness.Run(new CpuBackend(), graph, inputs);
        for (var i = 0; expected is not null && i < one.Length; i++) Compare.Close(expected[i], one[i], 512, 1, graph.Outputs[i].Name);
        foreach (var threads in new[] { 2, 3 })
        {
            var other = Harness.Run(new CpuBackend(), graph, inputs, threads);
            for (var i = 0; i < one.Length; i++) Assert.True(one[i].Equals(other[i]), $"{graph.Outputs[i].Name} on {threads} threads");
        }
    }

    [Fact]
    public void A_second_run_starts_from_the_first_values_again()
    {
        var (graph, inputs) = Net(DType.F64, 9, 5, 3);
        using var executable = new CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
        executable.Run();
        var first = executable.Read(1, new(DType.F64, graph.Outputs[1].Value.Shape));
        executable.Run();
        Assert.Equal(first, executable.Read(1, new(DType.F64, graph.Outputs[1].Value.Shape)));
        Assert.Contains("loop of 9 steps", executable.Describe());
    }

    [Fact]
    public void Running_a_loop_allocates_nothing()
    {
        var (graph, inputs) = Net(DType.F32, 50, 5, 3);
        using var executable = new CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
        for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
        // What the runtime allocates once, while it compiles methods anew, falls on some of the rounds; what a run allocates, on all.
        Assert.Equal(0, Enumerable.Range(0, 6).Min(_ => Allocated(executable)));

        static long Allocated(IExecutable executable)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++) executable.Run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Twice_the_steps_cost_twice_the_time()
    {
        using var hundred = Ready(100);
        using var twoHundred = Ready(200);
        List<double> shorter = [], longer = [];
        // Interleaved, so that what else the machine does falls on both.
        for (var round = 0; round < 60; round++)
        {
            shorter.Add(Time(hundred));
            longer.Add(Time(twoHundred));
        }
        // The least time is what the work takes when nothing else runs.
        var ratio = longer.Min() / shorter.Min();
        Assert.True(ratio <= 2.5, $"200 steps take {ratio:0.00} times as long as 100");

        static IExecutable Ready(int steps)
        {
            var (graph, inputs) = Net(DType.F32, steps, 7, 2);
            var executable = new CpuBackend().Compile(graph, new CompileOptions { Threads = 1 });
            for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
            return executable;
        }

        static double Time(IExecutable executable)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 5; i++) executable.Run();
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
    }

    /// <summary>The loss of a recurrent net and its gradients, optimised.</summary>
    private static (TensorGraph Graph, HostTensor[] Inputs) Net(DType type, int steps, int rows, int width)
    {
        Tensor x = Input("x", type, [steps, rows, 2]), w = Input("w", type, [2, width]), v = Input("v", type, [width, width]), b = Input("b", type, [width]);
        var loop = Loops.Scan(type, steps, [Full(type, [rows, width], 0)], [x], (c, s) =>
        {
            var h = Tanh(MatMul(s[0], w) + 0.3 * MatMul(c[0], v) + b);
            return new([h], [Mean(h, -1)]);
        });
        var loss = Mean(Square(loop.Carries[0]), 0, 1) + Mean(loop.Outputs[0], 0, 1);
        Tensor[] inputs = [x, w, v, b];
        var graph = Pipeline.Optimize(new(inputs, [("loss", loss), .. Vjp.Gradients(loss, inputs[1..]).Select((g, i) => ($"g{i}", g))]));
        return (graph, [.. inputs.Select((input, i) => Harness.Values(type, input.Shape, i))]);
    }
}
