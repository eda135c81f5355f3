using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// What a step keeps count of for the loop around it, as carried inputs, so that nothing has to be read after each step: whether all steps so far were finite, and the sums of both parts of the
/// objective over the steps since the loop last set them to 0. From the first step that is not finite on nothing moves, however many more are run.
/// </summary>
internal sealed class StepTally
{
    /// <summary>The number of inputs, and of outputs fed back into them.</summary>
    public const int Count = 3;

    private readonly Tensor _likelihood = Input("sum:likelihood", DType.F64, []);
    private readonly Tensor _kl = Input("sum:kl", DType.F64, []);

    /// <summary>Whether the steps before this one were finite, Bool [].</summary>
    public Tensor Finite { get; } = Input("finite", DType.Bool, []);

    /// <summary>The inputs in order: verdict, sum of the expected log-likelihood and of the KL, both F64 [].</summary>
    public EqArray<Tensor> Inputs => [Finite, _likelihood, _kl];

    /// <summary>The values after a step, in the order of <see cref="Inputs"/>.</summary>
    /// <param name="finite">Whether this step and those before were finite.</param>
    /// <param name="likelihood">The step's expected log-likelihood, of any precision, [].</param>
    /// <param name="kl">Its KL.</param>
    public EqArray<(string Name, Tensor Value)> Next(Tensor finite, Tensor likelihood, Tensor kl) =>
        [("finite", finite), ("sum:likelihood", Added(_likelihood, likelihood, finite)), ("sum:kl", Added(_kl, kl, finite))];

    private static Tensor Added(Tensor sum, Tensor value, Tensor finite) => Select(finite, sum + Convert(value, DType.F64), sum);
}
