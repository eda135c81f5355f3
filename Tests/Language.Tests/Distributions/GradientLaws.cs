using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>Gradients of log-densities and of draws.</summary>
public class GradientLaws
{
    /// <summary>With respect to the unconstrained arguments and, for continuous families, the unconstrained value.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Of_the_log_density_agree_with_differences(string name)
    {
        var typical = true;
        foreach (var (at, probe, what) in Laws.Probes(name, nameof(Of_the_log_density_agree_with_differences)))
        {
            var arguments = Run.Unconstrained(at);
            // An argument or a value on the edge of a closed support has no unconstrained image.
            if (!arguments.All(HasImage)) continue;
            foreach (var value in probe.Values)
            {
                var bijector = Bijector.For(at);
                var exact = Constant(value.Convert(at.Family.ValueType(DType.F64)));
                if (bijector is not null && !HasImage(bijector.Inverse(exact))) continue;
                Tensor[] point = bijector is null ? arguments : [.. arguments, Constant(Run.Value(bijector.Inverse(exact)))];
                Tensor F(Tensor[] p) => Run.Constrained(at.Family, p[..arguments.Length]).LogDensity(bijector is null ? exact : bijector.Forward(p[^1]));
                Tensor[] natural = bijector is null ? [.. at.Arguments] : [.. at.Arguments, exact];
                Agrees(F, point, [.. point.Select((_, i) => i >= arguments.Length || !at.Family.Parameters[i].Support.IsDiscrete)], Rounding(at.LogDensity(exact), natural), typical, $"{what}, at {value}");
            }
            typical = false;
        }
    }

    private static bool HasImage(Tensor unconstrained) => Run.Value(unconstrained).ToDoubles().All(double.IsFinite);

    // How far f may be off because its result and its variables are rounded: eps (|f| + sum |x df/dx|).
    private static double Rounding(Tensor f, Tensor[] variables)
    {
        var gradients = Run.Values(Vjp.Gradients(f, variables));
        var sum = Math.Abs(Run.Number(f));
        for (var k = 0; k < variables.Length; k++)
            sum += Run.Value(variables[k]).ToDoubles().Zip(gradients[k].ToDoubles(), (x, g) => Math.Abs(x * g)).Sum();
        return 2.3e-16 * sum;
    }

