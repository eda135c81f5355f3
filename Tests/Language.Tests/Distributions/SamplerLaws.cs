using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>What every sampler satisfies.</summary>
public class SamplerLaws
{
    private const int Draws = 20_000;

    // Assertions over all families and probes share one false-alarm rate; the number of them need only be an upper bound.
    private const int Cases = 5_000;

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Draws_follow_the_density(string name)
    {
        foreach (var (at, probe, what) in Laws.Probes(name, nameof(Draws_follow_the_density)))
        {
            foreach (var type in new[] { DType.F64, DType.F32 })
            {
                var rounded = Run.At(at.Family, probe.Rounded());
                var draws = Run.Draws(Run.At(at.Family, probe, type), Draws);
                Assert.Equal(at.Family.ValueType(type), draws.DType);
                Follows(type == DType.F32 ? rounded : at, draws, $"{what}, {type.Name()}");
            }
        }
    }

    private static void Follows(Instance at, HostTensor draws, string what)
    {
        var integral = Integral.Of(at);
        if (at.Family.Support.IsDiscrete) Frequencies(integral, draws, what);
        else if (integral.Unconstrained.Shape.Rank == 1) Stat.CdfIs(integral.Cdf(draws), 0.06, Cases, what);
        else Characteristic(integral, draws, what);
    }

    private static void Frequencies(Integral integral, HostTensor draws, string what)
    {
        var size = integral.At.EventShape.Size;
        var events = draws.ToDoubles().Chunk(size).Select(e => string.Join(' ', e)).CountBy(e => e).ToDictionary();
        var outcomes = integral.Points.ToDoubles().Chunk(size).Select(e => string.Join(' ', e)).ToArray();
        Assert.All(events.Keys, e => Assert.Contains(e, outcomes));
        // Outcomes too rare to appear form one class with the rest.
        var common = Enumerable.Range(0, outcomes.Length).Where(i => integral.Mass[i] > 1e-4).ToArray();
        double[] probabilities = [.. common.Select(i => Math.Min(1, integral.Mass[i]))];
        int[] counts = [.. common.Select(i => events.GetValueOrDefault(outcomes[i]))];
        Stat.FrequenciesAre(probabilities, counts, Draws, 0.06, Cases, what);
    }

    // E cos(w v) and E sin(w v) in several directions w determine a distribution as finely as one likes; v are whitened coordinates.
    private static void Characteristic(Integral integral, HostTensor draws, string what)
    {
        var bijector = Bijector.For(integral.At)!;
        var u = Run.Value(bijector.Inverse(Constant(draws.Convert(DType.F64))));
        var (mean, lower) = Integral.Whitening(u);
        var (drawn, points) = (Whiten(u, mean, lower), Whiten(integral.Unconstrained, mean, lower));
        for (var direction = 0; direction < 12; direction++)
        {
            double Along(double[] v) => v.Select((x, j) => x * 1.5 * Math.Sin(1 + 2.7 * direction + 1.3 * j * (direction + 1))).Sum();
            Stat.MeanIs(integral.Expect(i => Math.Cos(Along(points[i]))), [.. drawn.Select(v => Math.Cos(Along(v)))], 0.1, Cases, what);
            Stat.MeanIs(integral.Expect(i => Math.Sin(Along(points[i]))), [.. drawn.Select(v => Math.Sin(Along(v)))], 0.1, Cases, what);
        }
    }

    private static double[][] Whiten(HostTensor rows, double[] mean, double[,] lower)
    {
        var k = mean.Length;
        return [.. rows.ToDoubles().Chunk(k).Select(row =>
        {
            var v = new double[k];
            for (var i = 0; i < k; i++)
            {
                v[i] = row[i] - mean[i];
                for (var j = 0; j < i; j++) v[i] -= lower[i, j] * v[j];
                v[i] /= lower[i, i];
            }
            return v;
        })];
    }

    /// <summary>Also where arguments are so extreme that draws underflow or overflow.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Draws_lie_in_the_support(string name)
    {
        foreach (var (at, probe, what) in Laws.Probes(name, nameof(Draws_lie_in_the_support)))
        {
            foreach (var type in new[] { DType.F64, DType.F32 })
            {
                var own = Run.At(at.Family, probe, type);
                var many = own.Iid([997]);
                var draws = Run.Value(many.Sample(Run.Source(7, Constant(HostTensor.Scalar(0)))));
                var densities = Run.Value(many.LogDensity(Constant(draws))).ToDoubles();
                Assert.All(densities, d => Assert.True(d > double.NegativeInfinity, $"{what}, {type.Name()}: a draw has log-density {d}"));
            }
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Shapes_are_draws_then_repetitions_then_batch_then_event(string name)
    {
        foreach (var (at, _, what) in Laws.Typical(name, nameof(Shapes_are_draws_then_repetitions_then_batch_then_event)))
        {
            var batched = at.Iid([2]).Iid([3]);
            Shape expected = [3, 2];
            Assert.Equal(expected.Concat(at.EventShape), batched.Shape);
            var draws = batched.Sample(Run.Source(1, 5));
            Assert.Equal(batched.Shape.Prepend(5), draws.Shape);
            Assert.Equal(expected, batched.LogDensity(Constant(HostTensor.Zeros(at.Family.ValueType(DType.F64), batched.Shape))).Shape);
            Assert.True(Run.Value(draws).ToDoubles().Distinct().Count() > 1, what);
        }
    }

    /// <summary>Drawing many at once is drawing each: a draw depends on its number alone.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void A_draw_does_not_depend_on_its_batch(string name)
    {
        foreach (var (at, _, what) in Laws.Typical(name, nameof(A_draw_does_not_depend_on_its_batch)))
        {
            var many = at.Iid([3]);
            var together = Run.Value(many.Sample(Run.Source(41, 4)));
            var number = Input("draw", DType.I64, []);
            var mapped = Vmap.Batch([many.Sample(Run.Source(41, number))], new Dictionary<Tensor, Tensor> { [number] = Iota([4], 0) }, 4)[0];
            Assert.Equal(together, Run.Value(mapped));
            for (var draw = 0; draw < 4; draw++)
            {
                var alone = Run.Value(many.Sample(Run.Source(41, Constant(HostTensor.Scalar(draw)))));
                var size = many.Shape.Size;
                Assert.True(alone.ToDoubles().AsSpan().SequenceEqual(together.ToDoubles().AsSpan(draw * size, size)), $"{what}: draw {draw}");
            }
        }
    }
}
