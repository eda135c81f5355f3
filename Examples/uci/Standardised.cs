using ProbNet.Graph;

namespace ProbNet.Examples.Uci;

/// <summary>The rows of a split, standardised by its training rows, as a model with arguments x and y takes them.</summary>
/// <param name="Train">The training rows.</param>
/// <param name="Test">The test rows.</param>
/// <param name="Outcome">The outcome's mean and standard deviation over the training rows, original units.</param>
public sealed record Standardised(IReadOnlyDictionary<string, HostTensor> Train, IReadOnlyDictionary<string, HostTensor> Test, Moments Outcome)
{
    /// <summary>Standardises the rows of a split; a column that is constant over the training rows is only centred.</summary>
    public static Standardised Of(UciSet set, Split split)
    {
        Moments[] columns = [.. Enumerable.Range(0, set.Inputs[0].Length).Select(c => Moments.Of(split.Train.Select(r => set.Inputs[r][c])))];
        var outcome = Moments.Of(split.Train.Select(r => set.Outcome[r]));
        return new(Rows(split.Train), Rows(split.Test), outcome);

        Dictionary<string, HostTensor> Rows(int[] rows) => new()
        {
            ["x"] = HostTensor.Of([rows.Length, columns.Length], [.. rows.SelectMany(r => columns.Select((m, c) => m.Standard(set.Inputs[r][c])))]),
            ["y"] = HostTensor.Of([rows.Length], [.. rows.Select(r => outcome.Standard(set.Outcome[r]))]),
        };
    }
}

/// <summary>Mean and standard deviation (n in the denominator) of a column; a standard deviation of 0 counts as 1.</summary>
public readonly record struct Moments(double Mean, double Scale)
{
    public static Moments Of(IEnumerable<double> values)
    {
        double[] column = [.. values];
        var mean = column.Average();
        var scale = Math.Sqrt(column.Average(v => (v - mean) * (v - mean)));
        return new(mean, scale > 1e-12 * Math.Abs(mean) ? scale : 1);
    }

    /// <summary>A number in standard units.</summary>
    public double Standard(double value) => (value - Mean) / Scale;

    /// <summary>A log-density of the standardised number as one of the number itself: log p(y) = log p(t) - log scale, with t = (y - mean) / scale.</summary>
    public double LogDensity(double standard) => standard - Math.Log(Scale);
}
