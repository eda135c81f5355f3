#if TORCHSHARP
using ProbNet.Backends.TorchSharp;
using ProbNet.Graph;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;
using NativeTensor = TorchSharp.torch.Tensor;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>The binding to TorchSharp, in builds that have it: what stands above the runtime gives the reference's values through it too.</summary>
[Collection(nameof(Alone))]
public class TorchSharpTests
{
    private static readonly Lazy<TorchSharpRuntime> Loaded = new(TorchSharpRuntime.Load);

    private static TorchSharpRuntime Runtime => Loaded.Value;

    [Fact]
    public void Every_primitive_agrees_with_the_reference()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var op in Enum.GetValues<OpCode>())
        {
            foreach (var type in new[] { DType.F32, DType.F64 })
            {
                foreach (var sample in OpTable.Rule(op).Samples(type))
                {
                    count++;
                    Tensor[] inputs = [.. sample.Operands.Select((value, i) => Input($"x{i}", value.DType, value.Shape))];
                    var graph = new TensorGraph(inputs, [("y", Tensor.Create(op, [.. inputs], sample.Attributes))]);
                    HostTensor[] operands = [.. sample.Operands];
                    // libtorch's vectorised log1p in single precision gives infinity from 1e38 on.
                    if (op == OpCode.Log1p && type == DType.F32 && operands[0].ToDoubles().Any(v => v > 1e38)) continue;
                    try
                    {
                        Compare.Close(Reference.Evaluate(graph, operands)[0], Evaluate(graph, operands)[0], OpTable.Rule(op).ToleranceUlps, 0, $"{op} {type}");
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        failures.Add($"{op} {type} {string.Join(" ", sample.Operands)}: {e.Message}");
                    }
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures.Take(20)) + $"\n{failures.Count} of {count}");
        Assert.True(count > 300, $"only {count} samples");
    }

    [Fact]
    public void Random_graphs_agree_with_the_reference()
    {
        foreach (var type in new[] { DType.F32, DType.F64 })
        {
            for (var seed = 0; seed < 20; seed++)
            {
                var (graph, inputs) = RandomGraphs.Generate(seed, type, 40);
                var expected = Reference.Evaluate(graph, inputs);
                var actual = Evaluate(Pipeline.Optimize(graph), inputs);
                for (var i = 0; i < actual.Length; i++) Compare.Close(expected[i], actual[i], 4096, 1, $"seed {seed} {type}, output {i}");
            }
        }
    }

    [Fact]
    public void State_carried_over_a_hundred_runs_agrees_and_no_tensor_is_left()
    {
        foreach (var given in ScriptGraphs.All)
        {
            var before = NativeTensor.TotalCount;
            using (var executable = Compile(given.Graph, given.Carries))
            {
                HostTensor[] inputs = [.. given.Inputs];
                for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
                var during = 0L;
                for (var step = 0; step < 100; step++)
                {
                    executable.Run();
                    if (step == 0) during = NativeTensor.TotalCount;
                    var expected = Reference.Evaluate(given.Graph, inputs);
                    foreach (var carry in given.Carries) inputs[carry.Input] = expected[carry.Output];
                    for (var i = 0; i < expected.Length; i++) Compare.Close(expected[i], executable.Read(i, TypeOf(given.Graph.Outputs[i].Value)), 4096, 1, $"{given.Name}, step {step}, {given.Graph.Outputs[i].Name}");
                }
                Assert.Equal(during, NativeTensor.TotalCount);
            }
            Assert.Equal(before, NativeTensor.TotalCount);
        }
    }

    [Fact]
    public void What_a_user_disposes_of_by_scope_does_not_reach_into_a_step()
    {
        Tensor m = Input("m", DType.F32, [3, 2]), x = Input("x", DType.F32, [3, 2]);
        IExecutable executable;
        using (global::TorchSharp.torch.NewDisposeScope())
        {
            executable = Compile(new([m, x], [("m", m + x), ("twice", m * 2)]), [new(0, 0)]);
            executable.Write(0, Fused.Values(DType.F32, [3, 2], 5));
            executable.Write(1, Fused.Values(DType.F32, [3, 2], 7));
            executable.Run();
        }
        using (executable)
        {
            var old = Fused.Values(DType.F32, [3, 2], 5).ToDoubles().ToArray();
            Assert.Equal(old.Select(v => (float)v * 2), executable.Read(1, new TensorType(DType.F32, [3, 2])).ToDoubles().Select(v => (float)v));
            executable.Run();
            Assert.Equal(old.Zip(Fused.Values(DType.F32, [3, 2], 7).ToDoubles(), (a, b) => (float)a + (float)b + (float)b), executable.ReadInput(0, new TensorType(DType.F32, [3, 2])).ToDoubles().Select(v => (float)v));
        }
    }

    [Fact]
    public void All_types_and_ranks_are_written_and_read_back()
    {
        Check<float>(DType.F32, [2, 3], [1.5f, -2, float.NaN, 4, float.NegativeInfinity, 6]);
        Check<double>(DType.F64, [], [Math.PI]);
        Check<long>(DType.I64, [5], [long.MinValue, -1, 0, 1, long.MaxValue]);
        Check<bool>(DType.Bool, [1, 3], [true, false, true]);
        Check<float>(DType.F32, [0, 7], []);

        static void Check<T>(DType type, Shape shape, T[] values) where T : unmanaged
        {
            using var tensor = Runtime.Create(TorchDevice.Cpu, type, shape);
            var read = new T[values.Length];
            tensor.Read<T>(read);
            Assert.All(read, v => Assert.Equal(default, v));
            tensor.Write<T>(values);
            tensor.Read<T>(read);
            Assert.Equal(values, read);
            Assert.Equal(TorchFault.Argument, Assert.Throws<TorchException>(() => tensor.Write<T>(new T[values.Length + 1])).Fault);
            Assert.Equal(TorchFault.Argument, Assert.Throws<TorchException>(() => tensor.Read<T>(new T[values.Length + 1])).Fault);
        }
    }

    [Fact]
    public void What_is_wrong_is_told_in_libtorchs_words()
    {
        var script = Runtime.Compile("def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n    return [torch.mm(inputs[0], inputs[0])]\n");
        using var wide = Runtime.Create(TorchDevice.Cpu, DType.F32, [2, 3]);
        Assert.Contains("walk", Assert.Throws<TorchException>(() => Runtime.Bind(script, "walk", [wide], [])).Message);
        using var step = Runtime.Bind(script, "step", [wide], []);
        Assert.Contains("there is no output 0", Assert.Throws<TorchException>(() => step.Read<float>(0, new float[1])).Message);
        var failed = Assert.Throws<TorchException>(step.Run);
        Assert.Equal(TorchFault.Operator, failed.Fault);
        Assert.Contains("shapes cannot be multiplied", failed.Message);
        Assert.DoesNotContain("Exception raised from", failed.Message);
        Assert.False(step.Capture());
        Assert.Throws<TorchException>(() => Runtime.Create(new TorchDevice(97), DType.F32, [2]));
    }

    [Fact]
    public void Arguments_are_handed_over_one_by_one() =>
        Assert.Equal(
            "\n\ndef probnet_call(input_0: Tensor, input_1: Tensor, constant_0: Tensor) -> List[Tensor]:\n    return step([input_0, input_1], [constant_0])\n",
            TorchSharpRuntime.CallText("step", 2, 1));

    [Fact]
    public void A_step_that_returns_nothing_runs()
    {
        var x = Input("x", DType.F64, [3]);
        using var executable = Compile(new([x], [("x", x * 0.5)]), [new(0, 0)]);
        executable.Write(0, HostTensor.Of([3], [8.0, 4, 2]));
        for (var i = 0; i < 5; i++) executable.Run();
        Assert.Equal([0.25, 0.125, 0.0625], executable.ReadInput(0, TypeOf(x)).ToDoubles());
    }

    private static IExecutable Compile(TensorGraph graph, EqArray<Carry> carries) =>
        new TorchBackend(Runtime, TorchDevice.Cpu, new TorchOptions()).Compile(graph, new CompileOptions { Carries = carries, Threads = 1 });

    private static HostTensor[] Evaluate(TensorGraph graph, HostTensor[] inputs)
    {
        using var executable = Compile(graph, []);
        for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
        executable.Run();
        return [.. graph.Outputs.Select((output, i) => executable.Read(i, TypeOf(output.Value)))];
    }

    private static TensorType TypeOf(Tensor x) => new(x.DType, x.Shape);
}
#endif
