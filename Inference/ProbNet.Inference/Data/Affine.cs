using ProbNet.Graph;

namespace ProbNet.Inference.Data;

/// <summary>A fitted rescaling of one column: original = Offset + Scale * transformed, with Scale &gt; 0.</summary>
/// <param name="Offset">In the column's units.</param>
/// <param name="Scale">In the column's units.</param>
public readonly record struct Affine(double Offset, double Scale)
{
    /// <summary>No rescaling.</summary>
    public static Affine Identity => new(0, 1);

    /// <summary>From the column's units to the model's.</summary>
    public double Transform(double original) => (original - Offset) / Scale;

    /// <summary>From the model's units to the column's: means, quantiles, draws.</summary>
    public double Original(double transformed) => Offset + Scale * transformed;

    /// <summary>A variance, from the model's units squared to the column's.</summary>
    public double OriginalVariance(double transformed) => Scale * Scale * transformed;

    /// <summary>A log-density of the column's value in nats, given that of the transformed value, by the change of variables: log p(y) = log p(t) - log(Scale).</summary>
    public double OriginalLogDensity(double transformed) => transformed - Math.Log(Scale);

    /// <summary>The rescaling fitted to the values at <paramref name="rows"/>. A scale of 0 (one value in all rows) becomes 1: transforming only subtracts.</summary>
    /// <param name="transformation">Which.</param>
    /// <param name="values">A column's finite values, [n].</param>
    /// <param name="rows">The rows to fit to: the training rows, at least one.</param>
    /// <param name="constant">Whether all fitted values were equal.</param>
    public static Affine Fit(Transformation transformation, ReadOnlySpan<double> values, ReadOnlySpan<int> rows, out bool constant)
        => Fit(transformation, values, 0, 1, rows, out constant);

    /// <summary>The same for a column of a row-major matrix.</summary>
    internal static Affine Fit(Transformation transformation, ReadOnlySpan<double> values, int column, int columns, ReadOnlySpan<int> rows, out bool constant)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity, mean = 0, squares = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var x = values[rows[i] * columns + column];
            (min, max) = (Math.Min(min, x), Math.Max(max, x));
            var step = x - mean;
            mean += step / (i + 1); // Welford's update: no cancellation between large sums
            squares += step * (x - mean);
        }
        constant = min == max;
        return transformation switch
        {
            Transformation.None or Transformation.AtLeast => Identity,
            Transformation.MinMax => new(min, constant ? 1 : max - min),
            Transformation.Standardize => constant ? new(min, 1) : new(mean, Math.Sqrt(squares / rows.Length)),
        };
    }

    /// <summary>Transforms a row-major matrix [n, k], column by column each with its own rescaling, where it is.</summary>
    internal static double[] TransformInPlace(double[] values, EqArray<Affine> fitted)
    {
        if (fitted.All(f => f == Identity)) return values;
        Affine[] scales = [.. fitted];
        for (int i = 0, c = 0; i < values.Length; i++, c = c + 1 == scales.Length ? 0 : c + 1) values[i] = scales[c].Transform(values[i]);
        return values;
    }
}
