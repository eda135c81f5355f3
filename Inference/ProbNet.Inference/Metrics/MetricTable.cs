using System.Text.Json.Serialization;

namespace ProbNet.Inference.Metrics;

/// <summary>Metrics of a set of rows by name; those that do not apply are null and left out of JSON.</summary>
public sealed record MetricTable
{
    /// <summary>The fraction of rows whose most probable class is the label.</summary>
    [JsonPropertyName("accuracy")]
    public double? Accuracy { get; init; }

    /// <summary>The negative mean log posterior predictive density, nats a row.</summary>
    [JsonPropertyName("nll")]
    public double? Nll { get; init; }

    /// <summary>The expected calibration error over 15 bins of equal width.</summary>
    [JsonPropertyName("ece")]
    public double? Ece { get; init; }

    /// <summary>The Brier score summed over classes, from 0 to 2.</summary>
    [JsonPropertyName("brier")]
    public double? Brier { get; init; }

    /// <summary>The root mean squared error of the predictive mean, in the outcome's units.</summary>
    [JsonPropertyName("rmse")]
    public double? Rmse { get; init; }

    /// <summary>The fraction of outcomes inside the central 95 % predictive interval.</summary>
    [JsonPropertyName("coverage95")]
    public double? Coverage95 { get; init; }

    /// <summary>The mean predictive entropy, nats.</summary>
    [JsonPropertyName("entropy")]
    public double? Entropy { get; init; }

    /// <summary>The mean mutual information of class and parameters, nats.</summary>
    [JsonPropertyName("mutualInformation")]
    public double? MutualInformation { get; init; }

    /// <summary>The metrics that apply, with their names, in the order above.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Name, double Value)> Values =>
    [
        .. new (string Name, double? Value)[]
        {
            ("accuracy", Accuracy), ("nll", Nll), ("ece", Ece), ("brier", Brier),
            ("rmse", Rmse), ("coverage95", Coverage95), ("entropy", Entropy), ("mutualInformation", MutualInformation),
        }.Where(m => m.Value is not null).Select(m => (m.Name, m.Value!.Value)),
    ];
}
