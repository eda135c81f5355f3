using System.Diagnostics;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Composites;

/// <summary>The forward algorithm on the CPU backend.</summary>
public class HiddenMarkovCostTests
{
    /// <summary>The density with its gradients, twice the steps: the fastest of interleaved runs of both.</summary>
    [Fact]
    public void TwiceTheStepsCostAboutTwiceAsMuch()
    {
        using var shorter = Compiled(100, 2);
        using var longer = Compiled(200, 2);
        var (a, b) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < 60; i++) (a, b) = (Math.Min(a, Time(shorter)), Math.Min(b, Time(longer)));
        Assert.True(b / a <= 2.5, $"200 steps cost {b / a:G3} times 100 steps");
    }

    [Fact]
    public void TheCpuAgreesWithTheReference()
    {
        foreach (var (t, k) in new[] { (7, 3), (31, 2) })
        {
            var graph = Graph(t, k);
            using var compiled = Compiled(t, k);
            compiled.Run();
            var expected = Reference.Evaluate(graph, [Observed(t)]);
            for (var o = 0; o < expected.Length; o++)
            {
                var actual = compiled.Read(o, new(expected[o].DType, expected[o].Shape));
                for (var i = 0; i < actual.Data.Length; i++) Assert.Equal(expected[o][i], actual[i], 1e-10 * (1 + Math.Abs(expected[o][i])));
            }
        }
    }

    private static IExecutable Compiled(int t, int k)
    {
        var executable = new CpuBackend().Compile(Pipeline.Optimize(Graph(t, k)), new CompileOptions { Threads = 1 });
        executable.Write(0, Observed(t));
        return executable;
    }

    private static double Time(IExecutable executable)
    {
        var start = Stopwatch.GetTimestamp();
        executable.Run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static HostTensor Observed(int t) => HostTensor.Of([t], [.. Enumerable.Range(0, t).Select(i => Math.Sin(0.7 * i) * 2)]);

    // The log-density, the probabilities of the states and the gradients by all arguments, given the observations.
    private static TensorGraph Graph(int t, int k)
    {
        var y = Input("y", DType.F64, [t]);
        Tensor[] arguments =
        [
            Numbers([k], i => (i + 1) * 2.0 / (k * (k + 1))),
            Numbers([k, k], i => i / k == i % k ? 0.75 : 0.25 / (k - 1)),
            Numbers([k], i => 2.0 * i - k + 1),
            Constant(HostTensor.Scalar(DType.F64, 0.9)),
        ];
        var at = HiddenMarkov.Of(arguments[0], arguments[1], Normal.Of(arguments[2], arguments[3]).Iid([t]));
        var density = at.LogDensity(y);
        return new([y], [("density", density), ("states", HiddenMarkov.StateMarginals(at, y)), .. Vjp.Gradients(density, arguments).Select((g, i) => ($"gradient{i}", g))]);
    }

    private static Tensor Numbers(Shape shape, Func<int, double> element) => Constant(HostTensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(element)]));
}
