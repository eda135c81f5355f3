using ProbNet.Graph;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// One training step of M members side by side, as one graph: the step of one member, batched over its parameters [M, …] and its seed. All see the same batch of rows; each draws with a seed of its own
/// and has gradients, clipping and optimiser state of its own, so that every member moves as it would alone.
/// </summary>
/// <remarks>
/// Minimised is the sum over members of what <see cref="StepGraph"/> minimises. Inputs and outputs are those of <see cref="StepGraph"/>, with the members as the leading axis of parameters and optimiser
/// state; the sums are of means over members. Where the loss or a gradient of any member is not finite, nothing moves from then on.
/// </remarks>
internal static class MembersStep
{
    // 2^64 divided by the golden ratio, odd: multiples of it keep far from each other and from small numbers.
    private const ulong Spacing = 0x9E3779B97F4A7C15;

    /// <summary>The seed with which a member draws: that of the fit plus a multiple, modulo 2^64, of a constant. Member 0 draws as the fit of a single one.</summary>
    public static long SeedOf(long seed, int member) => unchecked(seed + (long)((ulong)member * Spacing));

    /// <summary>Builds the step.</summary>
    /// <param name="elbo">The objective of one member.</param>
    /// <param name="members">M.</param>
    /// <param name="options">Optimiser, schedule, length and clipping.</param>
    /// <param name="direction">What is descended in place of the members' gradients, given their parameters and gradients; null for these.</param>
    public static StepGraph Build(
        Elbo elbo, int members, TrainingOptions options, Func<EqArray<Tensor>, EqArray<Tensor>, EqArray<Tensor>>? direction = null)
    {
        var run = new RunLength(options.StepCount(elbo.Batch.Count), elbo.Batch.Count);
        var number = Convert(elbo.Step, DType.F64);
        var at = new OptimizerStep(options.Schedule.Factor(number, run) * options.Optimizer.Rate, number + 1) { Weight = Constant(DType.F64, elbo.Batch.Total) };

        var one = StepGraph.Loss(elbo, 1, 0);
        var parameters = elbo.Parameters.Map(p => Input(p.InputName(), p.DType, p.Shape.Prepend(members)));
        var batched = elbo.Parameters.Zip(parameters).ToDictionary(p => p.First, p => p.Second, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance);
        batched[elbo.Seed] = elbo.Seed + Constant(HostTensor.Of([members], [.. Enumerable.Range(0, members).Select(m => SeedOf(0, m))]));
        var all = Vmap.Batch([one, elbo.ExpectedLogLikelihood, elbo.Kl, .. Vjp.Gradients(one, [.. elbo.Parameters])], batched, members);
        EqArray<Tensor> gradients = [.. all[3..]];
        if (direction is not null) gradients = direction(parameters, gradients);

        var tally = new StepTally();
        var (now, clipped) = Guard(all[0], gradients, options.Clip);
        var finite = And(tally.Finite, now);
        var (slots, state) = StepGraph.Move(parameters, clipped, finite, elbo.Step, options.Optimizer, at, elbo.NormalPairs);
        var graph = new TensorGraph(
            [.. parameters, .. slots, elbo.Step, .. tally.Inputs, elbo.Seed, .. elbo.Batch.Inputs, .. elbo.Data.Values.Map(v => v.Input)],
            [.. state, .. tally.Next(finite, Mean(all[1], 0), Mean(all[2], 0))]);
        return new(graph, elbo, slots.Count) { Members = members };
    }

    /// <summary>What the objective of one member takes, in its order, out of the inputs of a step.</summary>
    public static EqArray<HostTensor> InputsOf(StepGraph step, EqArray<HostTensor> inputs, int member) =>
    [
        .. Enumerable.Range(0, step.ParameterCount).Select(i => Row(inputs[i], member)),
        HostTensor.Scalar(SeedOf((long)inputs[step.SeedInput].Span<long>()[0], member)),
        inputs[step.StepInput],
        .. inputs.Skip(step.BatchInput),
    ];

    private static HostTensor Row(HostTensor stacked, int member)
    {
        var row = HostTensor.Zeros(stacked.DType, stacked.Shape[1..]);
        Array.Copy(stacked.Data, member * row.Shape.Size, row.Data, 0, row.Shape.Size);
        return row;
    }

    // As for one member, with norms of each member's own gradient.
    private static (Tensor Finite, EqArray<Tensor> Gradients) Guard(Tensor losses, EqArray<Tensor> gradients, double? clip)
    {
        Tensor Total(Func<Tensor, Tensor> f) => gradients.Map(g => SumLast(f(g), g.Rank - 1)).Aggregate((a, b) => a + b);
        if (clip is null) return (And(IsFinite(SumAll(losses)), IsFinite(SumAll(Total(g => g)))), gradients);
        var norms = Sqrt(Total(Square));
        var factors = Min(Like(norms, 1), clip.Value / norms);
        return (And(IsFinite(SumAll(losses)), IsFinite(SumAll(norms))),
            gradients.Map(g => g * Reshape(factors, Shape.Create([g.Shape[0], .. Enumerable.Repeat(1, g.Rank - 1)]))));
    }
}
