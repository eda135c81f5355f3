using ProbNet.Graph;

namespace ProbNet.Language.Distributions;

/// <summary>A smooth bijection from unconstrained reals onto a support. Stateless; <see cref="For"/> is the registry.</summary>
public abstract class Bijector
{
    /// <summary>The name used in <c>explain</c>: identity, softplus, exp, sigmoid, ….</summary>
    public abstract string Name { get; }

    /// <summary>The number of trailing axes that are transformed together (0: elementwise).</summary>
    public virtual int EventRank => 0;

    /// <summary>The unconstrained event shape for a constrained one (a simplex loses one component).</summary>
    public virtual Shape UnconstrainedShape(Shape constrained) => constrained;

    /// <summary>Unconstrained → constrained.</summary>
    public abstract Tensor Forward(Tensor unconstrained);

    /// <summary>Constrained → unconstrained.</summary>
    public abstract Tensor Inverse(Tensor constrained);

    /// <summary>log |det d Forward / d x| at an unconstrained point, one number for each transformed event.</summary>
    public abstract Tensor LogDetJacobian(Tensor unconstrained);

    /// <summary>The bijector onto the values of a distribution, or null for a discrete one. It may use the distribution's arguments.</summary>
    public static Bijector? For(Instance distribution) => BijectorTable.For(distribution);
}
