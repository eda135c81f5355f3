using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>
/// A distribution as finitely many points with masses, so that any expectation is a sum: all outcomes of a discrete distribution, or the
/// trapezoid rule in unconstrained coordinates for a continuous one, which converges geometrically for smooth densities that vanish at both
/// ends.
/// </summary>
internal sealed class Integral
{
    private readonly double[] _cumulative;
    private readonly double _centre, _spread;

    private Integral(Instance at, HostTensor points, HostTensor unconstrained, double[] measure, double centre, double spread)
    {
        (At, Points, Unconstrained, _centre, _spread) = (at, points, unconstrained, centre, spread);
        LogDensity = Run.Value(at.Iid([measure.Length]).LogDensity(Constant(points))).ToDoubles();
        Mass = [.. LogDensity.Zip(measure, (log, m) => double.IsNegativeInfinity(log) || double.IsNegativeInfinity(m) ? 0 : Math.Exp(log + m))];
        _cumulative = new double[measure.Length];
        for (var i = 1; i < measure.Length; i++) _cumulative[i] = _cumulative[i - 1] + (Mass[i - 1] + Mass[i]) / 2;
    }

    public Instance At { get; }

    /// <summary>Values, [n] + event.</summary>
    public HostTensor Points { get; }

    /// <summary>The points in unconstrained coordinates, [n] + unconstrained event; for discrete families the points themselves.</summary>
    public HostTensor Unconstrained { get; }

    /// <summary>log p at each point.</summary>
    public double[] LogDensity { get; }

    /// <summary>Probability carried by each point; sums to 1 if the density is normalised.</summary>
    public double[] Mass { get; }

    public int Count => Mass.Length;

    public double Total => Mass.Sum();

    /// <summary>E f(i) over point indices. Points without mass do not count, whatever f is there.</summary>
    public double Expect(Func<int, double> f)
    {
        var sum = 0.0;
        for (var i = 0; i < Mass.Length; i++)
        {
            if (Mass[i] > 0) sum += Mass[i] * f(i);
        }
        return sum;
    }

    /// <summary>P(X ≤ x) for a continuous scalar at each of the values.</summary>
    public double[] Cdf(HostTensor values)
    {
        var u = Run.Value(Bijector.For(At)!.Inverse(Constant(values.Convert(DType.F64)))).ToDoubles();
        return Array.ConvertAll(u, x =>
        {
            var position = (Math.Asinh((x - _centre) / _spread) + Range) / (2 * Range) * (Count - 1);
            if (!(position > 0)) return 0;
            if (position >= Count - 1) return 1;
            var i = (int)position;
            return _cumulative[i] + (position - i) * (_cumulative[i + 1] - _cumulative[i]);
        });
    }

    private const double Range = 20;

    public static Integral Of(Instance at) =>
        Bijector.For(at) is not { } bijector ? Outcomes(at)
        : bijector.UnconstrainedShape(at.EventShape).Rank == 0 ? Line(at)
        : Grid(at);

    // Counts up to 4999: probes keep their mass below.
    private static Integral Outcomes(Instance at)
    {
        var points = at.Family.Support switch
        {
            Support.Binary => Counting(2),
            Support.Count => Counting(5000),
            Support.Category => Counting(Laws.Labels(at)),
            Support.CountUpTo(var most) => Counting((int)Laws.Number(at, most) + 1),
            Support.CountsSummingTo(var total) => Compositions((int)Laws.Number(at, total), at.EventShape[0]),
            Support.OneHot => Run.Value(Composite.OneHot(Iota([at.EventShape[0]], 0), at.EventShape[0], DType.F64)),
            _ => throw new NotSupportedException(at.Family.Name),
        };
        return new(at, points, points, new double[points.Shape[0]], 0, 1);
    }

    // Every way to write the total as a sum of k counts.
    private static HostTensor Compositions(int total, int k)
    {
        static IEnumerable<long[]> Of(int total, int k) => k == 1 ? [[total]]
            : from first in Enumerable.Range(0, total + 1) from rest in Of(total - first, k - 1) select (long[])[first, .. rest];
        long[][] all = [.. Of(total, k)];
        return HostTensor.Of([all.Length, k], [.. all.SelectMany(x => x)]);
    }

