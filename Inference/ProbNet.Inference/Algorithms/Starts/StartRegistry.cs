using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>Where fits may start.</summary>
public static class StartRegistry
{
    /// <summary>All starts by name.</summary>
    public static ComponentRegistry<Start> Starts { get; } = new("start", new PriorStart(), new MapStart());
}
