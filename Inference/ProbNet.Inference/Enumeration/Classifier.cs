using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Computes p(z = k | data) for every summed-out site z: for each draw of the other latent values the derivative of the log marginal density with respect to
/// log-potentials added to the elimination's tables, averaged over draws.
/// </summary>
/// <remarks>Source: Darwiche, A differential approach to inference in Bayesian networks, J. ACM 50 (2003), section 3.</remarks>
internal static class Classifier
{
    // Draws are computed together up to this many numbers of a table.
    private const int ChunkElements = 1 << 18;

    public static Checked<Memberships> Run(Posterior posterior, IBackend backend, DataSet data, PredictOptions options)
    {
        var (model, guide) = (posterior.Model, posterior.Guide);
        var marginal = model.SumOut(data.Rows).Required;
        if (Refusal(model, marginal, data, options) is { } refusal) return new(null, [refusal]);
        var graph = marginal.Joint;
        EqArray<Tensor> parameters = guide.Parameters.Map(p => Input(p.Name, guide.Precision, p.Shape));
        var (seed, start, draw) = (Input("seed", DType.I64, []), Input("start", DType.I64, []), Input("draw", DType.I64, []));
        var inputs = DataInputs.For(model, graph, data.Rows);
        var byName = guide.Parameters.Zip(parameters).ToDictionary(p => p.First.Name, p => p.Second);
        var random = new RandomSource(seed, Constant(HostTensor.Scalar(0)), draw).Named("predict");
        var rows = RowView.All(data.Rows);
        var scope = new PosteriorScope(model, graph, guide, byName, inputs.Fill(graph, rows), random, rows, options.Rows);

        var probabilities = Probabilities(marginal).Select(scope.At).ToArray();
        var elements = Math.Max(1, probabilities.Sum(p => (long)p.Shape.Size));
        var chunk = (int)Math.Clamp(ChunkElements / elements, 1, options.Draws);
        var index = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [draw] = BroadcastTo(start, [chunk]) + Iota([chunk], 0) };
        var lifted = Vmap.Batch(probabilities, index, chunk);
        var compiled = Pipeline.Optimize(new TensorGraph([.. parameters, seed, start, .. inputs.Values.Select(v => v.Input)], lifted.Select((p, i) => ($"{i}", p))));
        using var executable = backend.Compile(compiled, new CompileOptions { Threads = options.Threads });
        for (var i = 0; i < parameters.Count; i++) executable.Write(i, posterior.Parameters[guide.Parameters[i].Name]);
        executable.Write<long>(parameters.Count, [options.Seed]);
        for (var i = 0; i < inputs.Values.Count; i++) executable.Write(parameters.Count + 2 + i, data.Values[inputs.Values[i].Name]);

        double[][] sums = [.. probabilities.Select(p => new double[p.Shape.Size])];
        for (var from = 0; from < options.Draws; from += chunk)
        {
            executable.Write<long>(parameters.Count + 1, [from]);
            executable.Run();
            for (var i = 0; i < sums.Length; i++)
            {
                var part = executable.Read(i, new(lifted[i].DType, lifted[i].Shape)).ToDoubles();
                for (var e = 0; e < Math.Min(chunk, options.Draws - from) * sums[i].Length; e++) sums[i][e % sums[i].Length] += part[e] / options.Draws;
            }
        }
        return new Memberships(data.Rows, options.Draws, marginal.Summed.Select((s, i) => new SiteMembership(s.Site.Name, s.Labels, s.Elements, s.Site.PerRow, Normalised(sums[i], s.Labels))).ToEqArray());
    }

    // Sums to 1 for each element, which rounding has moved a little.
    private static EqArray<double> Normalised(double[] probabilities, int labels)
    {
        for (var first = 0; first < probabilities.Length; first += labels)
        {
            var own = probabilities.AsSpan(first, labels);
            var total = 0.0;
            foreach (var p in own) total += p;
            foreach (ref var p in own) p /= total;
        }
        return probabilities.ToEqArray();
    }

    /// <summary>p(element = label | data, other latent values) of every summed-out site, [elements…, k], as expressions in the model's holes.</summary>
    internal static Tensor[] Probabilities(Marginal marginal)
    {
        var eliminated = Elimination.Run(marginal.Terms.Select(t => t.Value), marginal.Summed, withPotentials: true).Required;
        Tensor[] potentials = [.. eliminated.Steps.Select(s => s.Potential!)];
        var total = eliminated.Terms.Select(t => SumAll(t.Value)).Aggregate((a, b) => a + b);
        var zeros = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var potential in potentials) zeros[potential] = ZerosLike(potential);
        var tables = Substitution.Apply(Vjp.Gradients(total, potentials), zeros);
        return [.. marginal.Summed.Select(site =>
        {
            var step = eliminated.Steps.Select((s, i) => (Step: s, Table: tables[i])).First(s => s.Step.Site == site);
            return OfLabels(step.Step, step.Table);
        })];
    }

    // Probabilities of configurations [C, kept…] → of labels [elements…, k].
    private static Tensor OfLabels(EliminationStep step, Tensor table)
    {
        var (site, elements) = (step.Site, step.Site.Elements);
        if (step.Kept.Count == elements.Rank) return Transpose(table, [.. Enumerable.Range(1, elements.Rank), 0]);
        var apart = Shape.Create([.. Enumerable.Range(0, elements.Rank).Select(a => step.Kept.Contains(a) ? elements[a] : 1)]);
        var full = elements.Concat([site.Labels]).Prepend(table.Shape[0]);
        var probability = BroadcastTo(Reshape(table, apart.Concat([1]).Prepend(table.Shape[0])), full);
        return Sum(probability * BroadcastTo(Composite.OneHot(step.Labels, site.Labels, table.DType), full), 0);
    }

    private static Diagnostic? Refusal(BoundModel model, Marginal marginal, DataSet data, PredictOptions options)
    {
        if (marginal.Summed.IsEmpty)
        {
            return new(InferenceCodes.NothingSummedOut, $"the model '{model.Name}' has no latent site of finitely many labels", default)
            { Hint = "classify gives the posterior probabilities of latent categorical or bernoulli sites; predict those of observed ones" };
        }
        if (options.Rows == RowIdentity.New && marginal.Graph.Sites.FirstOrDefault(s => s.PerRow && s.Kind == SiteKind.Sample && !model.IsObserved(s)) is { } own)
        {
            return new(InferenceCodes.NothingSummedOut, $"rows that were not trained on cannot be classified: nothing is known of their own values of '{own.Name}'", own.Span)
            { Hint = "training rows can be: on the command line --rows training, with the file that was fitted to" };
        }
        return DataCheck.Of(model, data, requireObserved: true) is [var first, ..] ? first : null;
    }
}
