using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Models evaluated at given values, by the reference evaluator.</summary>
internal static class Evaluated
{
    /// <summary>The expressions at the values of the model's holes, by name.</summary>
    public static EqArray<HostTensor> At(ModelGraph model, IReadOnlyDictionary<string, HostTensor> values, params Tensor[] expressions)
    {
        Tensor[] holes = [.. model.Arguments.Select(a => a.Value), .. model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Value)];
        var graph = new TensorGraph(holes, expressions.Select((e, i) => ($"out{i}", e)));
        return [.. Reference.Evaluate(graph, [.. holes.Select(h => values[h.InputName()])])];
    }

    /// <summary>The joint log-density: sites, likelihood terms and factors.</summary>
    public static double Joint(ModelGraph model, IReadOnlyDictionary<string, HostTensor> values)
    {
        Tensor[] terms = [.. model.Sites.Select(s => TensorMath.SumAll(s.Distribution.LogDensity(s.Value))), .. model.Factors.Select(f => TensorMath.SumAll(f.LogDensity))];
        return At(model, values, terms).Sum(t => t[0]);
    }

    /// <summary>Distinct numbers of a shape, none of them special.</summary>
    public static HostTensor Numbers(Shape shape, double start = 0.3) => HostTensor.FromDoubles(DType.F64, shape, [.. Enumerable.Range(0, shape.Size).Select(i => start + 0.37 * i - 0.05 * (i % 3))]);
}
