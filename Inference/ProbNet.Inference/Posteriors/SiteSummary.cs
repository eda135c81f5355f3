using ProbNet.Graph;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Posteriors;

/// <summary>The marginal posterior of one scalar component.</summary>
/// <param name="Name">The site or deterministic value, with the component's position: <c>beta[2]</c>, <c>w[0, 3]</c>.</param>
/// <param name="Mean">The mean of the draws.</param>
/// <param name="StandardDeviation">The standard deviation of the draws (S - 1 in the denominator); 0 for a single draw.</param>
/// <param name="Quantiles">At the levels of <see cref="Levels"/>.</param>
public sealed record ComponentSummary(string Name, double Mean, double StandardDeviation, EqArray<double> Quantiles)
{
    /// <summary>The levels of <see cref="Quantiles"/>.</summary>
    public static EqArray<double> Levels { get; } = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>The summaries of all components of draws [S, …].</summary>
    public static IEnumerable<ComponentSummary> Of(string name, HostTensor draws)
    {
        var (count, shape) = (draws.Shape[0], draws.Shape[1..]);
        var values = new double[count];
        for (var e = 0; e < shape.Size; e++)
        {
            for (var s = 0; s < count; s++) values[s] = draws[s * shape.Size + e];
            yield return Of(name + Position(shape, e), values);
        }
    }

    /// <summary>The summaries of all components of all latent sites and deterministic values.</summary>
    public static IEnumerable<ComponentSummary> Of(Draws draws) => draws.Latent.Concat(draws.Deterministic).SelectMany(d => Of(d.Name, d.Values));

    private static ComponentSummary Of(string name, double[] values)
    {
        var mean = values.Average();
        var squares = values.Sum(v => (v - mean) * (v - mean));
        double[] sorted = [.. values.Order()];
        return new(name, mean, values.Length > 1 ? Math.Sqrt(squares / (values.Length - 1)) : 0, Levels.Map(level => RealScores.Quantile(sorted, level)));
    }

    /// <summary>The position of a component as it is written after a name: <c>[0, 3]</c>, empty for a scalar.</summary>
    /// <param name="shape">The shape of the value.</param>
    /// <param name="element">The number of the component, in row-major order.</param>
    public static string Position(Shape shape, int element)
    {
        if (shape.Rank == 0) return "";
        var strides = shape.Strides();
        return $"[{string.Join(", ", Enumerable.Range(0, shape.Rank).Select(a => element / strides[a] % shape[a]))}]";
    }
}
