using ProbNet.Graph;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// One training step as a graph: parameters, optimiser state, step counter and <see cref="StepTally"/> go in and, updated, come out and are fed back. Where this step or one before it was not
/// finite, the state comes out as it went in, so that the last good state is never lost, and the step counter stays at the step that failed.
/// </summary>
/// <remarks>
/// Minimised is -(ELL - temperature * warmup * KL) / N, with warmup = min(1, (step + 1) / (warm-up epochs * K)) and N the number of rows.
/// Inputs in order: parameters, optimiser state, step, tally (verdict, sums of ELL and KL), seed, batch index and weight (minibatches only), data.
/// Outputs in order: parameters, optimiser state, step, tally; each is fed back into the input of its number.
/// </remarks>
internal sealed class StepGraph
{
    /// <summary>A step whose inputs and outputs are in the order that <see cref="StepGraph"/> has.</summary>
    internal StepGraph(TensorGraph graph, Elbo elbo, int slots)
    {
        (Graph, Elbo) = (graph, elbo);
        ParameterCount = elbo.Parameters.Count;
        StepInput = ParameterCount + slots;
    }

    /// <summary>The number of members that move side by side, each on <see cref="Elbo"/> (<see cref="MembersStep"/>); null where parameters have no axis of members.</summary>
    public int? Members { get; init; }

    /// <summary>The graph, not yet optimised.</summary>
    public TensorGraph Graph { get; }

    /// <summary>The objective it steps on.</summary>
    public Elbo Elbo { get; }

    /// <summary>The number of parameters; they are the first inputs and outputs.</summary>
    public int ParameterCount { get; }

    /// <summary>The input of the step counter.</summary>
    public int StepInput { get; }

    /// <summary>The input, and output, of the verdict: whether all steps so far were finite.</summary>
    public int Finite => StepInput + 1;

    /// <summary>The input, and output, of the sum of the expected log-likelihood.</summary>
    public int Likelihood => StepInput + 2;

    /// <summary>The input, and output, of the sum of the KL.</summary>
    public int Kl => StepInput + 3;

    /// <summary>The input of the seed.</summary>
    public int SeedInput => StepInput + 1 + StepTally.Count;

    /// <summary>The first input of the batch (index, then weight), if it is not full.</summary>
    public int BatchInput => SeedInput + 1;

    /// <summary>The first input of the data.</summary>
    public int DataInput => BatchInput + Elbo.Batch.Inputs.Count;

    /// <summary>What is fed back: all outputs.</summary>
    public EqArray<Carry> Carries => Enumerable.Range(0, SeedInput).Select(i => new Carry(i, i)).ToEqArray();

    /// <summary>Builds the step.</summary>
    public static StepGraph Build(Elbo elbo, TrainingOptions options, double temperature, double klWarmup)
    {
        var run = new RunLength(options.StepCount(elbo.Batch.Count), elbo.Batch.Count);
        var loss = Loss(elbo, temperature, klWarmup);
        var step = Convert(elbo.Step, DType.F64);
        var at = new OptimizerStep(options.Schedule.Factor(step, run) * options.Optimizer.Rate, step + 1)
        {
            Weight = Factor(elbo, temperature, klWarmup) is { } factor && temperature > 0 ? elbo.Batch.Total / Convert(factor, DType.F64) : Constant(DType.F64, elbo.Batch.Total),
        };

        var (parameters, tally) = (elbo.Parameters, new StepTally());
        var (slots, state, finite) = Advance(loss, parameters, elbo.Step, options.Optimizer, at, options.Clip, elbo.NormalPairs, tally.Finite);
        var graph = new TensorGraph(
            [.. parameters, .. slots, elbo.Step, .. tally.Inputs, elbo.Seed, .. elbo.Batch.Inputs, .. elbo.Data.Values.Map(v => v.Input)],
            [.. state, .. tally.Next(finite, elbo.ExpectedLogLikelihood, elbo.Kl)]);
        return new(graph, elbo, slots.Count);
    }

