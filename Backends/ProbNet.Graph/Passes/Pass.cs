namespace ProbNet.Graph;

/// <summary>A transformation of graphs that keeps the values of the outputs.</summary>
/// <param name="Name">A short name for messages.</param>
/// <param name="Reason">Why it stands where it does in the pipeline.</param>
/// <param name="Run">The transformation; returns the same instance where nothing changes.</param>
/// <param name="Idempotent">Whether a second run changes nothing.</param>
public sealed record Pass(string Name, string Reason, Func<TensorGraph, TensorGraph> Run, bool Idempotent = true);
