using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>Closed-form moments, entropies and distribution functions against integrals of the density.</summary>
public class MomentLaws
{
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Mean_and_variance_are_integrals(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Mean_and_variance_are_integrals)))
        {
            if (at.Mean() is not { } mean || at.Variance() is not { } variance) continue;
            var (first, second) = (Run.Value(mean), Run.Value(variance));
            Assert.Equal(at.Shape, first.Shape);
            Assert.Equal(at.Shape, second.Shape);
            var integral = Integral.Of(at);
            var size = at.EventShape.Size;
            for (var j = 0; j < size; j++)
            {
                var component = j;
                if (!double.IsFinite(first[j])) continue;
                // Deviations, not values, so that a mean far from 0 does not magnify rounding.
                var shift = integral.Expect(i => integral.Points[i * size + component] - first[component]);
                var spread = double.IsFinite(second[j]) ? Math.Sqrt(second[j]) : Math.Abs(first[j]);
                Run.Close(shift, 0, 1e-7 * spread + 1e-13 * Math.Abs(first[j]), $"{what}: mean");
                if (!double.IsFinite(second[j])) continue;
                var v = integral.Expect(i => Math.Pow(integral.Points[i * size + component] - first[component], 2));
                Run.Close(second[j], v, 1e-6 * v, $"{what}: variance");
            }
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Entropy_is_an_integral(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Entropy_is_an_integral)))
        {
            if (at.Entropy() is not { } entropy) continue;
            var integral = Integral.Of(at);
            double closed = Run.Number(entropy), expected = -integral.Expect(i => integral.LogDensity[i]);
            Run.Close(closed, expected, 1e-6 * (1 + Math.Abs(expected)), what);
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Cdf_is_an_integral(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Cdf_is_an_integral)))
        {
            if (at.Family.EventRank != 0 || at.Family.ValueType(DType.F64) != DType.F64) continue;
            var values = Run.Draws(at, 53);
            if (at.Iid([53]) is var many && many.Family.Cdf(Constant(values), many.Arguments) is not { } cdf) continue;
            var (closed, expected) = (Run.Value(cdf), Integral.Of(at).Cdf(values));
            for (var i = 0; i < expected.Length; i++) Run.Close(closed[i], expected[i], 1e-6, $"{what}: P(X <= {values[i]})");
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Quantile_inverts_the_distribution_function(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Quantile_inverts_the_distribution_function)))
        {
            double[] p = [1e-6, 0.025, 0.31, 0.5, 0.77, 0.975, 1 - 1e-6];
            var many = at.Iid([p.Length]);
            if (at.Family.Quantile(Run.Constants(DType.F64, [p.Length], p), many.Arguments) is not { } quantile) continue;
            var back = Integral.Of(at).Cdf(Run.Value(quantile));
            for (var i = 0; i < p.Length; i++) Run.Close(back[i], p[i], 1e-6, $"{what}: mass below the quantile");
        }
    }
}
