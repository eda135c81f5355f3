namespace ProbNet.Inference.Artifacts;

/// <summary>A saved run cannot be read or written: missing, truncated, changed or not a run at all. The message says which file and why.</summary>
/// <param name="message">One sentence for the user.</param>
/// <param name="inner">What caused it, or null.</param>
public sealed class ArtifactException(string message, Exception? inner = null) : Exception(message, inner);
