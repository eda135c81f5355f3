using ProbNet.Graph;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Optimizers;

/// <summary>
/// A first-order optimiser as a builder of update expressions, applied elementwise to each parameter. It minimises: gradients are those of the negative
/// objective per data row, so that a step size means the same for any number of rows and any batch size. One file an optimiser, one line in
/// <see cref="OptimizerRegistry"/>.
/// </summary>
public abstract record Optimizer : Component
{
    /// <summary>The step size before the schedule.</summary>
    public abstract double Rate { get; init; }

    /// <summary>The names of the running quantities kept for each parameter; each has the parameter's shape and starts at 0.</summary>
    public abstract EqArray<string> Slots { get; }

    /// <summary>Whether it knows the parameters of independent normals as pairs (<see cref="UpdatePair"/>), and is of no use without any.</summary>
    public virtual bool TakesPairs => false;

    /// <summary>One update of the location and rho of independent normals, whose scale is softplus(rho); for optimisers that take pairs.</summary>
    /// <param name="loc">The location.</param>
    /// <param name="rho">Rho.</param>
    /// <param name="at">Where in the run the step is.</param>
    public virtual (OptimizerUpdate Loc, OptimizerUpdate Rho) UpdatePair(OptimizerParameter loc, OptimizerParameter rho, OptimizerStep at) => throw new NotSupportedException($"{Name} takes no pairs");

    /// <summary>One update of one parameter.</summary>
    /// <param name="parameter">Its value.</param>
    /// <param name="gradient">The gradient to descend.</param>
    /// <param name="slots">Its running quantities, in the order of <see cref="Slots"/>.</param>
    /// <param name="at">Where in the run the step is.</param>
    public abstract OptimizerUpdate Update(Tensor parameter, Tensor gradient, EqArray<Tensor> slots, OptimizerStep at);
}

/// <summary>A parameter about to be updated.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Gradient">The gradient to descend.</param>
/// <param name="Slots">Its running quantities, in the order of <see cref="Optimizer.Slots"/>.</param>
public sealed record OptimizerParameter(Tensor Value, Tensor Gradient, EqArray<Tensor> Slots);

/// <summary>The result of one update.</summary>
/// <param name="Parameter">The new value.</param>
/// <param name="Slots">The new running quantities.</param>
public sealed record OptimizerUpdate(Tensor Parameter, EqArray<Tensor> Slots);

/// <summary>Where in a run a step is.</summary>
/// <param name="Rate">The step size after the schedule, F64 [].</param>
/// <param name="Number">The step's number from 1, F64 [].</param>
public sealed record OptimizerStep(Tensor Rate, Tensor Number)
{
    /// <summary>
    /// What gradients are multiplied with to be those of -(ELL / t - KL), with t the factor on the divergence: N / t, F64 []. The optimum's precision is then the expected second derivative.
    /// </summary>
    public Tensor Weight { get; init; } = TensorMath.Constant(DType.F64, 1);

    /// <summary>A scalar of the step in the type of a parameter.</summary>
    internal static Tensor In(Tensor scalar, Tensor parameter) => TensorMath.Convert(scalar, parameter.DType);
}
