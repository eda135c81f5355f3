using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>The algorithms.</summary>
public static class AlgorithmRegistry
{
    /// <summary>All algorithms by name.</summary>
    public static ComponentRegistry<Algorithm> Algorithms { get; } = new("algorithm", new Vi(), new Map(), new Laplace(), new Distill(), new Swa(), new Swag(), new MultiSwag(), new Ensemble(), new SnapshotEnsemble(), new Svgd(), new Ml(), new McDropout());
}
