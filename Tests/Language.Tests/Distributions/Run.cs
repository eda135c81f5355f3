using System.Collections.Immutable;
using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>
/// Evaluation of closed tensor expressions and the raw material of the laws: instances at probes, draws, unconstrained arguments.
/// </summary>
internal static class Run
{
    public static HostTensor Value(Tensor expression) => Values([expression])[0];

    public static ImmutableArray<HostTensor> Values(IReadOnlyList<Tensor> expressions) =>
        Reference.Evaluate(new TensorGraph([], expressions.Select((e, i) => ($"out{i}", e))), []);

    public static double Number(Tensor expression) => Value(expression)[0];

    public static Tensor Constants(DType type, Shape shape, ReadOnlySpan<double> values) => Constant(HostTensor.FromDoubles(type, shape, values));

    /// <summary>The family at a probe's arguments, rounded to <paramref name="type"/>.</summary>
    public static Instance At(Distribution family, Probe probe, DType type = DType.F64) =>
        Instance.Of(family, [.. probe.Arguments.Select(a => Constant(a.Convert(type)))]);

    /// <summary>The same arguments, rounded to single precision, in double.</summary>
    public static Probe Rounded(this Probe probe) =>
        new(probe.Arguments.Map(Single), probe.Values.Map(v => v.DType == DType.I64 ? v : Single(v)));

    private static HostTensor Single(HostTensor x) => x.Convert(DType.F32).Convert(DType.F64);

    /// <summary>Fails unless the numbers differ by at most <paramref name="bound"/>.</summary>
    public static void Close(double actual, double expected, double bound, string what) =>
        Assert.True(Math.Abs(actual - expected) <= bound, $"{what}: {actual:R}, expected {expected:R} within {bound:G3}");

    /// <summary>Events of one shape joined along a new first axis, as the family's value type in <paramref name="type"/>.</summary>
    public static Tensor Values(Distribution family, IEnumerable<HostTensor> events, DType type = DType.F64) =>
        Stack(events.Select(e => Constant(e.Convert(family.ValueType(type)))), 0);

    /// <summary>log p at each of the events.</summary>
    public static HostTensor LogDensity(Instance at, IReadOnlyList<HostTensor> events) =>
        Value(at.Iid([events.Count]).LogDensity(Values(at.Family, events, at.Arguments[0].DType)));

    public static RandomSource Source(long seed, Tensor draw) => new(Constant(HostTensor.Scalar(seed)), Constant(HostTensor.Scalar(11)), draw);

    public static RandomSource Source(long seed, int draws) => Source(seed, Iota([draws], 0));

    /// <summary>n draws, [n] + event.</summary>
    public static HostTensor Draws(Instance at, int n, long seed = 2027) => Value(at.Sample(Source(seed, n)));

    /// <summary>The arguments as vectors of unconstrained reals, one for each parameter; whole numbers as they are.</summary>
    public static Tensor[] Unconstrained(Instance at) =>
        [.. at.Arguments.Zip(at.Family.Parameters, (a, p) => Constant(Value((BijectorTable.For(p.Support, name => Named(at.Family, at.Arguments, name)) ?? IdentityBijector.Value).Inverse(a))))];

    /// <summary>The family at unconstrained arguments.</summary>
    public static Instance Constrained(Distribution family, IReadOnlyList<Tensor> unconstrained)
    {
        // A limit of a parameter is a parameter before it.
        var arguments = new List<Tensor>();
        foreach (var (u, p) in unconstrained.Zip(family.Parameters)) arguments.Add((BijectorTable.For(p.Support, name => Named(family, arguments, name)) ?? IdentityBijector.Value).Forward(u));
        return Instance.Of(family, [.. arguments]);
    }

    private static Tensor Named(Distribution family, IReadOnlyList<Tensor> arguments, string name)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (family.Parameters[i].Name == name) return arguments[i];
        }
        throw new ArgumentException(name);
    }

    /// <summary>
    /// The same distribution with every unconstrained argument that is not a whole number moved by about <paramref name="size"/>, differently for each component and
    /// <paramref name="variant"/>.
    /// </summary>
    public static Instance Moved(Instance at, double size, int variant)
    {
        var k = 0;
        var moved = Unconstrained(at).Zip(at.Family.Parameters, (u, parameter) =>
        {
            if (parameter.Support.IsDiscrete) return u;
            var steps = new double[u.Shape.Size];
            for (var i = 0; i < steps.Length; i++) steps[i] = size * Math.Sin(1 + 2.3 * variant + 1.7 * k++);
            return Constant(Value(u + Constants(DType.F64, u.Shape, steps)));
        });
        return Constrained(at.Family, [.. moved]).MapArguments(a => Constant(Value(a)));
    }
}
