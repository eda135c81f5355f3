using ProbNet.Graph;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Posteriors;

/// <summary>The predictions for a set of rows.</summary>
/// <param name="Rows">N.</param>
/// <param name="Draws">The number of posterior draws averaged.</param>
/// <param name="Sites">One prediction for each observed site that is a named draw, in model order.</param>
/// <param name="LogDensity">
/// The log posterior predictive density of each row's observed values, in nats, [N]: log of the mean over draws of the product of all per-row likelihood
/// terms. Null unless every observed site has values.
/// </param>
public sealed record Predictions(int Rows, int Draws, EqArray<SitePrediction> Sites, EqArray<double>? LogDensity)
{
    /// <summary>Why there is no density although every observed site has values, in words; null where there is one, or where values are missing.</summary>
    public string? WithoutDensity { get; init; }

    /// <summary>The negative mean log predictive density, in nats a row, or null without observed values.</summary>
    public double? Nll => LogDensity is { } values ? -values.Average() : null;

    /// <summary>The prediction of a site.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public SitePrediction this[string site] => Sites.FirstOrDefault(s => s.Site == site) ?? throw new KeyNotFoundException($"there is no prediction of '{site}'");
}

/// <summary>The prediction of one observed site. A closed hierarchy.</summary>
/// <param name="Site">The site's name.</param>
/// <param name="RowShape">The shape of one row's value without any class axis; [] for one label or number a row. Summaries count its elements as rows.</param>
/// <param name="LogDensity">The log posterior predictive density of the observed values of each row, in nats, [N]; null without observed values.</param>
public abstract record SitePrediction(string Site, Shape RowShape, EqArray<double>? LogDensity)
{
    /// <summary>A label: probabilities, predictive entropy, and the mutual information of label and parameters.</summary>
    public sealed record Class(string Site, Shape RowShape, EqArray<double>? LogDensity, ClassSummary Summary) : SitePrediction(Site, RowShape, LogDensity);

    /// <summary>A number: mean, quantiles, and aleatoric and epistemic variance.</summary>
    /// <param name="Site">The site's name.</param>
    /// <param name="RowShape">The shape of one row's value.</param>
    /// <param name="LogDensity">As in the base.</param>
    /// <param name="Summary">The prediction.</param>
    /// <param name="HasMoments">
    /// Whether the family's mean and variance are known in closed form. Otherwise the moments are those of the outcome's draws, and all variance counts as epistemic.
    /// </param>
    public sealed record Real(string Site, Shape RowShape, EqArray<double>? LogDensity, RealSummary Summary, bool HasMoments) : SitePrediction(Site, RowShape, LogDensity);
}
