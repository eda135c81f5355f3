using ProbNet.Graph;

namespace ProbNet.Language.Distributions;

/// <summary>Which bijector carries the reals onto each support.</summary>
public static class BijectorTable
{
    /// <summary>
    /// The bijector onto <paramref name="support"/>, or null for a discrete one. <paramref name="argument"/> gives the arguments, by name, of
    /// the distribution that the support belongs to; only supports with such limits need it.
    /// </summary>
    /// <remarks>
    /// Positive quantities are exponentiated. Under a change of units the unconstrained posterior then only shifts, and one optimiser step
    /// is a relative change, so a scale of 1000 is as near as a scale of 0.001. Softplus, linear above 1, would have to walk there in steps
    /// of the learning rate, and would leave the heavy upper tails of scale parameters heavy, which a normal guide cannot follow. A normal
    /// seen through the exponential is a log-normal, whose divergences from the usual priors of scales have closed forms (<see cref="Kl"/>).
    /// <see cref="SoftplusBijector"/> is there for those who ask.
    /// </remarks>
    public static Bijector? For(Support support, Func<string, Tensor>? argument = null) => support switch
    {
        Support.Interval(var low, var high) => new IntervalBijector(like => low.At(like, argument), like => high.At(like, argument)),
        Support.Above(var low) => new LowerBoundBijector(like => low.At(like, argument)),
        Support.AtLeast(var low) => new LowerBoundBijector(like => low.At(like, argument)),
        Support.AtMost(var high) => new UpperBoundBijector(like => high.At(like, argument)),
        Support.Real or Support.RealVector => IdentityBijector.Value,
        Support.Positive or Support.NonNegative => ExpBijector.Value,
        Support.UnitInterval or Support.Probability => SigmoidBijector.Value,
        Support.LowerCholesky => LowerCholeskyBijector.Value,
        Support.Simplex => SimplexBijector.Value,
        Support.CorrelationCholesky => CorrelationCholeskyBijector.Value,
        Support.Ordered => OrderedBijector.Value,
        _ => null,
    };

    /// <summary>The bijector onto the values of <paramref name="distribution"/>, or null for a discrete one.</summary>
    public static Bijector? For(Instance distribution) =>
        For(distribution.Family.Support, name => distribution.Arguments[distribution.Family.IndexOf(name)]);

    /// <summary>Every bijector with a support that it maps onto; the laws of the tests run over this list.</summary>
    public static IEnumerable<(Bijector Bijector, Support Codomain)> All { get; } =
    [
        (IdentityBijector.Value, new Support.Real()),
        (ExpBijector.Value, new Support.Positive()),
        (SoftplusBijector.Value, new Support.Positive()),
        (SigmoidBijector.Value, new Support.UnitInterval()),
        (LowerCholeskyBijector.Value, new Support.LowerCholesky()),
        (SimplexBijector.Value, new Support.Simplex()),
        (CorrelationCholeskyBijector.Value, new Support.CorrelationCholesky()),
        (OrderedBijector.Value, new Support.Ordered()),
        (For(new Support.Interval(-1.5, 40.0))!, new Support.Interval(-1.5, 40.0)),
        (For(new Support.Above(-7.25))!, new Support.Above(-7.25)),
        (For(new Support.AtMost(3.75))!, new Support.AtMost(3.75)),
    ];
}
