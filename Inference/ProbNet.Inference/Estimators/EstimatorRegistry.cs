using ProbNet.Inference.Options;

namespace ProbNet.Inference.Estimators;

/// <summary>The estimators.</summary>
public static class EstimatorRegistry
{
    /// <summary>All estimators by name.</summary>
    public static ComponentRegistry<Estimator> Estimators { get; } = new("estimator", new SharedEstimator(), new LocalEstimator(), new FlipoutEstimator());
}
