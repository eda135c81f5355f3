using ProbNet.Graph;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Data;
using ProbNet.Inference.Metrics;
using ProbNet.Inference.Posteriors;
using SitePrediction = ProbNet.Inference.Artifacts.SitePrediction;

namespace ProbNet.Inference.Workflow;

/// <summary>Predictions for rows of a file in the units and class names of the file, with what was observed.</summary>
/// <param name="Lines">For each row, the line of the file it came from.</param>
/// <param name="Sites">The predictions of the observed sites.</param>
/// <param name="LogDensity">The log posterior predictive density of each row's observed values, in nats, as a density of the file's units; null without observed values.</param>
public sealed record Evaluated(EqArray<int> Lines, EqArray<SitePrediction> Sites, EqArray<double>? LogDensity)
{
    /// <summary>Puts predictions in the units of the file.</summary>
    /// <param name="predictions">The predictions, in the model's units.</param>
    /// <param name="rows">The rows predicted, as read: F64 in the model's units.</param>
    /// <param name="preprocessing">How the file's values became the model's.</param>
    public static Evaluated Of(Predictions predictions, DataRows rows, Preprocessing preprocessing)
    {
        var sites = predictions.Sites.Map(s => Original(s, rows, preprocessing[s.Site]));
        var shift = LogScale(preprocessing);
        return new(rows.Lines, sites, predictions.LogDensity?.Map(d => d - shift));
    }

    /// <summary>
    /// What the log-density of a row's observed values loses, in nats, when it is taken as a density of the file's units: log p(y) = log p(t) - sum of log
    /// scale over all elements of the row (change of variables).
    /// </summary>
    public static double LogScale(Preprocessing preprocessing) => preprocessing.Bindings.Where(b => b.IsSite).Sum(b => b.Scales.Sum(a => Math.Log(a.Scale)));

    /// <summary>Some of the rows.</summary>
    /// <param name="positions">Their positions among the rows.</param>
    public Evaluated Select(IReadOnlyList<int> positions)
    {
        var count = Lines.Count;
        return new(Take(Lines, positions, 1), Sites.Map(s => Select(s, positions, count)), LogDensity is { } d ? Take(d, positions, 1) : null);
    }

    /// <summary>The sites that have a value, or several numbers, for each row, as a table of rows needs.</summary>
    public EqArray<SitePrediction> RowSites => Sites.Where(s => s switch
    {
        SitePrediction.Class c => c.Summary.Rows == Lines.Count,
        SitePrediction.Real r => r.Summary.Rows == Lines.Count * r.Width,
        _ => false,
    }).ToEqArray();

    /// <summary>
    /// The metrics of these rows, or null if there are no rows or nothing was observed. The density is that of all sites together, and missing if one of them was
    /// not observed; of several sites the first that is a class and the first that is a number give the others.
    /// </summary>
    public MetricTable? Metrics
    {
        get
        {
            var labels = Sites.OfType<SitePrediction.Class>().FirstOrDefault(s => s.Observed is { IsEmpty: false });
            var numbers = Sites.OfType<SitePrediction.Real>().FirstOrDefault(s => s.Observed is { IsEmpty: false });
            if (Lines.IsEmpty || (LogDensity is null && labels is null && numbers is null)) return null;
            var table = labels?.Summary.Score(labels.Observed!.Value.AsSpan(), nll: 0) ?? new MetricTable();
            if (numbers is not null)
            {
                var scores = numbers.Summary.Score(numbers.Observed!.Value.AsSpan(), nll: 0);
                table = table with { Rmse = scores.Rmse, Coverage95 = scores.Coverage95 };
            }
            return table with { Nll = LogDensity is { } density ? -density.Average() : null };
        }
    }

