using ProbNet.Graph;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>What the law tests range over. No test names a family: what does not hold for one is said by its exemptions.</summary>
public static class Laws
{
    /// <summary>The names of all families of the registry.</summary>
    public static TheoryData<string> Listed => [.. Registry.All.Select(f => f.Name)];

    /// <summary>The names of all families, and of representatives of those that are made from other families.</summary>
    public static TheoryData<string> Families => [.. Registry.All.Concat(Representatives.All).Select(f => f.Name)];

    internal static Distribution Family(string name) => Registry.Find(name) ?? Representatives.Find(name)!;

    /// <summary>Every probe of a family with its arguments, for a law that the family is not excused from.</summary>
    internal static IEnumerable<(Instance At, Probe Probe, string What)> Probes(string name, string law)
    {
        var family = Family(name);
        var excused = family.Exemptions.Any(e => e.Law == law);
        return excused ? [] : family.Probes.Select((p, i) => (Run.At(family, p), p, $"{law}, {name}, probe {i}"));
    }

    /// <summary>The first, typical probe only.</summary>
    internal static IEnumerable<(Instance At, Probe Probe, string What)> Typical(string name, string law) => Probes(name, law).Take(1);

    /// <summary>Values just and far outside a support, as events of the given shape.</summary>
    internal static IEnumerable<HostTensor> Outside(Support support, Shape shape, Instance? at = null)
    {
        double End(Limit limit) => limit.Parameter is { } name ? Number(at!, name) : limit.Number;
        return support switch
        {
            Support.Interval(var low, var high) => Scalars(Math.BitDecrement(End(low)), Math.BitIncrement(End(high)), End(low) - 3, End(high) + 3, double.PositiveInfinity, double.NegativeInfinity),
            Support.Above(var low) => Scalars(End(low), Math.BitDecrement(End(low)), End(low) - 3, double.PositiveInfinity, double.NegativeInfinity),
            Support.AtMost(var high) => Scalars(Math.BitIncrement(End(high)), End(high) + 3, double.PositiveInfinity, double.NegativeInfinity),
            Support.AtLeast(var low) => Scalars(Math.BitDecrement(End(low)), End(low) - 3, double.PositiveInfinity, double.NegativeInfinity),
            _ => Fixed(support, shape, at),
        };
    }

    private static IEnumerable<HostTensor> Fixed(Support support, Shape shape, Instance? at) => support switch
    {
        Support.Real or Support.RealVector => [],
        Support.Positive => Scalars(0, -0.0, -1e-300, -3, double.PositiveInfinity, double.NegativeInfinity),
        Support.NonNegative => Scalars(-1e-300, -3, double.PositiveInfinity, double.NegativeInfinity),
        Support.UnitInterval => Scalars(0, 1, -0.2, 1.3, double.PositiveInfinity),
        Support.Probability => Scalars(-1e-300, 1 + 1e-15, -0.2, 1.3),
        Support.Binary => Integers(-1, 2),
        Support.Category => Integers(-1, Labels(at!), 1000),
        Support.Count => Integers(-1, long.MinValue),
        Support.CountUpTo(var most) => Integers(-1, (long)Number(at!, most) + 1, long.MaxValue, long.MinValue),
        Support.CountsSummingTo(var total) => Counts(shape, (long)Number(at!, total)),
        Support.OneHot => [Filled(shape, 0), Filled(shape, 1), Filled(shape, 1.0 / shape[0]), Edited(Filled(shape, 0), (0, 2))],
        Support.Simplex => [Filled(shape, 1.1 / shape[0]), Edited(Filled(shape, 1.0 / shape[0]), (0, -0.5), (1, 0.5 + 2.0 / shape[0]))],
        Support.LowerCholesky when shape[0] == 1 => [Filled(shape, 0), Filled(shape, -1)],
        Support.LowerCholesky => [Filled(shape, 0), Edited(Identity(shape), (0, -1)), Edited(Identity(shape), (1, 0.3))],
        Support.CorrelationCholesky =>
            [Filled(shape, 0), Edited(Identity(shape), (0, -1)), Edited(Identity(shape), (1, 0.3)), Edited(Identity(shape), (shape[0], 0.3)), Edited(Identity(shape), (0, 1.1))],
        Support.Ordered when shape[0] == 1 => [],
        Support.Ordered => [Edited(Filled(shape, 0.4), (0, 0.5)), Edited(Filled(shape, -1), (shape[0] - 1, -1.1))],
        _ => throw new NotSupportedException(support.ToString()),
    };

    /// <summary>Illegal arguments for a parameter: outside its support, and for counts what is not whole.</summary>
    internal static IEnumerable<HostTensor> Illegal(Parameter parameter, Shape shape, Instance at) => parameter.Support is Support.Count
        ? Scalars(-1, 2.5, double.NegativeInfinity)
        : Outside(parameter.Support, shape, at);

    /// <summary>The number of labels of a distribution over labels.</summary>
    internal static int Labels(Instance at) =>
        at.Family.Support is Support.Category labels ? at.Arguments[at.Family.IndexOf(labels.Parameter)].Shape[^1] + labels.More : throw new NotSupportedException(at.Family.Name);

    /// <summary>The value of a scalar argument, of an instance without a batch.</summary>
    internal static double Number(Instance at, string parameter) => Run.Number(at.Arguments[at.Family.IndexOf(parameter)]);

    // A sum one too large or too small, and a right sum with a negative part.
    private static HostTensor[] Counts(Shape shape, long total)
    {
        HostTensor Of(params long[] first) => HostTensor.Of(shape, [.. first, .. new long[shape[0] - first.Length]]);
        return [Of(total + 1), Of(-1, total), Of(-1, total + 1), Of(total, 2)];
    }

    private static HostTensor[] Scalars(params double[] values) => Array.ConvertAll(values, v => HostTensor.Scalar(DType.F64, v));

    private static HostTensor[] Integers(params long[] values) => Array.ConvertAll(values, HostTensor.Scalar);

    internal static HostTensor Filled(Shape shape, double value)
    {
        var data = new double[shape.Size];
        Array.Fill(data, value);
        return HostTensor.Of(shape, data);
    }

    /// <summary>A scalar stands for an event with it as its first component, the others as they were.</summary>
    internal static HostTensor Placed(HostTensor value, Tensor argument) =>
        value.Shape == argument.Shape ? value : Edited(Run.Value(argument), (0, value[0]));

    private static HostTensor Identity(Shape shape) =>
        Edited(Filled(shape, 0), [.. Enumerable.Range(0, shape[0]).Select(i => (i * (shape[0] + 1), 1.0))]);

    private static HostTensor Edited(HostTensor tensor, params (int Index, double Value)[] edits)
    {
        var data = tensor.ToDoubles();
        foreach (var (index, value) in edits) data[index] = value;
        return HostTensor.Of(tensor.Shape, data);
    }
}
