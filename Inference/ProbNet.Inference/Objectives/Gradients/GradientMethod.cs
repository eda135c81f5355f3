using ProbNet.Inference.Options;

namespace ProbNet.Inference.Objectives;

/// <summary>How the gradient of a bound with respect to the guide's parameters is estimated from draws. One file a method, one line in <see cref="GradientRegistry"/>.</summary>
/// <remarks>
/// A draw z = T(noise; phi) with a derivative in phi carries the gradient itself (pathwise). One without, like a count, does not move with phi: what moves is its probability, and
/// grad E_q[f(z)] = E_q[f(z) grad log q(z)] (score function). All methods here are unbiased but where their documentation says otherwise.
/// </remarks>
public abstract record GradientMethod : Component
{
    /// <summary>Whether draws without a pathwise gradient are taken by the score function; where not, they are refused.</summary>
    public virtual bool TakesScores => false;

    /// <summary>Whether all draws are taken by the score function, those with a pathwise gradient too.</summary>
    public virtual bool ScoresAll => false;

    /// <summary>Whether parameters inside log q are held fixed, which leaves the gradient through the draws.</summary>
    public virtual bool HoldsDensity => false;
}
