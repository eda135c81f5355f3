using ProbNet.Inference.Options;

namespace ProbNet.Inference.Objectives;

/// <summary>The bounds.</summary>
public static class BoundRegistry
{
    /// <summary>All bounds by name.</summary>
    public static ComponentRegistry<Bound> Bounds { get; } = new("bound", new ElboBound(), new IwaeBound(), new RenyiBound());
}
