using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Short forms for building and evaluating expressions in tests.</summary>
internal static class Eval
{
    public static Tensor F64(string name, Shape shape) => Input(name, DType.F64, shape);

    /// <summary>The values of an expression for values of the inputs it uses.</summary>
    public static double[] Of(Tensor output, params (Tensor Input, double[] Values)[] at)
    {
        var graph = new TensorGraph(at.Select(a => a.Input), [("y", output)]);
        return Reference.Evaluate(graph, [.. at.Select(a => HostTensor.FromDoubles(a.Input.DType, a.Input.Shape, a.Values))])[0].ToDoubles();
    }

    /// <summary>The same function of a scalar at one point.</summary>
    public static double At(Func<Tensor, Tensor> f, double x)
    {
        var input = F64("x", []);
        return Of(f(input), (input, [x]))[0];
    }

    public static void Equal(double[] expected, double[] actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])),
                $"element {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }
}
