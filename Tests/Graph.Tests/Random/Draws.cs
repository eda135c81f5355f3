using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Draws by the reference evaluator.</summary>
internal static class Draws
{
    /// <summary>The result of a random primitive for literal counters; <paramref name="parameters"/> repeat over the draws.</summary>
    public static HostTensor Of(OpCode op, DType type, long seed, long step, long[] draws, uint stream, Shape shape, params double[] parameters)
    {
        Tensor[] counters = [Scalar(seed), Scalar(step), Constant(HostTensor.Of([draws.Length], draws))];
        Tensor[] operands = parameters.Length == 0
            ? counters
            : [.. counters, BroadcastTo(Constant(HostTensor.FromDoubles(type, shape, parameters)), shape.Prepend(draws.Length))];
        var node = Tensor.Create(op, [.. operands], new Attributes.RandomSpec(stream, shape, type));
        return Reference.Evaluate(new([], [("y", node)]), [])[0];
    }

    public static Tensor Scalar(long value) => Constant(HostTensor.Scalar(value));
}