    private static SitePrediction Original(Posteriors.SitePrediction site, DataRows rows, FittedBinding? binding)
    {
        var observed = rows.Data.Values.TryGetValue(site.Site, out var values) ? values : null;
        switch (site)
        {
            case Posteriors.SitePrediction.Class c:
                var names = binding is { Classes.IsEmpty: false } ? binding.Classes : Enumerable.Range(0, c.Summary.Classes).Select(i => $"{i}").ToEqArray();
                return new SitePrediction.Class(names, c.Summary, observed is null ? null : observed.ToDoubles().Select(v => (long)v).ToEqArray()) { Site = c.Site };
            case Posteriors.SitePrediction.Real r:
                // Without a dimension of rows the site's own axis is the file's.
                var width = r.Summary.Rows == rows.Lines.Count ? 1 : Math.Max(1, r.RowShape.Size);
                var scales = binding?.Scales ?? [];
                return new SitePrediction.Real(width, Original(r.Summary, e => ScaleOf(scales, e % width)),
                    observed is null ? null : observed.ToDoubles().Select((v, e) => Undone(ScaleOf(scales, e % width), v)).ToEqArray())
                { Site = r.Site };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static Affine ScaleOf(EqArray<Affine> scales, int column) => column < scales.Count ? scales[column] : Affine.Identity;

    // Undoing a rescaling leaves an error in the last digits, which the file's number did not have; what is below that error is rounded away.
    private static double Undone(Affine scale, double transformed)
    {
        var original = scale.Original(transformed);
        const double error = 4 * 2.220446049250313e-16; // a few units of the last place
        var digits = -(int)Math.Ceiling(Math.Log10(error * (Math.Abs(scale.Offset) + Math.Abs(scale.Scale * transformed))));
        return scale == Affine.Identity || digits is < 0 or > 15 ? original : Math.Round(original, digits);
    }

    private static RealSummary Original(RealSummary summary, Func<int, Affine> scale)
    {
        var levels = RealSummary.Levels.Count;
        return new(summary.Rows, Each(summary.Mean, 1, (a, v) => a.Original(v)), Each(summary.AleatoricVariance, 1, (a, v) => a.OriginalVariance(v)),
            Each(summary.EpistemicVariance, 1, (a, v) => a.OriginalVariance(v)), Each(summary.Quantiles, levels, (a, v) => a.Original(v)));

        EqArray<double> Each(EqArray<double> values, int stride, Func<Affine, double, double> convert) => values.Select((v, i) => convert(scale(i / stride), v)).ToEqArray();
    }

    // A site that is no plate over the rows has values that belong to no row; they are kept.
    private static SitePrediction Select(SitePrediction site, IReadOnlyList<int> rows, int count)
    {
        switch (site)
        {
            case SitePrediction.Class { Summary: var s } c when s.Rows % count == 0:
                var (elements, classes) = (s.Rows / count, s.Classes);
                return c with
                {
                    Summary = new(rows.Count * elements, classes, Take(s.Probabilities, rows, elements * classes), Take(s.Entropy, rows, elements), Take(s.MutualInformation, rows, elements)),
                    Observed = c.Observed is { } labels ? Take(labels, rows, elements) : null,
                };
            case SitePrediction.Real { Summary: var s, Width: var width } r when s.Rows == count * width:
                return r with
                {
                    Summary = new(rows.Count * width, Take(s.Mean, rows, width), Take(s.AleatoricVariance, rows, width), Take(s.EpistemicVariance, rows, width),
                        Take(s.Quantiles, rows, width * RealSummary.Levels.Count)),
                    Observed = r.Observed is { } numbers ? Take(numbers, rows, width) : null,
                };
            default:
                return site;
        }
    }

    private static EqArray<T> Take<T>(EqArray<T> values, IReadOnlyList<int> rows, int width)
    {
        var result = new T[rows.Count * width];
        for (var i = 0; i < rows.Count; i++) values.AsSpan().Slice(rows[i] * width, width).CopyTo(result.AsSpan(i * width));
        return [.. result];
    }
}
