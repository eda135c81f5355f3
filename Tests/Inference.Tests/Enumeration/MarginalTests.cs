using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Enumeration;

public class MarginalTests
{
    [Fact]
    public void OfRandomNetworksTheMarginalIsTheSumOverAllConfigurations()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var (model, _, values) = RandomNets.Make(seed);
            var marginal = model.SumOut(model.Rows).Required;
            Assert.Equal(4, marginal.Summed.Count);
            var expected = BruteForce.LogSum(BruteForce.Configurations(marginal.Joint, model.IsObserved, values).Select(c => c.LogDensity));
            var (likelihood, prior) = Evaluate(marginal.Graph, model.IsObserved, values);
            Assert.True(Math.Abs(likelihood + prior - expected) < 1e-10 * (1 + Math.Abs(expected)), $"seed {seed}: {likelihood + prior} against {expected}");
            // The prior of the continuous latent values: the same model with nothing observed, so that only their densities are left.
            var without = marginal.Joint with { Sites = marginal.Joint.Sites.Where(s => !model.IsObserved(s)).ToEqArray() };
            var expectedPrior = BruteForce.LogSum(BruteForce.Configurations(without, model.IsObserved, values).Select(c => c.LogDensity));
            Assert.True(Math.Abs(prior - expectedPrior) < 1e-10 * (1 + Math.Abs(expectedPrior)), $"seed {seed}: prior {prior} against {expectedPrior}");
        }
    }

    // The log-likelihood and the log-prior of a marginal model.
    private static (double Likelihood, double Prior) Evaluate(ModelGraph graph, Func<Site, bool> isObserved, IReadOnlyDictionary<string, HostTensor> values)
    {
        Tensor[] holes = [.. graph.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Value)];
        var terms = graph.Sites.Where(s => !s.IsAbsorbed).Select(s => (Value: SumAll(s.Distribution.LogDensity(s.Value)), IsPrior: !isObserved(s)))
            .Concat(graph.Factors.Select(f => (Value: SumAll(f.LogDensity), f.IsPrior))).ToArray();
        Tensor Total(bool isPrior) => terms.Where(t => t.IsPrior == isPrior).Select(t => t.Value).Aggregate(Constant(DType.F64, 0), (a, b) => a + b);
        var result = Reference.Evaluate(new TensorGraph(holes, [("likelihood", Total(false)), ("prior", Total(true))]), [.. holes.Select(h => values[h.InputName()])]);
        return (result[0][0], result[1][0]);
    }
}
