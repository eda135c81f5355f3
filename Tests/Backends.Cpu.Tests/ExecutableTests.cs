using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>What an executable promises beside right values: carried state, no allocation, threads, independence, disposal.</summary>
public class ExecutableTests
{
    private static readonly CpuBackend Backend = new();

    [Fact]
    public void Carried_state_equals_a_loop_over_the_reference()
    {
        // p and q each depend on both; r is replaced by a reduction of them, s by a copy of an input.
        Tensor p = Input("p", DType.F32, [7, 13]), q = Input("q", DType.F32, [7, 13]), r = Input("r", DType.F32, [13]), s = Input("s", DType.F32, [7, 13]);
        var graph = new TensorGraph([p, q, r, s],
        [
            ("p", Tanh(p + q * 0.5) + BroadcastTo(r, [7, 13])), ("q", q - Transpose(Reshape(p, [13, 7]), [1, 0]) * 0.1), ("r", Sum(p * q, 0) * 0.01), ("s", p), ("loss", SumAll(p * s)),
        ]);
        var options = new CompileOptions { Carries = [new(0, 0), new(1, 1), new(2, 2), new(3, 3)], Threads = 1 };
        Agree(graph, options, [Values([7, 13], 1), Values([7, 13], 2), Values([13], 3), Values([7, 13], 4)], 12);
    }

    [Fact]
    public void Carried_inputs_may_be_exchanged()
    {
        Tensor a = Input("a", DType.F32, [5, 3]), b = Input("b", DType.F32, [5, 3]), c = Input("c", DType.F32, [5, 3]);
        var swap = new TensorGraph([a, b, c], [("a", b), ("b", a), ("c", c + a)]);
        Agree(swap, new CompileOptions { Carries = [new(0, 0), new(1, 1), new(2, 2)] }, [Values([5, 3], 1), Values([5, 3], 2), Values([5, 3], 3)], 5);
        var rotate = new TensorGraph([a, b, c], [("a", b), ("b", c * 0.5), ("c", a + 1)]);
        Agree(rotate, new CompileOptions { Carries = [new(0, 0), new(1, 1), new(2, 2)] }, [Values([5, 3], 1), Values([5, 3], 2), Values([5, 3], 3)], 7);
        // One output may feed two inputs.
        var both = new TensorGraph([a, b, c], [("a", a * b + c)]);
        Agree(both, new CompileOptions { Carries = [new(0, 0), new(1, 0)] }, [Values([5, 3], 1), Values([5, 3], 2), Values([5, 3], 3)], 4);
    }