    /// <summary>One step of an optimiser.</summary>
    /// <param name="loss">What is minimised, a scalar.</param>
    /// <param name="parameters">What is learned.</param>
    /// <param name="step">The number of steps done, I64 [].</param>
    /// <param name="optimizer">The optimiser.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="clip">The largest norm of the gradient, or null.</param>
    /// <param name="pairs">The positions of locations and rhos of independent normals among the parameters.</param>
    /// <param name="before">Whether the steps before were finite, Bool []; null where it does not matter.</param>
    /// <returns>
    /// The inputs of the optimiser's slots; the next parameters, slots and step, in this order, which are the old ones where the loss or a gradient is not finite, or was not before; whether all is.
    /// </returns>
    internal static (EqArray<Tensor> Slots, EqArray<(string Name, Tensor Value)> State, Tensor Finite) Advance(
        Tensor loss, EqArray<Tensor> parameters, Tensor step, Optimizer optimizer, OptimizerStep at, double? clip, EqArray<(int Loc, int Rho)> pairs = default, Tensor? before = null)
    {
        var gradients = Vjp.Gradients(loss, [.. parameters]);
        var (finite, factor) = Guard(loss, gradients, clip);
        if (before is not null) finite = And(before, finite);
        var (slots, state) = Move(parameters, gradients.Select(g => factor is null ? g : g * factor).ToEqArray(), finite, step, optimizer, at, pairs);
        return (slots, state, finite);
    }

    /// <summary>The update of all parameters by their gradients, where all is finite; see <see cref="Advance"/>.</summary>
    internal static (EqArray<Tensor> Slots, EqArray<(string Name, Tensor Value)> State) Move(
        EqArray<Tensor> parameters, EqArray<Tensor> gradients, Tensor finite, Tensor step, Optimizer optimizer, OptimizerStep at, EqArray<(int Loc, int Rho)> pairs)
    {
        var slots = parameters.SelectMany(p => optimizer.Slots.Select(s => Input($"{optimizer.Name}.{s}:{p.InputName()}", p.DType, p.Shape))).ToEqArray();
        var all = parameters.Select((p, i) => new OptimizerParameter(p, gradients[i], slots.Slice(i * optimizer.Slots.Count, optimizer.Slots.Count))).ToArray();
        var updates = new OptimizerUpdate?[all.Length];
        if (optimizer.TakesPairs) foreach (var (loc, rho) in pairs) (updates[loc], updates[rho]) = optimizer.UpdatePair(all[loc], all[rho], at);
        var (newParameters, newSlots) = (new List<(string, Tensor)>(), new List<(string, Tensor)>());
        for (var i = 0; i < all.Length; i++)
        {
            var (value, own) = (all[i].Value, all[i].Slots);
            var update = updates[i] ?? optimizer.Update(value, all[i].Gradient, own, at);
            newParameters.Add((value.InputName(), Select(finite, update.Parameter, value)));
            for (var s = 0; s < own.Count; s++) newSlots.Add((own[s].InputName(), Select(finite, update.Slots[s], own[s])));
        }
        return (slots, [.. newParameters, .. newSlots, ("step", Select(finite, step + Constant(HostTensor.Scalar(1)), step))]);
    }

    /// <summary>What is minimised: minus the tempered objective, per row.</summary>
    public static Tensor Loss(Elbo elbo, double temperature, double klWarmup)
    {
        if (elbo.Surrogate is { } maximised) return -maximised(Factor(elbo, temperature, klWarmup)) / elbo.Batch.Total;
        // Maximum likelihood: the prior says nothing, not even where it is 0.
        if (temperature == 0) return -elbo.ExpectedLogLikelihood / elbo.Batch.Total;
        var kl = elbo.Kl * temperature;
        if (klWarmup > 0)
        {
            var done = Convert(elbo.Step, DType.F64) + 1;
            kl *= Convert(Min(done / (klWarmup * elbo.Batch.Count), Like(done, 1)), kl.DType);
        }
        return (kl - elbo.ExpectedLogLikelihood) / elbo.Batch.Total;
    }

    /// <summary>The factor on the divergence at a step, in the objective's precision, []; null for 1.</summary>
    public static Tensor? Factor(Elbo elbo, double temperature, double klWarmup)
    {
        if (temperature == 1 && klWarmup == 0) return null;
        var done = Convert(elbo.Step, DType.F64) + 1;
        var factor = klWarmup > 0 ? Min(done / (klWarmup * elbo.Batch.Count), Like(done, 1)) * temperature : Like(done, temperature);
        return Convert(factor, elbo.Kl.DType);
    }

    // One number tells: a sum is infinite or NaN as soon as one summand is. The clipping factor is min(1, clip / norm).
    private static (Tensor Finite, Tensor? Factor) Guard(Tensor loss, IReadOnlyList<Tensor> gradients, double? clip)
    {
        if (gradients.Count == 0) return (IsFinite(loss), null);
        Tensor Total(Func<Tensor, Tensor> f) => gradients.Select(g => SumAll(f(g))).Aggregate((a, b) => a + b);
        if (clip is null) return (And(IsFinite(loss), IsFinite(Total(g => g))), null);
        var norm = Sqrt(Total(Square));
        return (And(IsFinite(loss), IsFinite(norm)), Min(Like(norm, 1), clip.Value / norm));
    }
}
