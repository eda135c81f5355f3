namespace ProbNet.Inference.Algorithms;

/// <summary>Locations start at the prior's typical values, weights spread around them so that units differ.</summary>
/// <remarks>Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010, eq. 1.</remarks>
public sealed record PriorStart : Start
{
    /// <inheritdoc/>
    public override string Name => "prior";

    /// <inheritdoc/>
    public override string Doc => "the prior's typical values, weights spread around them";

    /// <inheritdoc/>
    public override string Source => "Glorot and Bengio, AISTATS 2010, eq. 1";

    internal override Found Find(FitRequest request, TrainingOptions training) => new Found.At(null);
}