    [Fact]
    public void Moments_and_parameters_are_updated_in_place()
    {
        Tensor p = Input("p", DType.F32, [97, 31]), m = Input("m", DType.F32, [97, 31]), v = Input("v", DType.F32, [97, 31]), x = Input("x", DType.F32, [11, 97]);
        var loss = SumAll(Square(Tanh(MatMul(x, p))));
        var g = Vjp.Gradients(loss, [p])[0];
        Tensor m1 = m * 0.9 + g * 0.1, v1 = v * 0.99 + g * g * 0.01, p1 = p - 0.01 * m1 / (Sqrt(v1) + 1e-4);
        var graph = Pipeline.Optimize(new TensorGraph([p, m, v, x], [("loss", loss), ("p", p1), ("m", m1), ("v", v1)]));
        var options = new CompileOptions { Carries = [new(0, 1), new(1, 2), new(2, 3)] };
        using (var executable = (CpuExecutable)Backend.Compile(graph, options)) Assert.Equal(3, executable.InPlace);
        Agree(graph, options, [Values([97, 31], 1), HostTensor.Zeros(DType.F32, [97, 31]), HostTensor.Zeros(DType.F32, [97, 31]), Values([11, 97], 2)], 6);
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            Tensor x = Input("x", type, [509, 387]), w = Input("w", type, [387, 211]), seed = Input("seed", DType.I64, []);
            var source = new RandomSource(seed, Constant(HostTensor.Scalar(3)), Constant(HostTensor.Scalar(0)));
            var h = Softplus(MatMul(x, w + source.Normal(type, w.Shape) * 0.01));
            var batched = MatMul(BroadcastTo(ExpandDims(x, 0), [3, 509, 387]), BroadcastTo(ExpandDims(w, 0), [3, 387, 211]) * Reshape(Constant(HostTensor.FromDoubles(type, [3], [1, 2, 3])), [3, 1, 1]));
            var graph = new TensorGraph([x, w, seed],
            [
                ("h", h), ("all", SumAll(Log(h) * h)), ("rows", Sum(h, 1)), ("columns", Sum(Sqrt(h), 0)), ("max", ReduceMax(h, 0)), ("dw", MatMul(TransposeLast(x), h)),
                ("noise", source.Named("n").Normal(type, [300_001])), ("batched", batched),
            ]);
            HostTensor[] inputs = [Harness.Values(type, x.Shape, 1), Harness.Values(type, w.Shape, 2), HostTensor.Scalar(17)];
            var one = Harness.Run(Backend, graph, inputs, threads: 1);
            foreach (var threads in new[] { 2, 3 })
            {
                using var executable = (CpuExecutable)Backend.Compile(graph, new CompileOptions { Threads = threads });
                Assert.Contains(executable.Kernels, kernel => kernel.Chunks > 1);
                for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
                for (var run = 0; run < 3; run++)
                {
                    executable.Run();
                    for (var i = 0; i < one.Length; i++) Assert.Equal(one[i], executable.Read(i, new TensorType(one[i].DType, one[i].Shape)));
                }
            }
        }
    }

    [Fact]
    public void Running_allocates_nothing()
    {
        foreach (var threads in new[] { 1, 2 })
        {
            Tensor x = Input("x", DType.F32, [301, 256]), w = Input("w", DType.F32, [256, 130]), step = Input("step", DType.I64, []);
            var noise = new RandomSource(Constant(HostTensor.Scalar(1)), step, Constant(HostTensor.Scalar(0))).Normal(DType.F32, w.Shape);
            var y = Softplus(MatMul(x, w + noise));
            var graph = new TensorGraph([x, w, step], [("w", w - MatMul(TransposeLast(x), y) * 1e-6), ("sum", SumAll(y)), ("step", step + Constant(HostTensor.Scalar(1)))]);
            using var executable = Backend.Compile(graph, new CompileOptions { Carries = [new(1, 0), new(2, 2)], Threads = threads });
            float[] values = (float[])Values([301, 256], 1).Data, sum = new float[1], state = new float[256 * 130];
            for (var warm = 0; warm < 3; warm++) Cycle();
            // The runtime allocates once when a thread first waits for another; a step that allocates does so every time.
            var least = Enumerable.Range(0, 4).Min(_ =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 20; i++) Cycle();
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
            Assert.Equal(0, least);

            void Cycle()
            {
                executable.Write<float>(0, values);
                executable.Run();
                executable.Read<float>(1, sum);
                executable.ReadInput<float>(1, state);
            }
        }
    }

    [Fact]
    public void Two_executables_on_two_threads_equal_each_alone()
    {
        var graphs = new[] { 3, 5 }.Select(k =>
        {
            Tensor x = Input("x", DType.F32, [41, 257]), step = Input("step", DType.I64, []);
            var noise = new RandomSource(Constant(HostTensor.Scalar(k)), step, Constant(HostTensor.Scalar(0))).Normal(DType.F32, x.Shape);
            return new TensorGraph([x, step], [("x", Tanh(x * 0.9 + noise * 0.1)), ("step", step + Constant(HostTensor.Scalar(1)))]);
        }).ToArray();
        var options = new CompileOptions { Carries = [new(0, 0), new(1, 1)], Threads = 2 };
        var alone = graphs.Select(graph => Final(graph)).ToArray();
        var together = new HostTensor[2];
        var threads = graphs.Select((graph, i) => new Thread(() => together[i] = Final(graph))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(alone[0], together[0]);
        Assert.Equal(alone[1], together[1]);
        Assert.NotEqual(alone[0], alone[1]);

        HostTensor Final(TensorGraph graph)
        {
            using var executable = Backend.Compile(graph, options);
            executable.Write(0, Values([41, 257], 9));
            for (var i = 0; i < 200; i++) executable.Run();
            return executable.ReadInput(0, new TensorType(DType.F32, [41, 257]));
        }
    }

    [Fact]
    public void Use_after_disposal_is_refused()
    {
        var x = Input("x", DType.F32, [3]);
        var executable = Backend.Compile(new TensorGraph([x], [("y", x + 1)]), new CompileOptions { Threads = 2 });
        executable.Dispose();
        executable.Dispose();
        Assert.Throws<ObjectDisposedException>(executable.Run);
        Assert.Throws<ObjectDisposedException>(() => executable.Write<float>(0, new float[3]));
        Assert.Throws<ObjectDisposedException>(() => executable.Read<float>(0, new float[3]));
        Assert.Throws<ObjectDisposedException>(() => executable.ReadInput<float>(0, new float[3]));
    }

    [Fact]
    public void Values_of_the_wrong_type_or_number_are_refused()
    {
        var x = Input("x", DType.F32, [3, 2]);
        using var executable = Backend.Compile(new TensorGraph([x], [("y", x + 1)]), new CompileOptions());
        Assert.Throws<ArgumentException>(() => executable.Write<float>(0, new float[5]));
        Assert.Throws<ArgumentException>(() => executable.Write<double>(0, new double[6]));
        Assert.Throws<ArgumentException>(() => executable.Read<int>(0, new int[6]));
        Assert.Throws<ArgumentException>(() => Backend.Compile(new TensorGraph([x], [("y", SumAll(x))]), new CompileOptions { Carries = [new(0, 0)] }));
    }

    [Fact]
    public void Indices_outside_the_table_are_refused()
    {
        Tensor x = Input("x", DType.F32, [5, 3]), i = Input("i", DType.I64, [2]);
        using var executable = Backend.Compile(new TensorGraph([x, i], [("y", Gather(x, i))]), new CompileOptions());
        executable.Write<long>(1, [0, 5]);
        Assert.Throws<ArgumentOutOfRangeException>(executable.Run);
    }

    [Fact]
    public void The_description_names_kernels_shapes_and_memory()
    {
        Tensor x = Input("x", DType.F32, [5, 7]), w = Input("w", DType.F32, [7, 3]);
        using var executable = Backend.Compile(new TensorGraph([x, w], [("y", Tanh(MatMul(x, w)))]), new CompileOptions());
        var text = executable.Describe();
        Assert.Contains("product [5, 7] x [7, 3]", text);
        Assert.Contains("Tanh", text);
        Assert.Contains("arena", text);
        Assert.Contains("210 flop", text);
    }

    private static HostTensor Values(Shape shape, int seed) => Harness.Values(DType.F32, shape, seed);

    /// <summary>Runs a graph with its carries here and on the reference and compares all outputs and inputs after every run.</summary>
    private static void Agree(TensorGraph graph, CompileOptions options, HostTensor[] inputs, int runs)
    {
        using var expected = new ReferenceBackend().Compile(graph, options);
        using var actual = Backend.Compile(graph, options);
        for (var i = 0; i < inputs.Length; i++)
        {
            expected.Write(i, inputs[i]);
            actual.Write(i, inputs[i]);
        }
        for (var run = 0; run < runs; run++)
        {
            expected.Run();
            actual.Run();
            for (var o = 0; o < graph.Outputs.Length; o++)
            {
                var type = new TensorType(graph.Outputs[o].Value.DType, graph.Outputs[o].Value.Shape);
                Compare.Close(expected.Read(o, type), actual.Read(o, type), 1000, 1, $"run {run}, output {o}");
            }
            for (var i = 0; i < inputs.Length; i++)
            {
                var type = new TensorType(graph.Inputs[i].DType, graph.Inputs[i].Shape);
                Compare.Close(expected.ReadInput(i, type), actual.ReadInput(i, type), 1000, 1, $"run {run}, input {i}");
            }
        }
    }
}
