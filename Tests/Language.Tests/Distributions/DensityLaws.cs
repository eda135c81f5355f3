using System.Globalization;
using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>What every log-density satisfies.</summary>
public class DensityLaws
{
    /// <summary>Equal to 25-digit references made by another program.</summary>
    [Theory, MemberData(nameof(Laws.Listed), MemberType = typeof(Laws))]
    public void Agrees_with_the_reference_table(string name)
    {
        var family = Laws.Family(name);
        var lines = File.ReadLines(Path.Combine(Folder(), "Reference", name + ".csv")).Where(l => !l.StartsWith('#'));
        var rows = lines.Skip(1).Select(l => l.Split(',')).ToArray();
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var arguments = family.Parameters.Select((p, i) => Constant(Cell(row[i], p.EventRank))).ToArray();
            var value = Cell(row[^2], family.EventRank).Convert(family.ValueType(DType.F64));
            var at = Instance.Of(family.SizeParameter is null ? family : family.OfSize(value.Shape[^1]), arguments);
            double expected = double.Parse(row[^1], CultureInfo.InvariantCulture), actual = Run.Number(at.LogDensity(Constant(value)));
            Run.Close(actual, expected, 2e-13 * (Math.Abs(expected) + Conditioning(row)), $"{name}: {string.Join(", ", row[..^1])}");
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Integrates_to_one(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Integrates_to_one)))
        {
            var total = Integral.Of(at).Total;
            Assert.True(Math.Abs(total - 1) < 1e-7, $"{what}: total mass {total:R}");
        }
    }

    /// <summary>At the values declared by the probes, however far in the tail.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Is_finite_inside_the_support(string name)
    {
        foreach (var (at, probe, what) in Laws.Probes(name, nameof(Is_finite_inside_the_support)))
        {
            var densities = Run.LogDensity(at, [.. probe.Values]).ToDoubles();
            for (var i = 0; i < densities.Length; i++)
                Assert.True(double.IsFinite(densities[i]), $"{what}: log-density {densities[i]} at {probe.Values[i]}");
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Is_minus_infinity_outside_the_support(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Is_minus_infinity_outside_the_support)))
        {
            foreach (var value in Laws.Outside(at.Family.Support, at.EventShape, at))
                Assert.True(double.IsNegativeInfinity(Run.LogDensity(at, [value])[0]), $"{what}: {value}");
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Is_nan_for_illegal_arguments(string name)
    {
        foreach (var (at, probe, what) in Laws.Probes(name, nameof(Is_nan_for_illegal_arguments)))
        {
            for (var i = 0; i < at.Arguments.Count; i++)
            {
                var (parameter, shape) = (at.Family.Parameters[i], at.Arguments[i].Shape);
                // An infinite scale is a limit rather than a mistake: some formulas have its density, 0, others NaN.
                var outside = Laws.Illegal(parameter, shape, at).Where(v => !double.IsPositiveInfinity(v[0]));
                foreach (var illegal in outside.Append(Laws.Filled(shape, double.NaN)).Select(v => Laws.Placed(v, at.Arguments[i])))
                {
                    // As a literal, which is judged while building, and as a computed value, which the graph must judge.
                    foreach (var argument in new[] { Constant(illegal), StopGradient(Constant(illegal)) })
                    {
                        var with = at with { Arguments = at.Arguments.SetItem(i, argument) };
                        foreach (var d in Run.LogDensity(with, [.. probe.Values]).ToDoubles())
                            Assert.True(double.IsNaN(d), $"{what}: {parameter.Name} = {illegal} gives {d}");
                    }
                }
            }
        }
    }

    /// <summary>A missing real value is never mistaken for an impossible one.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Is_nan_for_a_nan_value(string name)
    {
        foreach (var (at, _, what) in Laws.Typical(name, nameof(Is_nan_for_a_nan_value)))
        {
            if (!at.Family.ValueType(DType.F64).IsFloat() || at.Family.Support.IsDiscrete) continue;
            Assert.True(double.IsNaN(Run.LogDensity(at, [Laws.Filled(at.EventShape, double.NaN)])[0]), what);
        }
    }

    /// <summary>A batch of arguments and values is the loop over its members, also when arguments broadcast against each other.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Batches_as_the_loop(string name)
    {
        foreach (var (at, _, what) in Laws.Typical(name, nameof(Batches_as_the_loop)))
        {
            Shape batch = [2, 3], column = [2, 1];
            // Argument i varies along axis i mod 2 of the batch only.
            var members = Enumerable.Range(0, 6).Select(m => (Row: m / 3, Column: m % 3)).ToArray();
            var variants = Enumerable.Range(0, 3).Select(v => Run.Moved(at, 0.4, v).Arguments).ToArray();
            var arguments = at.Arguments.Select((a, i) => i % 2 == 0
                ? Reshape(Stack(Enumerable.Range(0, 2).Select(r => variants[r][i]), 0), column.Concat(a.Shape))
                : Stack(Enumerable.Range(0, 3).Select(c => variants[c][i]), 0)).ToArray();
            var whole = Instance.Of(at.Family, arguments);
            var expectedBatch = arguments.Length == 1 ? column : batch;
            Assert.Equal(expectedBatch, whole.Batch);
            var repeated = whole.Iid([5]);
            var values = Run.Value(repeated.Sample(Run.Source(3, Constant(HostTensor.Scalar(0)))));
            Assert.Equal(repeated.Shape, values.Shape);
            var densities = Run.Value(repeated.LogDensity(Constant(values)));
            var size = at.EventShape.Size;
            for (var i = 0; i < densities.Shape.Size; i++)
            {
                var (r, c) = expectedBatch == batch ? members[i % 6] : (i % 2, 0);
                var single = Instance.Of(at.Family, [.. at.Arguments.Select((_, a) => variants[a % 2 == 0 ? r : c][a])]);
                var value = HostTensor.FromDoubles(values.DType, at.EventShape, values.ToDoubles().AsSpan(i * size, size));
                var expected = Run.Number(single.LogDensity(Constant(value)));
                Run.Close(densities[i], expected, 1e-14 * (1 + Math.Abs(expected)), $"{what}: member {i}");
            }
        }
    }

    /// <summary>Single precision differs from double, at the same rounded numbers, by rounding only.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Single_precision_is_close(string name)
    {
        foreach (var (at, probe, what) in Laws.Probes(name, nameof(Single_precision_is_close)))
        {
            var rounded = probe.Rounded();
            var exact = Run.LogDensity(Run.At(at.Family, rounded), [.. rounded.Values]).ToDoubles();
            var single = Run.LogDensity(Run.At(at.Family, rounded, DType.F32), [.. rounded.Values]).ToDoubles();
            for (var i = 0; i < exact.Length; i++)
            {
                var overflows = Math.Abs(exact[i]) > float.MaxValue && double.IsInfinity(single[i]);
                if (single[i].Equals(exact[i]) || overflows) continue;
                Run.Close(single[i], exact[i], 1e-5 * Math.Abs(exact[i]) + 1e-4, $"{what}: at {probe.Values[i]}");
            }
        }
    }

    /// <summary>A probability of 0 or 1 is legal: the possible outcome has log-density 0 and a finite gradient, the other -inf.</summary>
    [Fact]
    public void Certainty_is_legal()
    {
        foreach (var (prob, outcome) in new[] { (1.0, 1), (0.0, 0) })
        {
            var p = Run.Constants(DType.F64, [], [prob]);
            var at = BernoulliProbs.Of(p);
            var density = at.LogDensity(Constant(HostTensor.Scalar(outcome)));
            var results = Run.Values([density, Vjp.Gradients(density, [p])[0], at.LogDensity(Constant(HostTensor.Scalar(1 - outcome))), at.Entropy()!]);
            Assert.Equal([0, prob == 1 ? 1 : -1, double.NegativeInfinity, 0], results.Select(r => r[0]));
        }
    }

    [Fact]
    public void Values_are_never_broadcast()
    {
        var at = Instance.Of(Normal.Family, Run.Constants(DType.F64, [5], [1, 2, 3, 4, 5]), Run.Constants(DType.F64, [], [1.3]));
        Assert.Throws<ShapeException>(() => at.LogDensity(Run.Constants(DType.F64, [5, 1], [1, 2, 3, 4, 5])));
        Assert.Throws<ShapeException>(() => at.LogDensity(Run.Constants(DType.F64, [], [1])));
    }

    // The rounding of an argument of size a moves the result by about a eps, and the terms that cancel are no larger than a few arguments.
    private static double Conditioning(string[] row) =>
        10 + row[..^2].SelectMany(c => c.Split(' ')).Sum(c => Math.Min(Math.Abs(double.Parse(c, CultureInfo.InvariantCulture)), 1e5) * 10);

    private static HostTensor Cell(string text, int rank)
    {
        double[] values = [.. text.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        return rank switch
        {
            0 => HostTensor.Of([], values),
            1 => HostTensor.Of([values.Length], values),
            _ => HostTensor.Of([(int)Math.Sqrt(values.Length), (int)Math.Sqrt(values.Length)], values),
        };
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