    private static HostTensor Counting(int n) => HostTensor.Of([n], [.. Enumerable.Range(0, n).Select(i => (long)i)]);

    // u = centre + spread sinh(t): even steps at the centre, exponentially growing ones in the tails, so that narrow peaks, several scales
    // and slow tails are all covered.
    private static Integral Line(Instance at)
    {
        const int n = 40001;
        var bijector = Bijector.For(at)!;
        var draws = Run.Value(bijector.Inverse(Constant(Run.Draws(at, 401, seed: 5)))).ToDoubles().Order().ToArray();
        double centre = draws[200], spread = (draws[300] - draws[100]) / 1.35;
        double[] u = new double[n], weight = new double[n];
        for (var i = 0; i < n; i++)
        {
            var t = Range * (2.0 * i / (n - 1) - 1);
            u[i] = centre + spread * Math.Sinh(t);
            weight[i] = Math.Log(spread * Math.Cosh(t) * 2 * Range / (n - 1));
        }
        return Continuous(at, HostTensor.Of([n], u), weight, centre, spread);
    }

    // A cube in coordinates whitened by the covariance of draws, v = sinh(t): even steps in the middle and growing ones in the tails, which
    // may be as heavy as a power in few dimensions.
    private static Integral Grid(Instance at)
    {
        var bijector = Bijector.For(at)!;
        var (mean, lower) = Whitening(Run.Value(bijector.Inverse(Constant(Run.Draws(at, 4000, seed: 5)))));
        var k = mean.Length;
        var (side, range) = k switch { 1 => (2001, 30.0), 2 => (161, 8.0), _ => (31, 4.0) };
        var t = Enumerable.Range(0, side).Select(i => range * (2.0 * i / (side - 1) - 1)).ToArray();
        var n = (int)Math.Pow(side, k);
        var u = new double[n * k];
        var weight = new double[n];
        var logStep = k * Math.Log(2 * range / (side - 1));
        for (var j = 0; j < k; j++) logStep += Math.Log(lower[j, j]);
        for (var i = 0; i < n; i++)
        {
            for (var row = 0; row < k; row++)
            {
                u[i * k + row] = mean[row];
                for (int column = 0, rest = i; column <= row; column++, rest /= side)
                    u[i * k + row] += lower[row, column] * Math.Sinh(t[rest % side]);
            }
            weight[i] = logStep;
            for (int column = 0, rest = i; column < k; column++, rest /= side) weight[i] += Math.Log(Math.Cosh(t[rest % side]));
        }
        return Continuous(at, HostTensor.Of([n, k], u), weight, 0, 1);
    }

    private static Integral Continuous(Instance at, HostTensor u, double[] weight, double centre, double spread)
    {
        var bijector = Bijector.For(at)!;
        var results = Run.Values([bijector.Forward(Constant(u)), bijector.LogDetJacobian(Constant(u))]);
        // The elementwise bijectors give one determinant a component; vectors of reals have none of their own.
        var determinant = results[1].Shape.Rank > 1 ? Run.Value(SumLast(Constant(results[1]), results[1].Shape.Rank - 1)) : results[1];
        for (var i = 0; i < weight.Length; i++) weight[i] += determinant[i];
        return new(at, results[0], u, weight, centre, spread);
    }

    /// <summary>Mean and lower Cholesky factor of the covariance of rows.</summary>
    public static (double[] Mean, double[,] Lower) Whitening(HostTensor rows)
    {
        int n = rows.Shape[0], k = rows.Shape[1];
        var mean = new double[k];
        for (var i = 0; i < n * k; i++) mean[i % k] += rows[i] / n;
        var covariance = new double[k * k];
        for (var i = 0; i < n; i++)
        {
            for (var a = 0; a < k; a++)
            {
                for (var b = 0; b < k; b++) covariance[a * k + b] += (rows[i * k + a] - mean[a]) * (rows[i * k + b] - mean[b]) / n;
            }
        }
        var factor = Run.Value(Cholesky(Run.Constants(DType.F64, [k, k], covariance)));
        var lower = new double[k, k];
        for (var i = 0; i < k * k; i++) lower[i / k, i % k] = factor[i];
        return (mean, lower);
    }
}
