using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;

namespace ProbNet.Inference.Tests.Models;

/// <summary>Evaluates objectives with the reference evaluator.</summary>
internal static class Evaluation
{
    public static GuidePlan Plan(BoundModel model, params EqArray<GuideFamily> families) => GuidePlan.For(model, families.Map(f => new GuideClause(f))).Required;

    public static Dictionary<string, HostTensor> InitialValues(GuidePlan plan, long seed = 5) =>
        plan.Parameters.Zip(ProbNet.Inference.Algorithms.InitialValues.Compute(plan, new ReferenceBackend(), seed)).ToDictionary(p => p.First.Name, p => p.Second);

    /// <summary>The values of expressions of an objective.</summary>
    public static HostTensor[] At(
        Elbo elbo, IReadOnlyList<Tensor> outputs, IReadOnlyDictionary<string, HostTensor> parameters, DataSet data, long seed = 0, long step = 0, long[]? index = null, double[]? weight = null)
    {
        var graph = new TensorGraph(elbo.Inputs, outputs.Select((o, i) => ($"{i}", o)));
        var values = graph.Inputs.Select(input => input.InputName() switch
        {
            "seed" => HostTensor.Scalar(seed),
            "step" => HostTensor.Scalar(step),
            Batch.IndexName => HostTensor.Of([index!.Length], index!),
            Batch.WeightName => HostTensor.FromDoubles(input.DType, [weight!.Length], weight!),
            var name when name.StartsWith("data:") => data.Values[name[5..]],
            var name => parameters[name],
        }).ToArray();
        return [.. Reference.Evaluate(graph, values)];
    }

    /// <summary>The gradient of an expression with respect to all parameters, in one vector.</summary>
    public static double[] Flat(IEnumerable<HostTensor> tensors) => [.. tensors.SelectMany(t => t.ToDoubles())];

    public static Elbo Build(BoundModel model, GuidePlan plan, Estimator? estimator = null, int? batch = null, int draws = 1) =>
        Elbo.Build(model, plan, estimator ?? new SharedEstimator(), batch, draws);

    /// <summary>Parameters that are away from their starting values in all directions: scales of about 0.3, locations of either sign.</summary>
    public static Dictionary<string, HostTensor> Somewhere(GuidePlan plan, int seed = 23) => plan.Parameters.Select((p, i) => (p.Name, Value: p.Name.EndsWith(".rho")
        ? HostTensor.FromDoubles(plan.Precision, p.Shape, [.. Samples.Numbers(p.Shape.Size, seed + i).Select(v => -1 + 0.4 * v)])
        : HostTensor.FromDoubles(plan.Precision, p.Shape, [.. Samples.Numbers(p.Shape.Size, seed + i).Select(v => 0.6 * v)]))).ToDictionary(p => p.Name, p => p.Value);
}
