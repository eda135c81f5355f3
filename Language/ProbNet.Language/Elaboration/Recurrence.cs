using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Elaboration;

/// <summary>
/// A random loop of a model (<c>fold</c> or <c>scan</c> over a function that draws). Every draw inside is one site of the model whose leading axis counts the steps:
/// its hole holds the values of all steps, and the arguments of its distribution are computed for all steps from the holes. How the steps hang together is kept
/// here; all sites of one loop share one instance, by reference.
/// </summary>
/// <remarks>
/// The expressions of a step are over placeholders: <see cref="OpenLoop.Carries"/> for the state that enters the step, <see cref="OpenLoop.Slices"/> for
/// one position of each sequence, the holes of the sites among them (<see cref="StepSite.Slice"/>). They also refer to other holes and values of the model, the same at
/// every step. A site is a chain where some <see cref="OpenLoop.Next"/> is its slice: that carry then holds the site's value of the step before, and
/// <see cref="OpenLoop.Initial"/> the value before the first step. The arguments of the model's own site are those of the <see cref="StepSite"/> computed by
/// <see cref="OpenLoop.Run"/>, with a leading axis of steps.
/// </remarks>
/// <param name="Loop">The step: state, sequences, and the next state.</param>
/// <param name="Sites">The draws and likelihood terms of a step, in order; each belongs to the model's site of the same name.</param>
/// <param name="Factors">The other terms of the log-density of a step; each belongs to the model's factor of the same name.</param>
public sealed record Recurrence(OpenLoop Loop, EqArray<StepSite> Sites, EqArray<StepFactor> Factors)
{
    /// <summary>
    /// Draws of the sites that are not known, step by step: each from its distribution given the draws so far. The values have the sites' shapes, with the leading axis
    /// of steps; they are expressions over the model's holes and the known values.
    /// </summary>
    /// <param name="known">Values of some of the sites, by name, with the leading axis of steps.</param>
    /// <param name="random">The source of a site; its draw must be a scalar. Each step has numbers of its own.</param>
    /// <param name="precision">The model's precision.</param>
    public IReadOnlyDictionary<string, Tensor> Sample(IReadOnlyDictionary<string, Tensor> known, Func<StepSite, RandomSource> random, DType precision)
    {
        var step = Input("step", DType.I64, []);
        var drawn = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        List<StepSite> wanted = [];
        List<Tensor> values = [];
        foreach (var site in Sites.Where(s => s.Kind == SiteKind.Sample && !known.ContainsKey(s.Name)))
        {
            var source = random(site);
            var distribution = site.Distribution.MapArguments(a => Substitution.Apply([a], drawn)[0]);
            var value = distribution.Sample(source with { Draw = source.Draw * Loop.Length + step });
            drawn[site.Slice] = value;
            wanted.Add(site);
            values.Add(value);
        }
        var items = Enumerable.Range(0, Loop.Slices.Count).Where(i => !drawn.ContainsKey(Loop.Slices[i])).ToArray();
        var ancestral = Loop with
        {
            Next = [.. Substitution.Apply(Loop.Next, drawn)],
            Slices = [.. items.Select(i => Loop.Slices[i]), step],
            Sequences = [.. items.Select(i => Value(Loop.Slices[i]) ?? Loop.Sequences[i]), Iota([Loop.Length], 0)],
        };
        var stacked = ancestral.Run(precision, values).Outputs;
        return wanted.Zip(stacked).ToDictionary(pair => pair.First.Name, pair => pair.Second);

        Tensor? Value(Tensor slice) => Sites.FirstOrDefault(s => ReferenceEquals(s.Slice, slice)) is { } site ? known.GetValueOrDefault(site.Name) : null;
    }
}

/// <summary>A draw or likelihood term of one step.</summary>
/// <param name="Name">The name of the model's site.</param>
/// <param name="Distribution">What it is drawn from at one step, over the loop's placeholders.</param>
/// <param name="Slice">Of a draw the placeholder of its value at one step; of a likelihood term the observed expression.</param>
/// <param name="Kind">A draw or a likelihood term.</param>
public sealed record StepSite(string Name, Instance Distribution, Tensor Slice, SiteKind Kind);

/// <summary>A term of the log-density of one step.</summary>
/// <param name="Name">The name of the model's factor.</param>
/// <param name="LogDensity">The term, over the loop's placeholders.</param>
public sealed record StepFactor(string Name, Tensor LogDensity);
