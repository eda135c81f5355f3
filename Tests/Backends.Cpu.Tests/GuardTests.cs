using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>Regions whose stores all hang on one truth value: an update is made whole or not at all.</summary>
public class GuardTests
{
    [Fact]
    public void An_update_is_made_where_its_condition_holds_and_state_stays_otherwise()
    {
        foreach (var backend in Harness.Backends)
        {
            foreach (var size in new[] { 1, 3, 67, 5003, 200_003 })
            {
                foreach (var carried in new[] { true, false })
                {
                    foreach (var threads in new[] { 1, 2 }) Check(backend, size, carried, threads);
                }
            }
        }
    }

    [Fact]
    public void State_that_changes_places_is_kept_whole()
    {
        Tensor a = Input("a", DType.F32, [67]), b = Input("b", DType.F32, [67]), ok = Input("ok", DType.Bool, []);
        var holds = BroadcastTo(ok, a.Shape);
        var graph = new TensorGraph([a, b, ok], [("a", Select(holds, a * 2, b)), ("b", Select(holds, b + 1, a))]);
        foreach (var backend in Harness.Backends)
        {
            foreach (var value in new[] { true, false })
            {
                using var executable = backend.Compile(graph, new CompileOptions { Threads = 1, Carries = [new Carry(0, 0), new Carry(1, 1)] });
                HostTensor[] inputs = [Harness.Values(DType.F32, a.Shape, 1), Harness.Values(DType.F32, b.Shape, 2), HostTensor.Of(Shape.Scalar, [value])];
                for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
                executable.Run();
                var expected = Reference.Evaluate(graph, inputs);
                for (var i = 0; i < 2; i++) Assert.Equal((float[])expected[i].Data, (float[])executable.Read(i, new(DType.F32, a.Shape)).Data);
            }
        }
    }

    private static void Check(CpuBackend backend, int size, bool carried, int threads)
    {
        Shape shape = [size];
        Tensor parameter = Input("p", DType.F32, shape), mean = Input("m", DType.F32, shape), gradient = Input("g", DType.F32, shape), ok = Input("ok", DType.Bool, []);
        var nextMean = mean * 0.9 + gradient * 0.1;
        var next = parameter - 0.5 * nextMean / (Sqrt(Square(nextMean)) + 0.01);
        var graph = new TensorGraph([parameter, mean, gradient, ok], [("p", Choose(next, parameter)), ("m", Choose(nextMean, mean))]);
        HostTensor[] inputs = [Harness.Values(DType.F32, shape, 1), Harness.Values(DType.F32, shape, 2), Harness.Values(DType.F32, shape, 3), HostTensor.Of(Shape.Scalar, [true])];
        var expected = Reference.Evaluate(graph, inputs);
        using var executable = backend.Compile(graph, new CompileOptions { Threads = threads, Carries = carried ? [new Carry(0, 0), new Carry(1, 1)] : [] });
        for (var i = 0; i < inputs.Length; i++) executable.Write(i, inputs[i]);
        executable.Run();
        for (var i = 0; i < 2; i++) Compare.Close(expected[i], executable.Read(i, new(DType.F32, shape)), 16, 1, $"{size}, carried {carried}, output {i}");

        // A gradient that is no number would spoil both; the condition keeps what was there, bit for bit.
        executable.Write<bool>(3, [false]);
        executable.Write(2, HostTensor.FromDoubles(DType.F32, shape, [.. Enumerable.Repeat(double.NaN, size)]));
        var before = carried ? [executable.Read(0, new(DType.F32, shape)), executable.Read(1, new(DType.F32, shape))] : inputs;
        executable.Run();
        for (var i = 0; i < 2; i++) Assert.Equal((float[])before[i].Data, (float[])executable.Read(i, new(DType.F32, shape)).Data);

        Tensor Choose(Tensor then, Tensor otherwise) => Select(BroadcastTo(ok, shape), then, otherwise);
    }
}