    // Central differences with steps h and h/2, extrapolated; the bound is their disagreement, which overestimates what is left, and
    // rounding.
    private static void Agrees(Func<Tensor[], Tensor> f, Tensor[] point, bool[] varies, double rounding, bool tight, string what)
    {
        rounding = 8 * (rounding + Rounding(f(point), point));
        var gradients = Run.Values(Vjp.Gradients(f(point), point));
        for (var k = 0; k < point.Length; k++)
        {
            if (!varies[k]) continue;
            var at = Run.Value(point[k]).ToDoubles();
            for (var j = 0; j < at.Length; j++)
            {
                double Moved(double by)
                {
                    var moved = at.ToArray();
                    moved[j] += by;
                    Tensor[] there = [.. point];
                    there[k] = Run.Constants(DType.F64, point[k].Shape, moved);
                    return Run.Number(f(there));
                }
                var h = 1e-3 * Math.Max(1, Math.Abs(at[j]));
                double coarse = (Moved(h) - Moved(-h)) / (2 * h), fine = (Moved(h / 2) - Moved(-h / 2)) / h;
                var expected = (4 * fine - coarse) / 3;
                var bound = Math.Abs(expected - fine) + rounding / h + 1e-10;
                var actual = gradients[k][j];
                Run.Close(actual, expected, bound, $"{what}: component {j} of variable {k}");
                if (tight) Assert.True(bound <= 1e-4 * (1 + Math.Abs(actual)), $"{what}: the differences are too coarse to judge ({bound:G3})");
            }
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Of_the_log_density_are_finite_where_it_is(string name)
    {
        foreach (var (at, probe, what) in Laws.Probes(name, nameof(Of_the_log_density_are_finite_where_it_is)))
        {
            foreach (var value in probe.Values)
            {
                var x = Constant(value.Convert(at.Family.ValueType(DType.F64)));
                Tensor[] variables = x.DType.IsFloat() ? [.. at.Arguments, x] : [.. at.Arguments];
                foreach (var gradient in Run.Values(Vjp.Gradients(at.LogDensity(x), variables)))
                    Assert.All(gradient.ToDoubles(), g => Assert.True(double.IsFinite(g), $"{what}: at {value}: {gradient}"));
            }
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Of_the_log_density_are_zero_outside_the_support(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Of_the_log_density_are_zero_outside_the_support)))
        {
            foreach (var value in Laws.Outside(at.Family.Support, at.EventShape, at))
            {
                var x = Constant(value.Convert(at.Family.ValueType(DType.F64)));
                foreach (var gradient in Run.Values(Vjp.Gradients(at.LogDensity(x), at.Arguments)))
                    Assert.All(gradient.ToDoubles(), g => Assert.True(g == 0, $"{what}: at {value}: {gradient}"));
            }
        }
    }

    /// <summary>
    /// E of the gradient of f(draw) is the gradient of E f, for bounded smooth f. The latter is the integral of f times the gradient of the
    /// density: no sampler enters it.
    /// </summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Of_draws_are_unbiased(string name)
    {
        const int draws = 20_000, cases = 500;
        foreach (var (at, _, what) in Laws.Typical(name, nameof(Of_draws_are_unbiased)))
        {
            if (!at.Family.IsPathwise) continue;
            if (at.Family.Support.MovesWithArguments)
            {
                MovingUnbiased(at, draws, cases, what);
                continue;
            }
            var integral = Integral.Of(at);
            var test = BoundedFunction(at);
            var (atPoints, pointLeaves) = Repeated(at, integral.Count);
            var scores = Run.Values(Vjp.Gradients(atPoints.LogDensity(Constant(integral.Points)), pointLeaves));
            var f = Run.Value(test(Constant(integral.Unconstrained))).ToDoubles();

            var (atDraws, drawLeaves) = Repeated(at, draws);
            var drawn = atDraws.Sample(Run.Source(99, Constant(HostTensor.Scalar(0))));
            var pathwise = Run.Values(Vjp.Gradients(test(Bijector.For(at)!.Inverse(drawn)), drawLeaves));
            for (var k = 0; k < drawLeaves.Length; k++)
            {
                var size = drawLeaves[k].Shape[1..].Size;
                for (var j = 0; j < size; j++)
                {
                    var component = j;
                    var (score, path) = (scores[k], pathwise[k]);
                    var expected = integral.Expect(i => f[i] * score[i * size + component]);
                    double[] values = [.. Enumerable.Range(0, draws).Select(i => path[i * size + component])];
                    Stat.MeanIs(expected, values, 0.15, cases, $"{what}: {at.Family.Parameters[k].Name}[{j}]");
                }
            }
        }
    }

    // Where the support moves with the arguments the integral of the score misses what passes its ends: E f is differenced instead.
    private static void MovingUnbiased(Instance at, int draws, int cases, string what)
    {
        var sorted = Run.Draws(at, 501, seed: 12).ToDoubles().Order().ToArray();
        double centre = sorted[250], spread = sorted[420] - sorted[80];
        Tensor F(Tensor x) => Tanh((x - centre) / Like(x, spread) - 0.6);
        var arguments = Run.Unconstrained(at);
        var (many, leaves) = Repeated(at, draws);
        var pathwise = Run.Values(Vjp.Gradients(F(many.Sample(Run.Source(99, Constant(HostTensor.Scalar(0))))), leaves));
        for (var k = 0; k < arguments.Length; k++)
        {
            double Expected(double by)
            {
                Tensor[] moved = [.. arguments];
                moved[k] = Constant(Run.Value(moved[k] + by));
                var integral = Integral.Of(Run.Constrained(at.Family, moved).MapArguments(a => Constant(Run.Value(a))));
                var f = Run.Value(F(Constant(integral.Points)));
                return integral.Expect(i => f[i]);
            }
            const double h = 0.01;
            Stat.MeanIs((Expected(h) - Expected(-h)) / (2 * h), pathwise[k].ToDoubles(), 0.15, cases, $"{what}: {at.Family.Parameters[k].Name}");
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Of_draws_are_finite(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Of_draws_are_finite)))
        {
            if (!at.Family.IsPathwise) continue;
            var (many, leaves) = Repeated(at, 499);
            foreach (var gradient in Run.Values(Vjp.Gradients(many.Sample(Run.Source(3, Constant(HostTensor.Scalar(0)))), leaves)))
                Assert.All(gradient.ToDoubles(), g => Assert.True(double.IsFinite(g), what));
        }
    }

    // n independent copies, each with unconstrained arguments of its own to differentiate by.
    private static (Instance At, Tensor[] Leaves) Repeated(Instance at, int n)
    {
        var leaves = Array.ConvertAll(Run.Unconstrained(at), u => Constant(Run.Value(BroadcastTo(u, u.Shape.Prepend(n)))));
        return (Run.Constrained(at.Family, leaves), leaves);
    }

    // sum_j c_j tanh of the standardised unconstrained components, [n] + event → [n].
    private static Func<Tensor, Tensor> BoundedFunction(Instance at)
    {
        var u = Run.Value(Bijector.For(at)!.Inverse(Constant(Run.Draws(at, 500, seed: 12))));
        var flat = u.Reshape([500, u.Shape[1..].Size]);
        var (mean, lower) = Integral.Whitening(flat);
        Shape row = u.Shape[1..];
        var deviation = new double[mean.Length];
        for (var i = 0; i < mean.Length; i++) deviation[i] = Math.Sqrt(Enumerable.Range(0, i + 1).Sum(j => lower[i, j] * lower[i, j]));
        var (centre, scale) = (Run.Constants(DType.F64, row, mean), Run.Constants(DType.F64, row, deviation));
        var weights = Run.Constants(DType.F64, row, [.. mean.Select((_, j) => Math.Cos(0.4 + 1.1 * j))]);
        // Off centre, so that f is neither odd nor even about the middle.
        return x => SumLast(weights * Tanh((x - centre) / scale - 0.6), row.Rank);
    }
}
