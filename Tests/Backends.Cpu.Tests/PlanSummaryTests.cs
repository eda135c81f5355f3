using ProbNet.Graph;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>A plan made without its memory is the plan that is compiled.</summary>
public sealed class PlanSummaryTests
{
    private static readonly CpuBackend Backend = new();

    [Fact]
    public void DryPlansAreThoseThatAreCompiled()
    {
        Tensor x = Input("x", DType.F32, [37, 5]), w = Input("w", DType.F32, [5, 3]), i = Input("i", DType.I64, [11]);
        var next = w - 0.1f * Vjp.Gradients(SumAll(Square(Tanh(MatMul(Gather(x, i), w)))), [w])[0];
        var graph = Pipeline.Optimize(new TensorGraph([x, w, i], [("w", next)]));
        var options = new CompileOptions { Carries = [new(1, 0)], Threads = 2 };
        var plan = Backend.Plan(graph, options);
        using var executable = (CpuExecutable)Backend.Compile(graph, options);
        Assert.Equal(executable.Summary(), plan);
        Assert.Equal((37 * 5 * 4 + 11 * 8, 5 * 3 * 4), (plan.DataBytes, plan.StateBytes));
        Assert.Equal(executable.Describe(), PlanText.Of(plan, graph, options));
    }

    [Fact]
    public void PlansLargerThanAnyMachineAreMadeWithoutMemory()
    {
        Tensor[] inputs = [.. Enumerable.Range(0, 4096).Select(k => Input($"x{k}", DType.F64, [1 << 30]))];
        var plan = Backend.Plan(new TensorGraph([.. inputs], [("y", SumAll(inputs[0]))]), new CompileOptions());
        Assert.Equal(1L << 45, plan.DataBytes);
        Assert.True(plan.TotalBytes >= 1L << 45);
    }

    [Fact]
    public void GatheredRowsAreReadNotTheTable()
    {
        Tensor x = Input("x", DType.F32, [100_003, 7]), i = Input("i", DType.I64, [13]);
        var plan = Backend.Plan(new TensorGraph([x, i], [("y", Gather(x, i))]), new CompileOptions());
        Assert.Equal(2 * 13 * 7 * 4 + 13 * 8, plan.Traffic);
    }

    [Fact]
    public void ElementaryFunctionsCountTen()
    {
        var x = Input("x", DType.F32, [1_009]);
        Assert.Equal(10 * 1_009 + 1_009, Backend.Plan(new TensorGraph([x], [("y", Exp(x) + x)]), new CompileOptions()).Operations);
    }

    [Fact]
    public void MemoryThatTheSystemRefusesIsNamed()
    {
        var failure = Assert.Throws<OutOfMemoryException>(() => new NativeBlock(nint.MaxValue - 4096));
        Assert.Contains("GiB", failure.Message.Replace("TiB", "GiB"));
        Assert.Contains("for a plan", failure.Message);
    }
}
